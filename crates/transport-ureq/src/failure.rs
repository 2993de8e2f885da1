//! What can go wrong in an exchange, sorted into the core's classes.

use std::{
    error,
    fmt::{self, Display, Formatter},
    io::{self, ErrorKind},
};

use certcentral_core::Failure;
use ureq::{Error, Proxy, Timeout};

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
        Error::Other(other) if other.is::<Unreached>() => Failure::connect(error),
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

/// No connection came about, so the request cannot have been sent.
#[derive(Debug)]
pub(crate) struct Unreached {
    /// Where it stands, if a proxy is to blame.
    proxy: Option<String>,
    source: Box<Error>,
}

/// The connection ended in a way that is no end of an answer. ureq would take it for one.
#[derive(Debug)]
pub(crate) struct CutOff(io::Error);

impl Unreached {
    /// `error` marked as this, if it is I/O. Refused certificates are not.
    pub(crate) fn or_other(error: Error) -> Error {
        match error {
            Error::Io(io) if !has_rustls_error(&io) => {
                Error::Other(Box::new(Self { proxy: None, source: Box::new(io.into()) }))
            }
            other => other,
        }
    }

    /// `error` marked as this, whatever `proxy` did, unless the attempt's time is over.
    pub(crate) fn by(proxy: &Proxy, error: Error) -> Error {
        if matches!(error, Error::Timeout(Timeout::Global)) {
            return error;
        }
        let address = format!("{}:{}", proxy.host(), proxy.port());
        Error::Other(Box::new(Self { proxy: Some(address), source: Box::new(error) }))
    }
}

impl CutOff {
    /// `error` marked as this, if it is one.
    pub(crate) fn or_other(error: io::Error) -> Error {
        match error.kind() {
            ErrorKind::ConnectionAborted
            | ErrorKind::ConnectionReset
            | ErrorKind::UnexpectedEof => Error::Other(Box::new(Self(error))),
            _ => error.into(),
        }
    }
}

impl Display for Unreached {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        if let Some(proxy) = &self.proxy {
            write!(f, "the proxy {proxy} opened no tunnel: ")?;
        }
        self.source.fmt(f)
    }
}

impl Display for CutOff {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl error::Error for Unreached {}
impl error::Error for CutOff {}
