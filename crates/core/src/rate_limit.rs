//! How many requests may be sent in which time.

mod limiter;
mod places;

use std::{num::NonZeroU32, time::Duration};

pub(crate) use self::limiter::{Limiter, Place, Turn};
use crate::error::{Error, InvalidInputError};

/// The rolling windows that all calls of one [`Api`](crate::Api) and its clones keep together.
///
/// Default: 100 requests in any 5 seconds and 1000 in any 3 minutes (documented; "subject to
/// change"), each window lengthened by a margin of 500 ms.
///
/// A window is exact at the instant at which [`Call::poll`](crate::Call::poll) answers
/// [`Step::Send`](crate::Step::Send). At the service it is exact as long as no request takes the
/// margin longer to arrive than another. Whatever queues requests below the core (a cap on open
/// connections, a tower layer with a limit of its own) adds to that time and voids the promise.
///
/// The service counts per API key. Two `Api`s with one key, or two processes, do not know of each
/// other: share one `Api` by cloning it, and give each process its [share](Self::share_of).
///
/// ```
/// use std::{num::NonZeroU32, time::Duration};
///
/// use certcentral_core::RateLimit;
///
/// // One of three processes that use the same key.
/// let third = RateLimit::default().share_of(NonZeroU32::new(3).expect("three is not zero"));
/// // Far from the service, where requests may be overtaken by up to two seconds.
/// let far = RateLimit::default().margin(Duration::from_secs(2));
/// // When the service changes its mind.
/// let new = RateLimit::windows(&[(1000, Duration::from_secs(300))])?;
/// # let _ = (third, far, new);
/// # Ok::<(), certcentral_core::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RateLimit {
    windows: Vec<Window>,
    margin: Duration,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Window {
    count: u32,
    span: Duration,
}

impl RateLimit {
    /// At most `count` requests in any `Duration`, for each pair.
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`] if there is no window, or a count or duration is zero.
    pub fn windows(windows: &[(u32, Duration)]) -> Result<Self, Error> {
        if windows.is_empty() {
            return Err(InvalidInputError::new(
                "a rate limit needs a window; say RateLimit::unlimited() if none is meant",
            )
            .into());
        }
        if windows.iter().any(|&(count, span)| count == 0 || span.is_zero()) {
            return Err(InvalidInputError::new(
                "a window of the rate limit must allow at least one request and last longer than zero",
            )
            .into());
        }
        Ok(Self::of(windows))
    }

    /// No windows at all. The pauses after 429 remain.
    pub fn unlimited() -> Self {
        Self::of(&[])
    }

    /// By how much each window is lengthened, so that a first burst that was slow to arrive and
    /// a quick one after it do not fall into one window at the service. Default: 500 ms.
    #[must_use]
    pub fn margin(self, margin: Duration) -> Self {
        Self { margin, ..self }
    }

    /// The share of one of `processes` that use the same key at the same time.
    ///
    /// Counts are divided and rounded down. Where less than one request would be left, one is
    /// allowed in a window as many times longer; the sum of all processes then keeps the limit on
    /// average, but not in every window.
    #[must_use]
    pub fn share_of(mut self, processes: NonZeroU32) -> Self {
        for window in &mut self.windows {
            let stretch = processes.get().div_ceil(window.count);
            if stretch > 1 {
                window.span = window.span.saturating_mul(stretch);
            }
            window.count = (window.count / processes).max(1);
        }
        self
    }

    fn of(windows: &[(u32, Duration)]) -> Self {
        let windows = windows.iter().map(|&(count, span)| Window { count, span }).collect();
        Self { windows, margin: Duration::from_millis(500) }
    }

    /// Each window as it is kept: its count, and its span with the margin.
    fn kept(&self) -> impl Iterator<Item = (usize, Duration)> {
        let count = |window: &Window| usize::try_from(window.count).unwrap_or(usize::MAX);
        self.windows.iter().map(move |w| (count(w), w.span.saturating_add(self.margin)))
    }
}

impl Default for RateLimit {
    fn default() -> Self {
        Self::of(&[(100, Duration::from_secs(5)), (1000, Duration::from_secs(180))])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shared(processes: u32) -> Vec<(usize, Duration)> {
        let processes = NonZeroU32::new(processes).unwrap();
        RateLimit::default().margin(Duration::ZERO).share_of(processes).kept().collect()
    }

    #[test]
    fn zeros_are_refused() {
        let second = Duration::from_secs(1);
        for bad in [&[][..], &[(0, second)], &[(1, second), (1, Duration::ZERO)]] {
            assert!(RateLimit::windows(bad).unwrap_err().to_string().contains("rate limit"));
        }
        assert!(RateLimit::windows(&[(1, second)]).is_ok());
    }

    #[test]
    fn a_share_never_adds_up_to_more() {
        let seconds = Duration::from_secs;
        assert_eq!(shared(1), [(100, seconds(5)), (1000, seconds(180))]);
        assert_eq!(shared(3), [(33, seconds(5)), (333, seconds(180))]);
        assert_eq!(shared(100), [(1, seconds(5)), (10, seconds(180))]);
        assert_eq!(shared(250), [(1, seconds(15)), (4, seconds(180))]);
    }
}
