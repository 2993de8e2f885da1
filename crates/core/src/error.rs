//! The error of a failed call, and its predicates.

mod advice; // what to do
mod api;
mod deadline;
mod decode;
mod invalid;
mod source;
mod transport;

use std::{
    convert::Infallible,
    error::Error as StdError,
    fmt::{self, Display, Formatter},
    time::Duration,
};

use http::StatusCode;

pub(crate) use self::{api::Exchange, source::BoxError, transport::TimeLimit};
pub use self::{
    api::{ApiError, ErrorDetail},
    deadline::{DeadlineError, DeadlineReason},
    decode::DecodeError,
    invalid::InvalidInputError,
    transport::{Failure, FailureKind, TransportError},
};

/// The error of a failed call. All permitted retries have already been made.
///
/// What a service that embeds this client can make of it. The first row that fits counts:
///
/// | error | response to its own caller | log level | retry |
/// | --- | --- | --- | --- |
/// | [`may_have_taken_effect`](Self::may_have_taken_effect) | 502 | error | only once you have found out that it had no effect |
/// | [`is_not_found`](Self::is_not_found) | 404 | info | no |
/// | [`is_access_denied`](Self::is_access_denied) | 500: the API key lacks a permission | error | no |
/// | [`is_rate_limited`](Self::is_rate_limited) | 503, with `Retry-After` from [`retry_after`](Self::retry_after) | warn | after that time |
/// | [`is_timeout`](Self::is_timeout) | 504 | warn | yes |
/// | [`is_transient`](Self::is_transient) | 503 | warn | yes |
/// | [`Error::Invalid`] | 400 if the input is the caller's, else 500 | info | no |
/// | any other | 502 | error | no |
///
/// For the text of such a response, see [`public_message`](Self::public_message). Match on the
/// variant for details:
///
/// ```
/// use certcentral_core::{Error, FailureKind, Reissues};
///
/// /// What an inventory writes into its log.
/// fn advice(error: &Error) -> String {
///     match error {
///         Error::Api(e) => e.errors.iter().map(|e| e.code.as_str()).collect::<Vec<_>>().join(", "),
///         // The response cannot be read as a whole. The readable rows can.
///         Error::Decode(e) => match Reissues::salvage(e.body()) {
///             Ok(rows) => format!("{} rows are readable, others are not", rows.readable.len()),
///             Err(_) => format!("not a list of reissues, at `{}`", e.path()),
///         },
///         // No complete response came, or there was no time for one.
///         Error::Transport(e) if e.kind() == FailureKind::Tls => "check the roots".to_owned(),
///         Error::Transport(_) | Error::Deadline(_) => "check the network".to_owned(),
///         _ => error.to_string(),
///     }
/// }
/// ```
///
/// `{}` prints one line with the reason in it, and with what to do where that is known; `{:#}` adds
/// every error behind it, separated by ": ". Neither they nor `Debug` ever show the API key.
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// The response's status is not 2xx, or it has errors of the service and nothing else. Redirects
    /// are such responses too.
    Api(ApiError),
    /// The call's deadline left no room for an attempt, and nothing else had gone wrong.
    Deadline(DeadlineError),
    /// The response's status is 2xx, and its body is not what was expected.
    Decode(DecodeError),
    /// Something given to this library cannot be used, or a [`Call`](crate::Call) was misused.
    Invalid(InvalidInputError),
    /// No complete response arrived.
    Transport(TransportError),
}

impl Error {
    /// Returns the status of the response, if there was one.
    pub fn status(&self) -> Option<StatusCode> {
        match self {
            Self::Api(error) => Some(error.status),
            Self::Decode(error) => Some(error.status()),
            Self::Deadline(_) | Self::Invalid(_) | Self::Transport(_) => None,
        }
    }

    /// Returns whether the service refused the key, or an action of the key: 401 or 403 with the
    /// service's own codes, or the code `access_denied` with any status. False for a firewall's page.
    pub fn is_access_denied(&self) -> bool {
        matches!(self, Self::Api(error) if error.is_access_denied())
    }

    /// Returns whether the service has no such order, certificate or request in the account of the
    /// key: 404 with the service's own codes, or 2xx with the code `not_found` and nothing else. False
    /// for a wrong base URL (`not_found|route`) and for another web server's page.
    pub fn is_not_found(&self) -> bool {
        matches!(self, Self::Api(error) if error.is_not_found())
    }

