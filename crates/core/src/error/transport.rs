//! Attempts that brought no complete response.

use std::{
    error::Error as StdError,
    fmt::{self, Debug, Display, Formatter},
    time::Duration,
};

use bytes::Bytes;

use super::{
    RequestContext, advice,
    deadline::Seconds,
    source::{BoxError, cleaned, write_reason, write_reasons},
};
use crate::{secret::Secret, text::Excerpted};

/// Why an attempt brought no complete response, as its transport classifies it.
///
/// The transport says what happened. Whether the attempt is retried is decided by
/// [`Call`](crate::Call).
///
/// ```
/// use std::io::{Error, ErrorKind};
///
/// use certcentral_core::{Failure, FailureKind};
///
/// fn classify(error: Error) -> Failure {
///     let kind = match error.kind() {
///         ErrorKind::ConnectionRefused => FailureKind::Connect,
///         ErrorKind::TimedOut => FailureKind::Timeout,
///         ErrorKind::InvalidData => FailureKind::Protocol,
///         // The request may have been sent.
///         _ => FailureKind::Closed,
///     };
///     Failure::new(kind, error)
/// }
/// # classify(ErrorKind::TimedOut.into());
/// ```
pub struct Failure {
    kind: FailureKind,
    source: BoxError,
    response: Option<Box<http::Response<Bytes>>>,
    is_unprocessed: bool,
    is_of_proxy: bool,
}

impl Failure {
    /// Returns a failure of this kind, with the transport's own error.
    pub fn new(kind: FailureKind, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        let (is_unprocessed, is_of_proxy) = (false, false);
        Self { kind, source: source.into(), response: None, is_unprocessed, is_of_proxy }
    }

    /// Adds the response as far as it had come: its head, and what there is of its body. A refusal
    /// (any status but 2xx) counts even so.
    #[must_use]
    pub fn with_response(self, response: http::Response<Bytes>) -> Self {
        Self { response: Some(Box::new(response)), ..self }
    }

    /// Says that the service did not process the request, whatever the kind: the connection ended
    /// before any of it was written, or the peer said so (HTTP/2: `GOAWAY`, `REFUSED_STREAM`). Calls
    /// that are not repeatable are retried too.
    #[must_use]
    pub fn unprocessed(self) -> Self {
        Self { is_unprocessed: true, ..self }
    }

    /// Says that it was the proxy that could not be reached, or did not respond as one. The error
    /// names what the source names, and not the service.
    #[must_use]
    pub fn of_proxy(self) -> Self {
        Self { is_of_proxy: true, ..self }
    }

    /// Whether the service cannot have processed the request.
    pub(crate) fn is_unprocessed(&self) -> bool {
        self.is_unprocessed || self.kind.is_unsent()
    }

    /// Returns the response if it is a refusal.
    pub(crate) fn into_refusal(mut self) -> Result<http::Response<Bytes>, Self> {
        match self.response.take() {
            Some(response) if !response.status().is_success() => Ok(*response),
            _ => Err(self),
        }
    }

    /// Returns what kind of failure it is.
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

/// What kind of [`Failure`] it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum FailureKind {
    /// The connection was closed or reset after the request may have been sent, and before the
    /// response was complete, or a TLS record of the response cannot be read. Retried if the call is
    /// repeatable.
    Closed,
    /// No connection could be made, or not in time, so the request cannot have reached the service.
    /// A name that is not found and a TLS handshake that stalls are this too. Retried.
    Connect,
    /// What arrived is not HTTP. Not retried.
    Protocol,
    /// A proxy refused the way to the service, so the request cannot have reached it. Not retried,
    /// because a password that is tried again and again locks an account; a proxy's failure that
    /// may pass is [`Connect`](Self::Connect).
    Proxy,
    /// A kept connection ended before a byte of the response came, or a connection before the request
    /// was [processed](Failure::unprocessed). Retried at once on a new connection, and no attempt is used
    /// up: a repeatable call once until a response comes, because a server that ends every connection so
    /// would be sent twice as many requests; any call up to ten times if the request was not processed.
    Stale,
    /// The attempt's deadline passed. Retried if the call is repeatable.
    Timeout,
    /// The TLS handshake failed: a certificate that is not trusted, a wrong name. Nothing was
    /// sent. Not retried.
    Tls,
    /// The response is larger than [`Attempt::body_limit`](crate::Attempt::body_limit). Not
    /// retried.
    TooLarge,
}

