//! What can end a call, and what to ask about it.

mod api;
mod decode;
mod excerpt;
mod transport;

use std::{
    error::Error as StdError,
    fmt::{self, Display, Formatter},
    time::Duration,
};

use http::StatusCode;

pub use self::{
    api::{ApiError, ErrorDetail},
    decode::DecodeError,
    transport::{Failure, FailureKind, TransportError},
};
use crate::key::BoxError;

/// Everything that can end a call without a model.
///
/// What may be repeated has been repeated by then. Ask one of the methods what to do, or match on
/// the variant for the whole story:
///
/// ```
/// use certcentral_core::{Error, FailureKind, Reissues};
///
/// /// What an inventory does about it: words for its log, and whether to ask again tomorrow.
/// fn advice(order: u64, error: &Error) -> (String, bool) {
///     let words = match error {
///         // The service answered, and refused.
///         e if e.is_not_allowed() => "check the API key and its permissions".to_owned(),
///         e if e.is_not_found() => format!("no order {order} in the account of this key"),
///         e if e.is_rate_limited() => match e.retry_after() {
///             Some(wait) => format!("other users of the key? asked to wait {} s", wait.as_secs()),
///             None => "other users of the key? see RateLimit::share_of".to_owned(),
///         },
///         Error::Api(e) if e.status.is_redirection() => format!("base URL? see {:?}", e.location),
///         Error::Api(e) => e.errors.iter().map(|e| e.code.as_str()).collect::<Vec<_>>().join(", "),
///         // It answered with something else than a list. Rows that can be read can be had.
///         Error::Decode(e) => match Reissues::salvage(e.body()) {
///             Ok(rows) => format!("{} rows readable, the rest not", rows.readable.len()),
///             Err(_) => format!("not a list of reissues, at `{}`", e.path()),
///         },
///         // No whole answer came, or there was no time for one.
///         Error::Transport(e) if e.kind() == FailureKind::Tls => "check the roots".to_owned(),
///         Error::Transport(_) | Error::Deadline(_) => "the network, or too little time".to_owned(),
///         // The caller's own doing.
///         Error::Invalid(e) => e.to_string(),
///         _ => error.to_string(),
///     };
///     (words, error.is_transient())
/// }
/// ```
///
/// `Display` is one line for a log, without its sources: walk
/// [`source`](StdError::source) for those. Neither it nor `Debug` ever shows the API key.
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// The service answered, and not with 2xx. Redirects are such answers too.
    Api(ApiError),
    /// The call's deadline left no room for an attempt; nothing else had gone wrong.
    Deadline(DeadlineError),
    /// The service answered 2xx with something that is not what was asked for.
    Decode(DecodeError),
    /// Something given to this library cannot be used, or a [`Call`](crate::Call) was misused.
    Invalid(InvalidInput),
    /// No complete answer arrived.
    Transport(TransportError),
}

impl Error {
    /// The status of the answer, if there was one.
    pub fn status(&self) -> Option<StatusCode> {
        match self {
            Self::Api(error) => Some(error.status),
            Self::Decode(error) => Some(error.status()),
            Self::Deadline(_) | Self::Invalid(_) | Self::Transport(_) => None,
        }
    }

    /// Whether the key is missing, wrong, or lacks a permission (401 or 403).
    pub fn is_not_allowed(&self) -> bool {
        self.is_api(&[StatusCode::UNAUTHORIZED, StatusCode::FORBIDDEN])
    }

    /// Whether there is no such order in the key's account, or no such route (404).
    pub fn is_not_found(&self) -> bool {
        self.is_api(&[StatusCode::NOT_FOUND])
    }

    /// Whether the service refused the call for its rate limit (429).
    pub fn is_rate_limited(&self) -> bool {
        self.is_api(&[StatusCode::TOO_MANY_REQUESTS])
    }

    /// Whether time ran out: an attempt's, or the whole call's.
    ///
    /// The service's own 408 and 504 are answers, not these.
    pub fn is_timeout(&self) -> bool {
        match self {
            Self::Deadline(_) => true,
            Self::Transport(error) => error.kind() == FailureKind::Timeout,
            Self::Api(_) | Self::Decode(_) | Self::Invalid(_) => false,
        }
    }

