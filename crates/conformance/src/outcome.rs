//! The outcomes that the suite requires, and the comparison with how a call ended.

use std::{
    fmt::{self, Display, Formatter},
    time::Duration,
};

use certcentral_core::{Error, FailureKind, Reissues};
use http::{StatusCode, Uri};

use crate::{case::require, log_capture};

/// How a call must end, and after how many attempts.
#[derive(Clone, Debug)]
pub(crate) struct Outcome {
    end: End,
    pub(crate) attempts: u32,
}

#[derive(Clone, Debug, PartialEq)]
enum End {
    /// A list with this number of rows.
    List(usize),
    /// [`Error::Transport`] of one of these kinds.
    Failure(&'static [FailureKind]),
    /// [`Error::Api`] with this status, and the pause that the response asked for.
    Api(u16, Option<Duration>),
    /// [`Error::Decode`] with this status, at this path.
    Decode(u16, &'static str),
    /// The same with 200, and the body ends too early.
    Cut(&'static str),
}

/// Requires a list with this number of rows.
pub(crate) fn lists(rows: usize) -> Outcome {
    Outcome { end: End::List(rows), attempts: 1 }
}

/// Requires three attempts, the last of which fails with one of these kinds.
pub(crate) fn retried(kinds: &'static [FailureKind]) -> Outcome {
    Outcome { end: End::Failure(kinds), attempts: ATTEMPTS }
}

/// Requires one attempt, which fails with one of these kinds.
pub(crate) fn fails(kinds: &'static [FailureKind]) -> Outcome {
    Outcome { end: End::Failure(kinds), attempts: 1 }
}

/// Requires three attempts, each refused with this status.
pub(crate) fn retried_status(status: u16) -> Outcome {
    Outcome { end: End::Api(status, None), attempts: ATTEMPTS }
}

/// Requires one attempt, refused with this status.
pub(crate) fn refused_with(status: u16) -> Outcome {
    Outcome { end: End::Api(status, None), attempts: 1 }
}

/// Requires one attempt, whose response has status 200 and cannot be read at `path`, or, if that ends
/// in `*`, anywhere below it.
pub(crate) fn unreadable(path: &'static str) -> Outcome {
    Outcome { end: End::Decode(200, path), attempts: 1 }
}

/// Three attempts, the last of which is answered with 200 and JSON that ends in the middle, at
/// `path`.
pub(crate) fn retried_cut(path: &'static str) -> Outcome {
    Outcome { end: End::Cut(path), attempts: ATTEMPTS }
}

pub(crate) const CLOSED: &[FailureKind] = &[FailureKind::Closed];
pub(crate) const CONNECT: &[FailureKind] = &[FailureKind::Connect];
pub(crate) const PROTOCOL: &[FailureKind] = &[FailureKind::Protocol];
pub(crate) const TIMEOUT: &[FailureKind] = &[FailureKind::Timeout];
pub(crate) const TLS: &[FailureKind] = &[FailureKind::Tls];
pub(crate) const TOO_LARGE: &[FailureKind] = &[FailureKind::TooLarge];

/// The default policy's.
const ATTEMPTS: u32 = 3;

impl Outcome {
    /// Also requires this `Retry-After`, in seconds.
    pub(crate) fn retry_after(mut self, seconds: u64) -> Self {
        if let End::Api(_, retry_after) = &mut self.end {
            *retry_after = Some(Duration::from_secs(seconds));
        }
        self
    }

    /// Requires another 2xx than 200.
    pub(crate) fn status(mut self, success: u16) -> Self {
        if let End::Decode(status, _) = &mut self.end {
            *status = success;
        }
        self
    }

    pub(crate) fn is_retried(&self) -> bool {
        self.attempts > 1
    }

    pub(crate) fn is_timeout(&self) -> bool {
        self.end == End::Failure(TIMEOUT)
    }

    /// Fails if the call ended otherwise, or if a method of its error is wrong.
    pub(crate) fn check(&self, result: &Result<Reissues, Error>) -> Result<(), String> {
        log_capture::check_printed(result)?;
        if !self.end.is(result) {
            return Err(ended(result));
        }
        let Err(error) = result else { return Ok(()) };
        require(error.attempts() == self.attempts, || ended(result))?;
        let wrong = self.end.wrong_predicates(error);
        require(wrong.is_empty(), || format!("wrong {}: {}", wrong.join(", "), without_port(error)))
    }
}

impl End {
    fn is(&self, result: &Result<Reissues, Error>) -> bool {
        match (self, result) {
            (Self::List(rows), Ok(list)) => list.certificates.len() == *rows,
            (Self::Failure(kinds), Err(Error::Transport(error))) => kinds.contains(&error.kind()),
            (Self::Api(status, retry_after), Err(Error::Api(error))) => {
                error.status == *status && error.retry_after == *retry_after
            }
            (Self::Decode(status, path), Err(Error::Decode(error))) => {
                error.status() == *status && is_at(error.path(), path)
            }
            (Self::Cut(path), Err(Error::Decode(error))) => {
                error.is_incomplete() && is_at(error.path(), path)
            }
            _ => false,
        }
    }

    /// Returns the methods of `error` that say something else than this end requires.
    fn wrong_predicates(&self, error: &Error) -> Vec<&'static str> {
        let (status, retry_after) = match self {
            Self::List(_) | Self::Failure(_) => (None, None),
            Self::Api(status, retry_after) => (Some(*status), *retry_after),
            Self::Decode(status, _) => (Some(*status), None),
            Self::Cut(_) => (Some(200), None),
        };
        let is_refused =
            |statuses: &[u16]| matches!(self, Self::Api(status, _) if statuses.contains(status));
        let failed = |kinds: &[FailureKind]| kind(error).is_some_and(|kind| kinds.contains(&kind));
        let is_timeout = failed(TIMEOUT);
        // The service may refuse the key with any status.
        let is_key_refused = error.has_code("access_denied");
        let is_transient = matches!(self, Self::Cut(_))
            || is_refused(&[408, 429, 500, 502, 503, 504]) && !is_key_refused
            || failed(&[FailureKind::Closed, FailureKind::Connect, FailureKind::Timeout]);
        // A proxy's 403 or 404 says nothing about the key or the order.
        let is_by_service = has_service_code(error);
        let is_access_denied = is_by_service && is_refused(&[401, 403]) || is_key_refused;
        let is_not_found = is_by_service && is_refused(&[404]);
        [
            ("status", error.status().as_ref().map(StatusCode::as_u16) == status),
            ("retry_after", error.retry_after() == retry_after),
            ("is_access_denied", error.is_access_denied() == is_access_denied),
            ("is_not_found", error.is_not_found() == is_not_found),
            ("is_rate_limited", error.is_rate_limited() == is_refused(&[429])),
            ("is_timeout", error.is_timeout() == is_timeout),
            ("is_transient", error.is_transient() == is_transient),
        ]
        .into_iter()
        .filter_map(|(method, is_right)| (!is_right).then_some(method))
        .collect()
    }
}

fn is_at(found: &str, required: &str) -> bool {
    match required.strip_suffix('*') {
        Some(parent) => found.starts_with(parent),
        None => found == required,
    }
}

/// Whether the service itself refuses: its codes are words in lower case.
fn has_service_code(error: &Error) -> bool {
    let is_word = |code: &str| code.starts_with(|letter: char| letter.is_ascii_lowercase());
    matches!(error, Error::Api(error) if error.errors.iter().any(|entry| is_word(&entry.code)))
}

/// Returns the kind of a [`Error::Transport`].
pub(crate) fn kind(error: &Error) -> Option<FailureKind> {
    match error {
        Error::Transport(error) => Some(error.kind()),
        _ => None,
    }
}

impl Display for Outcome {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match &self.end {
            End::List(rows) => return write!(f, "a list of {rows}"),
            End::Failure(kinds) => {
                let kinds: Vec<_> = kinds.iter().map(|kind| format!("{kind:?}")).collect();
                write!(f, "{}", kinds.join(" or "))?;
            }
            End::Api(status, None) => write!(f, "status {status}")?,
            End::Api(status, Some(pause)) => write!(f, "status {status}, retry after {pause:?}")?,
            End::Decode(status, "") => write!(f, "status {status} with an unreadable body")?,
            End::Decode(status, path) => write!(f, "status {status}, unreadable at {path}")?,
            End::Cut(path) => write!(f, "a body that is cut at {path:?}")?,
        }
        write!(f, ", {}", attempts(self.attempts))
    }
}

/// How a call ended, in words.
pub(crate) fn ended(result: &Result<Reissues, Error>) -> String {
    match result {
        Ok(list) => format!("a list of {}", list.len()),
        Err(error) => error_in_words(error),
    }
}

pub(crate) fn error_in_words(error: &Error) -> String {
    let what = match error {
        Error::Transport(error) => format!("{:?}", error.kind()),
        Error::Api(error) => format!("status {}", error.status.as_u16()),
        Error::Decode(error) => format!("unreadable at {:?}", error.path()),
        Error::Deadline(error) => format!("deadline, {:?}", error.reason()),
        _ => "an error".to_owned(),
    };
    format!("{what}, {}: {}", attempts(error.attempts()), without_port(error))
}

/// The text of an error without the port of the server, which is another each time.
fn without_port(error: &Error) -> String {
    let text = format!("{error:#}");
    let url = error.url().and_then(|url| url.parse::<Uri>().ok());
    match url.as_ref().and_then(Uri::authority) {
        Some(authority) => text.replace(authority.as_str(), "server"),
        None => text,
    }
}

fn attempts(count: u32) -> String {
    if count == 1 { "1 attempt".to_owned() } else { format!("{count} attempts") }
}
