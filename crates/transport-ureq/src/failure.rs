//! What can go wrong in an exchange, as one of the core's kinds.

use std::{
    error,
    fmt::{self, Display, Formatter},
    io::{self, ErrorKind},
};

use certcentral_core::{Failure, FailureKind};
use ureq::{Error, Timeout};

pub(crate) fn classify(error: Error) -> Failure {
    match error {
        Error::Other(other) => match other.downcast::<Classified>() {
            Ok(classified) => classified.0,
            Err(other) => Failure::new(FailureKind::Closed, other),
        },
        error => Failure::new(kind(&error), error),
    }
}

fn kind(error: &Error) -> FailureKind {
    match error {
        Error::Io(io) if has_rustls_error(io) => FailureKind::Tls,
        Error::Io(io) => match io.kind() {
            ErrorKind::AddrNotAvailable
            | ErrorKind::ConnectionRefused
            | ErrorKind::HostUnreachable
            | ErrorKind::NetworkDown
            | ErrorKind::NetworkUnreachable => FailureKind::Connect,
            _ if is_name_lookup(io) => FailureKind::Connect,
            ErrorKind::TimedOut => FailureKind::Timeout,
            // Whether the request was sent is not known, so it counts as sent.
            _ => FailureKind::Closed,
        },
        Error::Timeout(Timeout::Connect | Timeout::Resolve)
        | Error::ConnectProxyFailed(_)
        | Error::ConnectionFailed
        | Error::HostNotFound => FailureKind::Connect,
        Error::Timeout(_) => FailureKind::Timeout,
        Error::Rustls(_) | Error::Tls(_) | Error::TlsRequired => FailureKind::Tls,
        Error::BodyExceedsLimit(_) => FailureKind::TooLarge,
        // The connection ended inside the framing of a chunk.
        Error::BodyStalled => FailureKind::Closed,
        _ => FailureKind::Protocol,
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

    /// Classifies an error of a connection that was not made, so that nothing was sent. Refused
    /// certificates and the end of the attempt's time stay what they are.
    pub(crate) fn while_connecting(error: Error) -> Error {
        match error {
            Error::Io(io) if !has_rustls_error(&io) => Self::error(FailureKind::Connect, io),
            other => other,
        }
    }

    /// Classifies an end of the connection that does not end the response, though ureq would take
    /// it for that.
    pub(crate) fn while_reading(error: io::Error) -> Error {
        match error.kind() {
            ErrorKind::ConnectionAborted
            | ErrorKind::ConnectionReset
            | ErrorKind::UnexpectedEof => Self::error(FailureKind::Closed, error),
            _ => error.into(),
        }
    }
}

impl Display for Classified {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.0.kind())
    }
}

impl error::Error for Classified {}

/// Returns whether TLS failed, as for a refused certificate: it is inside an I/O error.
fn has_rustls_error(error: &io::Error) -> bool {
    error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>()).is_some()
}

/// The standard library has no stable kind for a name that cannot be resolved.
fn is_name_lookup(error: &io::Error) -> bool {
    error.raw_os_error().is_none() && error.to_string().starts_with("failed to lookup address")
}
