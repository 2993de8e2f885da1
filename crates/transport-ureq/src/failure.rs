//! What can go wrong in an exchange, sorted into the core's classes.

use std::io::{self, ErrorKind};

use certcentral_core::Failure;
use ureq::{Error, Timeout};

pub(crate) fn classify(error: Error) -> Failure {
    match &error {
        Error::Io(io) => match io.kind() {
            _ if has_rustls_error(io) => Failure::tls(error),
            ErrorKind::AddrNotAvailable
            | ErrorKind::ConnectionRefused
            | ErrorKind::HostUnreachable
            | ErrorKind::NetworkDown
            | ErrorKind::NetworkUnreachable => Failure::connect(error),
            _ if is_name_lookup(io) => Failure::connect(error),
            ErrorKind::TimedOut => Failure::timeout(error),
            // Whether the request was sent is not known, so it counts as sent.
            _ => Failure::closed(error),
        },
        Error::Timeout(Timeout::Connect | Timeout::Resolve)
        | Error::ConnectProxyFailed(_)
        | Error::ConnectionFailed
        | Error::HostNotFound => Failure::connect(error),
        Error::Timeout(_) => Failure::timeout(error),
        Error::Rustls(_) | Error::Tls(_) | Error::TlsRequired => Failure::tls(error),
        Error::BodyExceedsLimit(_) => Failure::too_large(error),
        // The first: the connection ended inside the framing of a chunk.
        Error::BodyStalled | Error::Other(_) => Failure::closed(error),
        _ => Failure::protocol(error),
    }
}

/// A refused certificate arrives as I/O, with the reason inside.
fn has_rustls_error(error: &io::Error) -> bool {
    error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>()).is_some()
}

/// The standard library has no stable kind for a name that cannot be resolved.
fn is_name_lookup(error: &io::Error) -> bool {
    error.raw_os_error().is_none() && error.to_string().starts_with("failed to lookup address")
}
