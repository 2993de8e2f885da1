//! What can go wrong in an exchange, as one of the core's kinds.

use std::{
    error,
    fmt::{self, Display, Formatter},
    io,
};

use certcentral_core::{Failure, FailureKind};
use certcentral_network::{ProxyError, TlsError};
use ureq::{Error, Timeout};

/// Classifies ureq's error. Our own connections have classified theirs already. Of others it is
/// unknown whether they carried the request, unless the error tells.
pub(crate) fn classify(error: Error) -> Failure {
    match error {
        Error::Other(other) => match other.downcast::<Classified>() {
            Ok(classified) => classified.0,
            Err(other) => Failure::new(FailureKind::Closed, other),
        },
        Error::Io(error) if is_name_lookup(&error) => Failure::new(FailureKind::Connect, error),
        Error::Io(error) => in_use(error, FailureKind::Closed),
        Error::Rustls(error) => Failure::new(FailureKind::Tls, TlsError::from(error)),
        Error::Timeout(Timeout::Connect | Timeout::Resolve) => {
            Failure::new(FailureKind::Connect, "no connection within the connect timeout")
        }
        Error::Timeout(_) => Failure::new(FailureKind::Timeout, "no response before the deadline"),
        error => Failure::new(kind(&error), error),
    }
}

fn kind(error: &Error) -> FailureKind {
    match error {
        Error::ConnectProxyFailed(_) | Error::ConnectionFailed | Error::HostNotFound => {
            FailureKind::Connect
        }
        Error::Tls(_) | Error::TlsRequired => FailureKind::Tls,
        Error::BodyExceedsLimit(_) => FailureKind::TooLarge,
        // The connection ended inside the framing of a chunk.
        Error::BodyStalled => FailureKind::Closed,
        _ => FailureKind::Protocol,
    }
}

/// Classifies an error of a connection that may have carried the request, as `ended` if it ended.
///
/// Whatever the system says then, the request may have been sent: a network or a peer that goes away
/// while the response is read is told by the same errors as one that was never there.
fn in_use(error: io::Error, ended: FailureKind) -> Failure {
    match TlsError::of(&error) {
        Some(tls) if tls.is_of_handshake() => Failure::new(FailureKind::Tls, tls),
        // After the handshake, this is a broken connection, not a server that is refused.
        Some(tls) => Failure::new(FailureKind::Closed, tls),
        None => Failure::new(ended, error),
    }
}

/// A failure that our own connections have classified, on its way through ureq.
#[derive(Debug)]
pub(crate) struct Classified(Failure);

impl Classified {
    pub(crate) fn error(
        kind: FailureKind,
        source: impl error::Error + Send + Sync + 'static,
    ) -> Error {
        Error::Other(Box::new(Self(Failure::new(kind, source))))
    }

    /// Says that the attempt's time was over before there was a connection.
    pub(crate) fn late(source: impl Into<Box<dyn error::Error + Send + Sync>>) -> Error {
        Error::Other(Box::new(Self(Failure::new(FailureKind::Timeout, source).unprocessed())))
    }

    pub(crate) fn proxy(error: ProxyError) -> Error {
        Error::Other(Box::new(Self(error.into())))
    }

    /// Classifies an error of a connection that was not made, so that nothing was sent.
    pub(crate) fn connecting(error: io::Error) -> Error {
        match TlsError::of(&error) {
            Some(tls) => Self::error(FailureKind::Tls, tls),
            None => Self::error(FailureKind::Connect, error),
        }
    }

    /// Classifies an error of a connection that may have carried the request. With `is_stale`, the
    /// connection was kept, and no byte of the response had come.
    pub(crate) fn in_use(error: io::Error, is_stale: bool) -> Error {
        let ended = if is_stale { FailureKind::Stale } else { FailureKind::Closed };
        Error::Other(Box::new(Self(in_use(error, ended))))
    }
}

impl Display for Classified {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.0.kind())
    }
}

impl error::Error for Classified {}

/// The standard library has no stable kind for a name that cannot be resolved.
fn is_name_lookup(error: &io::Error) -> bool {
    error.raw_os_error().is_none() && error.to_string().starts_with("failed to lookup address")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use std::io::ErrorKind;

    use super::*;

    /// What a system says of a network or a peer that is not there, or not any more.
    const GONE: [ErrorKind; 5] = [
        ErrorKind::ConnectionRefused,
        ErrorKind::HostUnreachable,
        ErrorKind::NetworkDown,
        ErrorKind::NetworkUnreachable,
        ErrorKind::TimedOut,
    ];

    #[test]
    fn a_network_that_goes_away_may_have_taken_the_request() {
        for kind in GONE {
            for error in [Error::Io(kind.into()), Classified::in_use(kind.into(), false)] {
                assert_eq!(classify(error).kind(), FailureKind::Closed, "{kind}");
            }
            let kept = Classified::in_use(kind.into(), true);
            assert_eq!(classify(kept).kind(), FailureKind::Stale, "{kind}");
        }
    }

    #[test]
    fn a_network_that_is_not_there_took_no_request() {
        for kind in GONE {
            let failure = classify(Classified::connecting(kind.into()));
            assert_eq!(failure.kind(), FailureKind::Connect, "{kind}");
        }
    }

    #[test]
    fn tls_fails_in_the_handshake_only() {
        let io = |error: rustls::Error| io::Error::new(ErrorKind::InvalidData, error);
        let refused = rustls::Error::InvalidCertificate(rustls::CertificateError::UnknownIssuer);
        for (error, kind) in
            [(refused, FailureKind::Tls), (rustls::Error::DecryptError, FailureKind::Closed)]
        {
            for is_stale in [false, true] {
                let failure = classify(Classified::in_use(io(error.clone()), is_stale));
                assert_eq!(failure.kind(), kind, "{error}");
            }
            assert_eq!(classify(Error::Io(io(error.clone()))).kind(), kind, "{error}");
            let failure = classify(Classified::connecting(io(error)));
            assert_eq!(failure.kind(), FailureKind::Tls);
        }
    }
}
