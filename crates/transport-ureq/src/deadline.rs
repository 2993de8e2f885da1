//! When a part of an exchange must be over.

use std::{
    io::{self, ErrorKind},
    time::{Duration, Instant},
};

use ureq::{Error, Timeout, unversioned::transport::NextTimeout};

/// An instant, and which of ureq's timeouts it is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Deadline {
    /// `None` for never.
    at: Option<Instant>,
    timeout: Timeout,
}

impl Deadline {
    pub(crate) fn new(timeout: NextTimeout) -> Self {
        let after = (!timeout.after.is_not_happening()).then_some(*timeout.after);
        let at = after.and_then(|after| Instant::now().checked_add(after));
        Self { at, timeout: timeout.reason }
    }

    /// Returns this deadline, or one that is `after` from now if that is sooner.
    pub(crate) fn at_most(self, after: Duration) -> Self {
        let sooner = Instant::now() + after;
        Self { at: Some(self.at.map_or(sooner, |at| at.min(sooner))), ..self }
    }

    /// Returns the time that is left. The error is [`ErrorKind::TimedOut`] if there is none.
    pub(crate) fn time_left(self) -> io::Result<Duration> {
        let Some(at) = self.at else { return Ok(Duration::MAX) };
        let left = at.saturating_duration_since(Instant::now());
        if left.is_zero() { Err(ErrorKind::TimedOut.into()) } else { Ok(left) }
    }

    pub(crate) fn has_passed(self) -> bool {
        self.time_left().is_err()
    }

    /// Returns what ureq needs to look a name up in time.
    pub(crate) fn next_timeout(self) -> NextTimeout {
        let mut timeout = NextTimeout { reason: self.timeout, ..NextTimeout::default() };
        if self.at.is_some() {
            timeout.after = self.time_left().unwrap_or_default().into();
        }
        timeout
    }

    /// Returns ureq's error in place of `error`, if that says that the deadline has passed.
    pub(crate) fn timed_out(self, error: &io::Error) -> Option<Error> {
        // The kernel has a number for a peer that is gone.
        let is_deadline = error.kind() == ErrorKind::TimedOut && error.raw_os_error().is_none();
        is_deadline.then_some(Error::Timeout(self.timeout))
    }

    /// Whether it is only about the connection, and the attempt has time left.
    pub(crate) fn is_of_connecting(self) -> bool {
        matches!(self.timeout, Timeout::Connect | Timeout::Resolve)
    }
}
