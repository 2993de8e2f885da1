//! What can go wrong in an exchange, sorted into the core's classes.

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
        Error::Io(ref io) => match io.kind() {
            _ if has_rustls_error(io) => Failure::new(FailureKind::Tls, error),
            ErrorKind::AddrNotAvailable
            | ErrorKind::ConnectionRefused
            | ErrorKind::HostUnreachable
            | ErrorKind::NetworkDown
            | ErrorKind::NetworkUnreachable => Failure::new(FailureKind::Connect, error),
            _ if is_name_lookup(io) => Failure::new(FailureKind::Connect, error),
            ErrorKind::TimedOut => Failure::new(FailureKind::Timeout, error),
            // Whether the request was sent is not known, so it counts as sent.
            _ => Failure::new(FailureKind::Closed, error),
        },
        Error::Timeout(Timeout::Connect | Timeout::Resolve)
        | Error::ConnectProxyFailed(_)
        | Error::ConnectionFailed
        | Error::HostNotFound => Failure::new(FailureKind::Connect, error),
        Error::Timeout(_) => Failure::new(FailureKind::Timeout, error),
        Error::Rustls(_) | Error::Tls(_) | Error::TlsRequired => {
            Failure::new(FailureKind::Tls, error)
        }
        Error::BodyExceedsLimit(_) => Failure::new(FailureKind::TooLarge, error),
        // The connection ended inside the framing of a chunk.
        Error::BodyStalled => Failure::new(FailureKind::Closed, error),
        _ => Failure::new(FailureKind::Protocol, error),
    }
}

/// A failure whose class our own connections know, on its way through ureq.
#[derive(Debug)]
pub(crate) struct Classified(Failure);

impl Classified {
    pub(crate) fn error(failure: Failure) -> Error {
        Error::Other(Box::new(Self(failure)))
    }

    /// No connection came about, so the request cannot have been sent. Refused certificates and
    /// the end of the attempt's time stay what they are.
    pub(crate) fn while_connecting(error: Error) -> Error {
        match error {
            Error::Io(io) if !has_rustls_error(&io) => {
                Self::error(Failure::new(FailureKind::Connect, io))
            }
            other => other,
        }
    }

    /// An end of the connection that is no end of an answer; ureq would take it for one.
    pub(crate) fn while_reading(error: io::Error) -> Error {
        match error.kind() {
            ErrorKind::ConnectionAborted
            | ErrorKind::ConnectionReset
            | ErrorKind::UnexpectedEof => Self::error(Failure::new(FailureKind::Closed, error)),
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

/// A refused certificate arrives as I/O, with the reason inside.
fn has_rustls_error(error: &io::Error) -> bool {
    error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>()).is_some()
}

/// The standard library has no stable kind for a name that cannot be resolved.
fn is_name_lookup(error: &io::Error) -> bool {
    error.raw_os_error().is_none() && error.to_string().starts_with("failed to lookup address")
}
