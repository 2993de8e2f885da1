//! Calls that ran out of time.

use std::{
    error::Error as StdError,
    fmt::{self, Display, Formatter},
    time::Duration,
};

use super::advice;

/// The call's deadline passed, or its turn would have come too late.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct DeadlineError {
    reason: DeadlineReason,
    /// How much time the call had had when its deadline passed, or still has.
    time: Duration,
    retry_after: Option<Duration>,
    pub(super) attempts: u32,
    /// What calls in a row waited for.
    awaited: Option<String>,
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
        time: Duration,
        retry_after: Option<Duration>,
        attempts: u32,
    ) -> Self {
        Self { reason, time, retry_after, attempts, awaited: None }
    }

    /// The deadline of calls in a row passed after `time`, between two of them.
    pub(crate) fn between_calls(time: Duration, awaited: Option<String>) -> Self {
        Self { awaited, ..Self::new(DeadlineReason::Passed, time, None, 0) }
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
        let time = Seconds(self.time);
        match self.reason {
            DeadlineReason::Passed => match &self.awaited {
                Some(awaited) => write!(f, "the time for {awaited} was over after {time}"),
                None => write!(f, "the call's deadline passed after {time}"),
            },
            DeadlineReason::RateLimit => {
                write!(f, "the rate limit leaves no room before the call's deadline in {time}")
            }
            DeadlineReason::Throttled => write!(
                f,
                "the pause after a 429 response does not end before the call's deadline in {time}"
            ),
        }?;
        write!(f, "; {}", advice::of_deadline(self.reason))?;
        match self.retry_after {
            Some(wait) => write!(f, "; there is room in {:.1} s", wait.as_secs_f64()),
            None => Ok(()),
        }
    }
}

impl StdError for DeadlineError {}

/// A time as it reads in a sentence: `30 s`, `1.5 s`, `250 ms`.
pub(super) struct Seconds(pub(super) Duration);

impl Display for Seconds {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        // A call's deadline may have been set a moment before the call began.
        let tenths = self.0.saturating_add(Duration::from_millis(50)).as_millis() / 100;
        match (tenths / 10, tenths % 10) {
            (0, _) if self.0 < Duration::from_millis(950) => write!(f, "{} ms", self.0.as_millis()),
            (seconds, 0) => write!(f, "{seconds} s"),
            (seconds, tenths) => write!(f, "{seconds}.{tenths} s"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_short() {
        for (micros, said) in [
            (0, "0 ms"),
            (949_999, "949 ms"),
            (950_000, "1 s"),
            (1_549_000, "1.5 s"),
            (9_999_990, "10 s"),
            (30_000_000, "30 s"),
        ] {
            assert_eq!(Seconds(Duration::from_micros(micros)).to_string(), said);
        }
    }
}