    /// Returns whether a rate limit ended the call: the service answered 429, or the call's
    /// deadline came before its turn under the limit or before the end of a pause after 429.
    pub fn is_rate_limited(&self) -> bool {
        match self {
            Self::Api(error) => error.status == StatusCode::TOO_MANY_REQUESTS,
            Self::Deadline(error) => error.reason() != DeadlineReason::Passed,
            Self::Decode(_) | Self::Invalid(_) | Self::Transport(_) => false,
        }
    }

    /// Returns whether time ran out: an attempt's, or the whole call's. False for the statuses 408
    /// and 504.
    ///
    /// A call that timed out [may have taken effect](Self::may_have_taken_effect): if it is not
    /// repeatable, ask that first.
    pub fn is_timeout(&self) -> bool {
        match self {
            Self::Deadline(_) => true,
            Self::Transport(error) => error.kind() == FailureKind::Timeout,
            Self::Api(_) | Self::Decode(_) | Self::Invalid(_) => false,
        }
    }

    /// Returns whether the same call may succeed later with nothing changed.
    ///
    /// True for connect, closed, stale and timeout failures, 408, 429, 500, 502, 503 and 504, a
    /// body that [ends too early](DecodeError::is_incomplete), and a deadline; never if access is
    /// denied. A
    /// [`Call`](crate::Call) has already made the retries that it may make. Never true where
    /// [`may_have_taken_effect`](Self::may_have_taken_effect) is, because a second call might do it
    /// twice.
    pub fn is_transient(&self) -> bool {
        !self.may_have_taken_effect()
            && match self {
                Self::Api(error) => error.is_transient(),
                Self::Transport(error) => error.kind().is_transient(),
                Self::Decode(error) => error.is_incomplete(),
                Self::Deadline(_) => true,
                Self::Invalid(_) => false,
            }
    }

    /// Returns whether a call that is not repeatable was sent, and no response tells what became
    /// of it. Find out before you send it again.
    ///
    /// See [`Endpoint::is_repeatable`](crate::Endpoint::is_repeatable).
    pub fn may_have_taken_effect(&self) -> bool {
        if self.context().is_none_or(|context| context.is_repeatable) {
            return false;
        }
        match self {
            Self::Api(error) => error.outcome_unknown(),
            Self::Transport(error) => error.may_have_taken_effect(),
            Self::Decode(_) => true,
            Self::Deadline(_) | Self::Invalid(_) => false,
        }
    }

