//! Attempts that brought no complete answer.

use std::{
    error::Error as StdError,
    fmt::{self, Debug, Display, Formatter},
};

use super::Origin;
use crate::key::{ApiKey, BoxError};

/// Why an attempt brought no complete answer, as its transport classifies it.
///
/// The transport says what happened; whether the attempt is repeated is decided by
/// [`Call`](crate::Call).
///
/// ```
/// use std::io::{Error, ErrorKind};
///
/// use certcentral_core::Failure;
///
/// fn classify(error: Error) -> Failure {
///     match error.kind() {
///         ErrorKind::ConnectionRefused => Failure::connect(error),
///         ErrorKind::TimedOut => Failure::timeout(error),
///         ErrorKind::InvalidData => Failure::protocol(error),
///         // It may have been sent.
///         _ => Failure::closed(error),
///     }
/// }
/// # classify(ErrorKind::TimedOut.into());
/// ```
pub struct Failure {
    kind: FailureKind,
    source: BoxError,
}

impl Failure {
    /// The connection was closed or reset after the request may have been sent and before the
    /// answer was complete.
    pub fn closed(source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self { kind: FailureKind::Closed, source: source.into() }
    }

    /// No connection could be made, so the request cannot have reached the service.
    pub fn connect(source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self { kind: FailureKind::Connect, source: source.into() }
    }

    /// What arrived is not HTTP.
    pub fn protocol(source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self { kind: FailureKind::Protocol, source: source.into() }
    }

    /// A proxy refused the way to the service, so the request cannot have reached it. For good:
    /// what another attempt may change is [`connect`](Self::connect).
    pub fn proxy(source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self { kind: FailureKind::Proxy, source: source.into() }
    }

    /// The attempt's deadline passed.
    pub fn timeout(source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self { kind: FailureKind::Timeout, source: source.into() }
    }

    /// The TLS peers refused each other: a certificate that is not trusted, a wrong name.
    pub fn tls(source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self { kind: FailureKind::Tls, source: source.into() }
    }

    /// The answer is larger than [`Attempt::body_limit`](crate::Attempt::body_limit).
    pub fn too_large(source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self { kind: FailureKind::TooLarge, source: source.into() }
    }

    /// The classification.
    pub fn kind(&self) -> FailureKind {
        self.kind
    }
}

impl Debug for Failure {
    // Without the source: nobody has yet looked for the key in it.
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.debug_struct("Failure").field("kind", &self.kind).finish_non_exhaustive()
    }
}

/// The classes of [`Failure`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FailureKind {
    /// See [`Failure::closed`].
    Closed,
    /// See [`Failure::connect`].
    Connect,
    /// See [`Failure::protocol`].
    Protocol,
    /// See [`Failure::proxy`].
    Proxy,
    /// See [`Failure::timeout`].
    Timeout,
    /// See [`Failure::tls`].
    Tls,
    /// See [`Failure::too_large`].
    TooLarge,
}

impl FailureKind {
    /// Whether the request cannot have reached the service.
    pub(crate) fn is_unsent(self) -> bool {
        self == Self::Connect
    }

    pub(crate) fn is_transient(self) -> bool {
        matches!(self, Self::Closed | Self::Connect | Self::Timeout)
    }

    /// One word for it, as the functions of [`Failure`] are named.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Closed => "closed",
            Self::Connect => "connect",
            Self::Protocol => "protocol",
            Self::Proxy => "proxy",
            Self::Timeout => "timeout",
            Self::Tls => "tls",
            Self::TooLarge => "too_large",
        }
    }
}

/// The last attempt brought no complete answer; [`source`](StdError::source) is the transport's
/// own error.
#[derive(Debug)]
pub struct TransportError {
    kind: FailureKind,
    source: BoxError,
    pub(super) origin: Origin,
}

impl TransportError {
    pub(crate) fn new(failure: Failure, key: &ApiKey, origin: Origin) -> Self {
        let Failure { kind, source } = failure;
        Self { kind, source: key.redact_source(source), origin }
    }

    /// What kind of failure it was.
    pub fn kind(&self) -> FailureKind {
        self.kind
    }
}

impl Display for TransportError {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let url = &self.origin.url;
        match self.kind {
            FailureKind::Closed => {
                write!(f, "the connection to {url} was closed before the answer was complete")
            }
            FailureKind::Connect => {
                write!(
                    f,
                    "no connection to {url} could be made; check the network, the proxy if there is one, and the base URL"
                )
            }
            FailureKind::Protocol => {
                write!(
                    f,
                    "what answers at {url} does not speak HTTP as it should; check the base URL"
                )
            }
            FailureKind::Proxy => {
                write!(f, "the proxy on the way to {url} refused; check its URL, user and password")
            }
            FailureKind::Timeout => {
                write!(f, "no complete answer came from {url} in the attempt's time")
            }
            FailureKind::Tls => write!(
                f,
                "no trusted TLS connection to {url} could be made; check the root certificates and the host name"
            ),
            FailureKind::TooLarge => {
                write!(f, "the answer of {url} is larger than the client's body limit")
            }
        }
    }
}

impl StdError for TransportError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        Some(&*self.source)
    }
}
