//! How a call must end, and how it ended.

use std::{
    fmt::{self, Display, Formatter},
    time::Duration,
};

use certcentral_core::{Error, FailureKind, Reissues};
use http::{StatusCode, Uri};

use crate::{case::require, log_capture};

/// How a call ends, and after how many attempts.
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
}

/// A list, whatever happened on the way.
pub(crate) fn lists(rows: usize) -> Outcome {
    Outcome { end: End::List(rows), attempts: 1 }
}

/// Three attempts, the last of which fails like this.
pub(crate) fn retried(kinds: &'static [FailureKind]) -> Outcome {
    Outcome { end: End::Failure(kinds), attempts: ATTEMPTS }
}

/// One attempt, which fails like this.
pub(crate) fn fails(kinds: &'static [FailureKind]) -> Outcome {
    Outcome { end: End::Failure(kinds), attempts: 1 }
}

/// Three attempts, each refused with this status.
pub(crate) fn retried_status(status: u16) -> Outcome {
    Outcome { end: End::Api(status, None), attempts: ATTEMPTS }
}

/// One attempt, refused with this status.
pub(crate) fn refused_with(status: u16) -> Outcome {
    Outcome { end: End::Api(status, None), attempts: 1 }
}

/// One attempt, answered with 200 and something that cannot be read at `path`, or, if that ends
/// in `*`, anywhere below.
pub(crate) fn unreadable(path: &'static str) -> Outcome {
    Outcome { end: End::Decode(200, path), attempts: 1 }
}

pub(crate) const CLOSED: &[FailureKind] = &[FailureKind::Closed];
pub(crate) const CONNECT: &[FailureKind] = &[FailureKind::Connect];
pub(crate) const PROTOCOL: &[FailureKind] = &[FailureKind::Protocol];
pub(crate) const TIMEOUT: &[FailureKind] = &[FailureKind::Timeout];
pub(crate) const TLS: &[FailureKind] = &[FailureKind::Tls];
pub(crate) const TOO_LARGE: &[FailureKind] = &[FailureKind::TooLarge];

/// As the default policy has it.
const ATTEMPTS: u32 = 3;

impl Outcome {
    /// The response's `Retry-After`, in seconds.
    pub(crate) fn retry_after(mut self, seconds: u64) -> Self {
        if let End::Api(_, retry_after) = &mut self.end {
            *retry_after = Some(Duration::from_secs(seconds));
        }
        self
    }

    /// Not 200, but another 2xx.
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

    /// Fails if the call ended otherwise, or if its error says anything wrong.
    pub(crate) fn check(&self, result: &Result<Reissues, Error>) -> Result<(), String> {
        log_capture::check_printed(result)?;
        if !self.end.is(result) {
            return Err(ended(result));
        }
        let Err(error) = result else { return Ok(()) };
        if error.attempts() != self.attempts {
            return Err(ended(result));
        }
        let told = Told::by(error).facts().into_iter().zip(self.end.tells(error).facts());
        let wrong = told.filter(|(told, required)| told != required);
        let wrong: Vec<_> = wrong
            .map(|((name, told), (_, required))| format!("{name} {told}, not {required}"))
            .collect();
        require(wrong.is_empty(), || format!("{}: {}", wrong.join(", "), without_port(error)))
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
            _ => false,
        }
    }

    /// Which predicates of `error` must be true, and what else it must tell.
    fn tells(&self, error: &Error) -> Told {
        let mut told = Told::default();
        match self {
            Self::List(_) => {}
            Self::Decode(status, _) => told.status = Some(*status),
            Self::Failure(_) => match kind(error) {
                Some(FailureKind::Closed | FailureKind::Connect) => told.is_transient = true,
                Some(FailureKind::Timeout) => (told.is_transient, told.is_timeout) = (true, true),
                _ => {}
            },
            Self::Api(status, retry_after) => {
                told.status = Some(*status);
                told.retry_after = *retry_after;
                match status {
                    // In the service's own words only.
                    401 | 403 => told.is_access_denied = is_by_service(error),
                    404 => told.is_not_found = is_by_service(error),
                    429 => (told.is_transient, told.is_rate_limited) = (true, true),
                    408 | 500 | 502 | 503 | 504 => told.is_transient = true,
                    _ => {}
                }
            }
        }
        told
    }
}

fn is_at(found: &str, required: &str) -> bool {
    match required.strip_suffix('*') {
        Some(parent) => found.starts_with(parent),
        None => found == required,
    }
}

/// Whether the service itself refuses: its codes are words in small letters.
fn is_by_service(error: &Error) -> bool {
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

/// What an error tells beside its kind.
#[derive(Default)]
#[expect(clippy::struct_excessive_bools, reason = "one for each predicate")]
struct Told {
    status: Option<u16>,
    retry_after: Option<Duration>,
    is_access_denied: bool,
    is_not_found: bool,
    is_rate_limited: bool,
    is_timeout: bool,
    is_transient: bool,
}

impl Told {
    fn by(error: &Error) -> Self {
        Self {
            status: error.status().as_ref().map(StatusCode::as_u16),
            retry_after: error.retry_after(),
            is_access_denied: error.is_access_denied(),
            is_not_found: error.is_not_found(),
            is_rate_limited: error.is_rate_limited(),
            is_timeout: error.is_timeout(),
            is_transient: error.is_transient(),
        }
    }

    fn facts(&self) -> [(&'static str, String); 7] {
        [
            ("status", format!("{:?}", self.status)),
            ("retry_after", format!("{:?}", self.retry_after)),
            ("is_access_denied", self.is_access_denied.to_string()),
            ("is_not_found", self.is_not_found.to_string()),
            ("is_rate_limited", self.is_rate_limited.to_string()),
            ("is_timeout", self.is_timeout.to_string()),
            ("is_transient", self.is_transient.to_string()),
        ]
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