    /// Returns how long to wait before the call is made again: the response's `Retry-After`, or
    /// the time until the rate limit would have had room.
    ///
    /// `None` does not mean that there is nothing to wait for: after a 429 without `Retry-After`, the
    /// next call of the same [`Api`](crate::Api) waits for the pause.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Api(error) => error.retry_after,
            Self::Deadline(error) => error.retry_after(),
            Self::Decode(_) | Self::Invalid(_) | Self::Transport(_) => None,
        }
    }

    /// Returns whether the service gave this code, or one that begins with it before a `|` or `:`.
    ///
    /// ```
    /// use certcentral_core::{ApiError, Error, ErrorDetail, http::StatusCode};
    ///
    /// let mut error = ApiError::new(StatusCode::FORBIDDEN);
    /// error.errors = vec![ErrorDetail::new("access_denied|missing_permission", "No.")];
    /// let error = Error::from(error);
    /// assert!(error.has_code("access_denied|missing_permission"));
    /// assert!(error.has_code("access_denied"));
    /// assert!(!error.has_code("access"));
    /// ```
    pub fn has_code(&self, code: &str) -> bool {
        matches!(self, Self::Api(error) if error.has_code(code))
    }

    /// Returns the number of requests that the call sent. Zero if none was sent, or if the error
    /// comes from [`Api::parse_response`](crate::Api::parse_response).
    pub fn attempts(&self) -> u32 {
        match self {
            Self::Deadline(error) => error.attempts,
            _ => self.context().map_or(0, |context| context.attempts),
        }
    }

    /// Returns the URL of the request, if one was built.
    pub fn url(&self) -> Option<&str> {
        self.context().map(|context| context.url.as_str())
    }

    /// Returns a text for somebody outside: without the URL, the body, or anything else of the network
    /// that this program is in.
    ///
    /// ```
    /// use certcentral_core::{ApiError, Error, http::StatusCode};
    ///
    /// let error = Error::from(ApiError::new(StatusCode::SERVICE_UNAVAILABLE));
    /// assert_eq!(error.public_message(), "DigiCert cannot be reached at the moment; try again later");
    /// ```
    pub fn public_message(&self) -> String {
        let message = if self.may_have_taken_effect() {
            "the request may have been processed by DigiCert; find out before you send it again"
        } else if self.is_not_found() {
            "DigiCert has no such order, certificate or request in this account"
        } else if self.is_access_denied() {
            "this service is not allowed to do that at DigiCert"
        } else if self.is_rate_limited() {
            "too many requests to DigiCert at the moment; try again later"
        } else if self.is_timeout() {
            "DigiCert did not respond in time; try again later"
        } else if self.is_transient() {
            "DigiCert cannot be reached at the moment; try again later"
        } else {
            match self {
                Self::Api(error) => return error.public_message(),
                Self::Invalid(error) => return error.message().to_owned(),
                Self::Decode(_) => "DigiCert sent an unexpected response",
                Self::Deadline(_) | Self::Transport(_) => "DigiCert cannot be reached",
            }
        };
        message.to_owned()
    }

    /// The name of the variant or of the failure's kind, in logs.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::Api(_) => "api",
            Self::Deadline(_) => "deadline",
            Self::Decode(_) => "decode",
            Self::Invalid(_) => "invalid",
            Self::Transport(error) => error.kind().name(),
        }
    }

    /// The first code that the service gave, in logs.
    #[cfg(feature = "tracing")]
    pub(crate) fn code(&self) -> Option<&str> {
        let Self::Api(error) = self else { return None };
        error.errors.iter().map(|error| error.code.as_str()).find(|code| !code.is_empty())
    }

    /// Where in the body it went wrong, in logs.
    #[cfg(feature = "tracing")]
    pub(crate) fn path(&self) -> Option<&str> {
        let Self::Decode(error) = self else { return None };
        Some(error.path()).filter(|path| !path.is_empty())
    }

    fn context(&self) -> Option<&RequestContext> {
        match self {
            Self::Api(error) => error.context(),
            Self::Decode(error) => error.context(),
            Self::Transport(error) => Some(&error.context),
            Self::Deadline(_) | Self::Invalid(_) => None,
        }
    }

    /// The error without what is to be done about it once the call is over.
    pub(crate) fn inner(&self) -> &(dyn StdError + 'static) {
        match self {
            Self::Api(error) => error,
            Self::Deadline(error) => error,
            Self::Decode(error) => error,
            Self::Invalid(error) => error,
            Self::Transport(error) => error,
        }
    }
}

impl Display for Error {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        Display::fmt(self.inner(), f)?;
        match advice::of_error(self) {
            Some(advice) => write!(f, "; {advice}"),
            None => Ok(()),
        }
    }
}

impl StdError for Error {
    // The inner error prints itself above, so the chain goes on with *its* source.
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.inner().source()
    }
}

impl From<ApiError> for Error {
    fn from(error: ApiError) -> Self {
        Self::Api(error)
    }
}

impl From<DeadlineError> for Error {
    fn from(error: DeadlineError) -> Self {
        Self::Deadline(error)
    }
}

impl From<DecodeError> for Error {
    fn from(error: DecodeError) -> Self {
        Self::Decode(error)
    }
}

impl From<InvalidInputError> for Error {
    fn from(error: InvalidInputError) -> Self {
        Self::Invalid(error)
    }
}

impl From<TransportError> for Error {
    fn from(error: TransportError) -> Self {
        Self::Transport(error)
    }
}

/// Of a conversion that cannot fail, as from a [`Region`](crate::Region) to a
/// [`BaseUrl`](crate::BaseUrl).
impl From<Infallible> for Error {
    fn from(never: Infallible) -> Self {
        match never {}
    }
}

/// The request that an error is about.
#[derive(Clone, Debug)]
pub(crate) struct RequestContext {
    pub(crate) url: String,
    /// Requests sent by then.
    pub(crate) attempts: u32,
    pub(crate) is_repeatable: bool,
}