    /// Whether the same call may well succeed later, with nothing changed.
    ///
    /// True for connect, closed and timeout failures, 408, 429, 500, 502, 503 and 504, and a
    /// deadline that passed. A [`Call`](crate::Call) has already repeated what it may repeat.
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Api(error) => error.is_transient() || self.is_rate_limited(),
            Self::Transport(error) => error.kind().is_transient(),
            Self::Deadline(_) => true,
            Self::Decode(_) | Self::Invalid(_) => false,
        }
    }

    /// How long the service asked to be left alone, if it said so (`Retry-After`).
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Api(error) => error.retry_after,
            _ => None,
        }
    }

    /// How many attempts the call had made when it ended; 0 if it made none, and for what
    /// [`Api::parse_response`](crate::Api::parse_response) reports by itself.
    pub fn attempts(&self) -> u32 {
        match self {
            Self::Api(error) => error.origin.attempts,
            Self::Deadline(error) => error.attempts,
            Self::Decode(error) => error.origin().attempts,
            Self::Invalid(_) => 0,
            Self::Transport(error) => error.origin.attempts,
        }
    }

    /// The address that was asked, if one was.
    pub fn url(&self) -> Option<&str> {
        let origin = match self {
            Self::Api(error) => &error.origin,
            Self::Decode(error) => error.origin(),
            Self::Transport(error) => &error.origin,
            Self::Deadline(_) | Self::Invalid(_) => return None,
        };
        Some(origin.url.as_str()).filter(|url| !url.is_empty())
    }

    /// One word for it: what logs are counted by.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::Api(_) => "api",
            Self::Deadline(_) => "deadline",
            Self::Decode(_) => "decode",
            Self::Invalid(_) => "invalid",
            Self::Transport(error) => error.kind().name(),
        }
    }

    pub(crate) fn with_attempts(mut self, attempts: u32) -> Self {
        match &mut self {
            Self::Api(error) => error.origin.attempts = attempts,
            Self::Deadline(error) => error.attempts = attempts,
            Self::Decode(error) => error.origin_mut().attempts = attempts,
            Self::Invalid(_) => {}
            Self::Transport(error) => error.origin.attempts = attempts,
        }
        self
    }

    fn is_api(&self, statuses: &[StatusCode]) -> bool {
        matches!(self, Self::Api(error) if statuses.contains(&error.status))
    }
}

impl Display for Error {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Api(error) => error.fmt(f),
            Self::Deadline(error) => error.fmt(f),
            Self::Decode(error) => error.fmt(f),
            Self::Invalid(error) => error.fmt(f),
            Self::Transport(error) => error.fmt(f),
        }
    }
}

impl StdError for Error {
    // The parts print themselves above, so the chain goes on with *their* sources.
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match self {
            Self::Api(error) => error.source(),
            Self::Deadline(error) => error.source(),
            Self::Decode(error) => error.source(),
            Self::Invalid(error) => error.source(),
            Self::Transport(error) => error.source(),
        }
    }
}

/// Which exchange an error is about.
#[derive(Clone, Debug)]
pub(crate) struct Origin {
    url: String,
    attempts: u32,
}

impl Origin {
    pub(crate) fn new(url: String) -> Self {
        Self { url, attempts: 0 }
    }
}

/// What to say where something else than the service seems to have answered.
const CHECK_BASE_URL: &str =
    "this is not how the service speaks; check the base URL, which usually ends in /services/v2";

impl From<InvalidInput> for Error {
    fn from(error: InvalidInput) -> Self {
        Self::Invalid(error)
    }
}

impl From<DecodeError> for Error {
    fn from(error: DecodeError) -> Self {
        Self::Decode(error)
    }
}

/// Something that was given to this library cannot be used; the message says what to do.
#[derive(Debug)]
pub struct InvalidInput {
    message: String,
    source: Option<BoxError>,
}

impl InvalidInput {
    /// An error that says `message`; for authors of a transport.
    pub fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), source: None }
    }

    /// As [`new`](Self::new), with the error behind it.
    pub fn because(
        message: impl Into<String>,
        source: impl Into<Box<dyn StdError + Send + Sync>>,
    ) -> Self {
        Self { message: message.into(), source: Some(source.into()) }
    }
}

impl Display for InvalidInput {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl StdError for InvalidInput {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}

/// The call's deadline passed, or would have passed before the rate limit allowed an attempt.
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct DeadlineError {
    attempts: u32,
}

impl Display for DeadlineError {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(
            "the call's deadline leaves no time for a request, or for its turn in the rate limit; \
             allow it more time, or send fewer at once",
        )
    }
}

impl StdError for DeadlineError {}
