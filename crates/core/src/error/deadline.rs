//! Calls that ran out of time.

use std::{
    error::Error as StdError,
    fmt::{self, Display, Formatter},
    time::Duration,
};

/// The call's deadline passed, or its turn would have come too late.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct DeadlineError {
    reason: DeadlineReason,
    retry_after: Option<Duration>,
    pub(super) attempts: u32,
}

/// What took the time of a call whose deadline left no room for an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum DeadlineReason {
    /// The deadline passed.
    Passed,
    /// The rate limit leaves no room before the deadline.
    RateLimit,
    /// The pause after a 429 does not end before the deadline.
    Throttled,
}

impl DeadlineError {
    pub(crate) fn new(
        reason: DeadlineReason,
        retry_after: Option<Duration>,
        attempts: u32,
    ) -> Self {
        Self { reason, retry_after, attempts }
    }

    /// Returns what took the time.
    pub fn reason(&self) -> DeadlineReason {
        self.reason
    }

    /// Returns how long it would have been until there was room for an attempt, if the rate limit
    /// or a pause after a 429 was in the way.
    pub fn retry_after(&self) -> Option<Duration> {
        self.retry_after
    }
}

impl Display for DeadlineError {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(match self.reason {
            DeadlineReason::Passed => "the call's deadline passed; give it more time",
            DeadlineReason::RateLimit => {
                "the rate limit leaves no room before the call's deadline; give it more time, or \
                 send fewer calls at once"
            }
            DeadlineReason::Throttled => {
                "the pause after a 429 response does not end before the call's deadline; give it \
                 more time"
            }
        })?;
        match self.retry_after {
            Some(wait) => write!(f, "; there is room in {:.1} s", wait.as_secs_f64()),
            None => Ok(()),
        }
    }
}

impl StdError for DeadlineError {}
