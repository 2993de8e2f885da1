//! Why TLS failed, and what to do about it.

use std::{
    error::Error as StdError,
    fmt::{self, Display, Formatter},
    io,
};

use rustls::{AlertDescription, CertificateError, Error};

/// The error of a TLS connection, which says what to do if that is known.
#[derive(Clone, Debug)]
pub struct TlsError(Error);

impl TlsError {
    /// Returns the TLS error inside `error`, if there is one.
    pub fn of(error: &io::Error) -> Option<Self> {
        error.get_ref()?.downcast_ref().cloned().map(Self)
    }

    /// Returns whether what came is not TLS.
    pub(crate) fn is_of_something_else(&self) -> bool {
        matches!(self.0, Error::InvalidMessage(_))
    }

    /// Returns whether only a handshake can end so, whenever it is noticed.
    ///
    /// Under TLS 1.3, a client may send its request before the server has refused the client's part
    /// of the handshake. The server has not read the request then.
    pub fn is_of_handshake(&self) -> bool {
        match &self.0 {
            Error::InvalidCertificate(_)
            | Error::NoCertificatesPresented
            | Error::PeerIncompatible(_)
            | Error::UnsupportedNameType => true,
            Error::AlertReceived(alert) => {
                refuses_client_certificate(*alert) || refuses_versions(*alert)
            }
            _ => false,
        }
    }
}

impl From<Error> for TlsError {
    fn from(error: Error) -> Self {
        Self(error)
    }
}

impl Display for TlsError {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let advice = match &self.0 {
            Error::InvalidCertificate(certificate) => match certificate {
                CertificateError::UnknownIssuer => {
                    "; add the issuer's root certificate with `add_root_certificates_pem`"
                }
                CertificateError::NotValidForName
                | CertificateError::NotValidForNameContext { .. } => {
                    "; check the host in the base URL"
                }
                CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
                    "; check the clock of this machine, or renew the certificate of the server"
                }
                CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
                    "; check the clock of this machine"
                }
                CertificateError::UnsupportedSignatureAlgorithmContext { .. }
                | CertificateError::UnsupportedSignatureAlgorithmForPublicKeyContext { .. } => {
                    return write!(f, "{}; its kind of key is {UNVERIFIED}", self.0);
                }
                _ => "; the server needs another certificate",
            },
            Error::InvalidMessage(_) => "; check that the port in the base URL is one for TLS",
            Error::PeerIncompatible(_) => "; TLS 1.2 or 1.3 is needed",
            Error::AlertReceived(alert) if refuses_client_certificate(*alert) => {
                "; the server wants a client certificate, which is not supported"
            }
            Error::AlertReceived(alert) if refuses_versions(*alert) => "; TLS 1.2 or 1.3 is needed",
            Error::AlertReceived(AlertDescription::HandshakeFailure) => {
                return write!(
                    f,
                    "{}; the server supports no cipher suite of this client, or wants a client \
                     certificate, which is not supported, or its kind of key is {UNVERIFIED}",
                    self.0
                );
            }
            Error::AlertReceived(AlertDescription::UnrecognisedName) => {
                "; check the host in the base URL"
            }
            _ => "",
        };
        write!(f, "{}{advice}", self.0)
    }
}

impl StdError for TlsError {}

/// Ed448 and the RSA keys that are for PSS alone are known to neither provider.
const UNVERIFIED: &str = if cfg!(feature = "aws-lc-rs") {
    "one that aws-lc-rs does not verify"
} else {
    "one that ring does not verify (the feature `aws-lc-rs` verifies P-521)"
};

/// A server can only reject the client's certificate.
fn refuses_client_certificate(alert: AlertDescription) -> bool {
    matches!(
        alert,
        AlertDescription::AccessDenied
            | AlertDescription::BadCertificate
            | AlertDescription::CertificateExpired
            | AlertDescription::CertificateRequired
            | AlertDescription::CertificateRevoked
            | AlertDescription::CertificateUnknown
            | AlertDescription::NoCertificate
            | AlertDescription::UnknownCA
            | AlertDescription::UnsupportedCertificate
    )
}

/// What a server says that has no version or cipher suite in common with the client.
fn refuses_versions(alert: AlertDescription) -> bool {
    matches!(alert, AlertDescription::InsufficientSecurity | AlertDescription::ProtocolVersion)
}

#[cfg(test)]
mod tests {
    use rustls::{InvalidMessage, PeerIncompatible};

    use super::*;

    #[test]
    fn an_error_says_what_to_do() {
        let certificate = Error::InvalidCertificate;
        for (error, advice) in [
            (certificate(CertificateError::UnknownIssuer), "`add_root_certificates_pem`"),
            (certificate(CertificateError::NotValidForName), "check the host in the base URL"),
            (certificate(CertificateError::Expired), "renew the certificate of the server"),
            (certificate(CertificateError::NotValidYet), "check the clock of this machine"),
            (InvalidMessage::InvalidContentType.into(), "check that the port in the base URL"),
            (PeerIncompatible::NoSignatureSchemesInCommon.into(), "TLS 1.2 or 1.3 is needed"),
            (Error::AlertReceived(AlertDescription::ProtocolVersion), "TLS 1.2 or 1.3 is needed"),
            (Error::AlertReceived(AlertDescription::CertificateRequired), "a client certificate"),
            // So do servers with TLS 1.2 that want a client certificate.
            (Error::AlertReceived(AlertDescription::HandshakeFailure), "or wants a client cert"),
            // So do servers whose key is of P-521 or for RSA-PSS alone.
            (Error::AlertReceived(AlertDescription::HandshakeFailure), "or its kind of key is one"),
            (
                certificate(CertificateError::UnsupportedSignatureAlgorithmContext {
                    signature_algorithm_id: Vec::new(),
                    supported_algorithms: Vec::new(),
                }),
                "its kind of key is one that",
            ),
            (Error::AlertReceived(AlertDescription::UnrecognisedName), "check the host"),
            (certificate(CertificateError::Revoked), "the server needs another certificate"),
        ] {
            let printed = TlsError::from(error.clone()).to_string();
            assert!(printed.starts_with(&format!("{error}; ")), "{printed}");
            assert!(printed.contains(advice), "{printed}");
        }
        let error = Error::DecryptError;
        assert_eq!(TlsError::from(error.clone()).to_string(), error.to_string());
    }

    #[test]
    fn an_error_is_found_inside_an_io_error() {
        let io = io::Error::new(io::ErrorKind::InvalidData, Error::DecryptError);
        assert!(TlsError::of(&io).is_some());
        for io in [io::ErrorKind::InvalidData.into(), io::Error::other("x")] {
            assert!(TlsError::of(&io).is_none());
        }
    }
}