impl FailureKind {
    /// Returns whether kept connections that are as old as the failed one are suspect: what ended it, a
    /// restart or something on the way that forgot it, has often ended those beside it. A transport
    /// uses none of them for a retry.
    pub fn makes_connections_suspect(self) -> bool {
        matches!(self, Self::Closed | Self::Stale | Self::Timeout)
    }

    /// Whether the request cannot have reached the service.
    pub(crate) fn is_unsent(self) -> bool {
        matches!(self, Self::Connect | Self::Proxy | Self::Tls)
    }

    pub(crate) fn is_transient(self) -> bool {
        matches!(self, Self::Closed | Self::Connect | Self::Stale | Self::Timeout)
    }

    /// The name of the kind in logs.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Closed => "closed",
            Self::Connect => "connect",
            Self::Protocol => "protocol",
            Self::Proxy => "proxy",
            Self::Stale => "stale",
            Self::Timeout => "timeout",
            Self::Tls => "tls",
            Self::TooLarge => "too_large",
        }
    }
}

/// The last attempt brought no complete response. [`source`](StdError::source) is the transport's
/// own error.
pub struct TransportError {
    kind: FailureKind,
    source: BoxError,
    is_unprocessed: bool,
    is_of_proxy: bool,
    /// What ended the attempt, if it was time.
    time_limit: Option<TimeLimit>,
    pub(super) context: Box<RequestContext>,
}

/// Whose time an attempt took, and how long that was.
#[derive(Clone, Copy, Debug)]
pub(crate) enum TimeLimit {
    OfAttempt(Duration),
    OfCall(Duration),
}

impl TransportError {
    pub(crate) fn new(
        failure: Failure,
        time_limit: Option<TimeLimit>,
        context: RequestContext,
        secret: &Secret,
    ) -> Self {
        let is_unprocessed = failure.is_unprocessed();
        let Failure { kind, source, is_of_proxy, .. } = failure;
        let source = cleaned(source, Some(secret));
        let time_limit = time_limit.filter(|_| kind == FailureKind::Timeout);
        let context = Box::new(context);
        Self { kind, source, is_unprocessed, is_of_proxy, time_limit, context }
    }

    /// Returns what kind of failure it was.
    pub fn kind(&self) -> FailureKind {
        self.kind
    }

    pub(super) fn may_have_taken_effect(&self) -> bool {
        !self.context.is_repeatable && !self.is_unprocessed
    }

    pub(super) fn is_of_proxy(&self) -> bool {
        self.is_of_proxy
    }

    pub(super) fn time_limit(&self) -> Option<TimeLimit> {
        self.time_limit
    }
}

impl Display for TransportError {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let url = &self.context.url;
        // The source names the proxy.
        if self.is_of_proxy {
            f.write_str("could not connect")?;
            write_reasons(f, &*self.source)?;
        } else {
            match self.kind {
                FailureKind::Closed => {
                    write!(f, "the connection to {url} was closed before the response was complete")
                }
                FailureKind::Connect => write!(f, "could not connect to {url}"),
                FailureKind::Protocol => write!(f, "malformed HTTP response from {url}"),
                FailureKind::Proxy => write!(f, "the proxy opened no connection to {url}"),
                FailureKind::Stale => {
                    write!(f, "the kept connection to {url} ended before a response")
                }
                FailureKind::Timeout => {
                    write!(f, "timed out waiting for the response from {url}")?;
                    self.time_limit.map_or(Ok(()), |limit| write!(f, " {limit}"))
                }
                FailureKind::Tls => write!(f, "TLS handshake failed with {url}"),
                FailureKind::TooLarge => {
                    write!(f, "the response from {url} is larger than the body limit")
                }
            }?;
            write_reason(f, Some(&*self.source))?;
        }
        match advice::of_failure(self) {
            Some(advice) => write!(f, "; {advice}"),
            None => Ok(()),
        }
    }
}

impl Debug for TransportError {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.debug_struct("TransportError")
            .field("kind", &self.kind)
            .field("source", &Excerpted(format_args!("{:?}", self.source)))
            .field("is_unprocessed", &self.is_unprocessed)
            .field("is_of_proxy", &self.is_of_proxy)
            .field("time_limit", &self.time_limit)
            .field("context", &self.context)
            .finish()
    }
}

impl StdError for TransportError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        Some(&*self.source)
    }
}

impl Display for TimeLimit {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match *self {
            Self::OfAttempt(time) => write!(f, "within the attempt's {}", Seconds(time)),
            Self::OfCall(time) => write!(f, "within the call's {}", Seconds(time)),
        }
    }
}
