//! How many requests may be sent in which time.
//!
//! The service counts the requests that *arrive* in rolling windows. The core knows only that a
//! request arrived somewhere between its send and its end, so a request in flight counts as sent
//! now, and is logged when it ends. A window of 3 requests, seen at three instants:
//!
//! ```text
//!                 span of the window
//!          ├────────────────────────────────┤
//!  ──a─────b───────────c─────────────────── now ───────────────▶ time
//!    out   ends, as logged                  d e                  a has left; b and c are in the log,
//!                                           in flight            d and e count as sent now: full
//!
//!  ────────b───────────c────────────d─e──── now ──────────┬────▶
//!                                                         └ b has left the window: room for ticket 7
//!
//!  queue   7  9  12 │ 4               tickets, lowest first; 7 was told to come back at that instant,
//!          foreground │ background    9 one later, …; 12 may be late, and keeps its place
//! ```
//!
//! A call that waits has a ticket, and calls go in the order of tickets. The others do not wait for a
//! call that polls late, which keeps its ticket. Background calls come after all others, and leave a reserve free.

mod limiter; // whose turn it is
mod log; // when requests reached the service
mod queue; // the order of the calls that wait
mod throttle; // what a 429 changes

use std::time::Duration;

pub(crate) use self::limiter::{Limiter, Ticket, Turn};
use crate::error::{Error, InvalidInputError};

/// The rolling windows that all calls of one [`Api`](crate::Api) and its clones keep together.
///
/// Default: 100 requests in any 5 seconds and 1000 in any 3 minutes, as
/// [documented](https://dev.digicert.com/en/certcentral-apis/services-api/rate-limits.html), and
/// "subject to change without notice".
///
/// A window is exact at the service, under any latency: a request in flight counts as sent now, and
/// is logged when it ends. Whatever queues requests below the core (a tower layer with a limit of
/// its own) only makes it slower. The page [`policies`](crate::policies) has measurements.
///
/// The service counts per API key. Processes that use one key do not know of each other, so give
/// each its own key. If they share one, they adapt after a 429. If their number is known, give each
/// its [share](Self::share_of).
///
/// ```
/// use std::time::Duration;
///
/// use certcentral_core::RateLimit;
///
/// // One of three processes that use the same key.
/// let third = RateLimit::default().share_of(3);
/// // Leave half of each window to calls for which a person waits.
/// let generous = RateLimit::default().reserve(50);
/// // When the service changes its limit.
/// let new = RateLimit::windows(&[(1000, Duration::from_secs(300))])?;
/// # let _ = (third, generous, new);
/// # Ok::<(), certcentral_core::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RateLimit {
    windows: Vec<(u32, Duration)>,
    margin: Duration,
    processes: u32,
    reserve: u8,
}

impl RateLimit {
    /// Returns a limit of at most `count` requests in any `Duration`, for each pair.
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`] if there is no window, or a count or duration is zero.
    pub fn windows(windows: &[(u32, Duration)]) -> Result<Self, Error> {
        if windows.is_empty() {
            return Err(InvalidInputError::new(
                "a rate limit needs a window; use RateLimit::unlimited() if none is meant",
            )
            .into());
        }
        if windows.iter().any(|&(count, span)| count == 0 || span.is_zero()) {
            return Err(InvalidInputError::new(
                "a window of the rate limit must allow at least one request and last longer than zero",
            )
            .into());
        }
        Ok(Self { windows: windows.to_vec(), ..Self::default() })
    }

    /// Returns a limit without windows. The pauses after 429 remain.
    pub fn unlimited() -> Self {
        Self { windows: Vec::new(), ..Self::default() }
    }

    /// Sets how long after its end a request that got no response may still arrive. Default: 500 ms.
    #[must_use]
    pub fn margin(self, margin: Duration) -> Self {
        Self { margin, ..self }
    }

    /// Takes the share of one of `processes` that use the same key at the same time.
    ///
    /// Counts are divided and rounded down. Where less than one request would be left, one is
    /// allowed in a window as many times longer. The sum of all processes then keeps the limit on
    /// average, but not in every window. Zero is an error of
    /// [`ApiBuilder::build`](crate::ApiBuilder::build).
    #[must_use]
    pub fn share_of(self, processes: u32) -> Self {
        Self { processes, ..self }
    }

    /// Sets how many percent of each window [background calls](crate::Call::in_background) leave
    /// free for others, rounded up to whole requests. Default: 10. More than 99 is an error of
    /// [`ApiBuilder::build`](crate::ApiBuilder::build). A window of one request has nothing to
    /// reserve.
    #[must_use]
    pub fn reserve(self, percent: u8) -> Self {
        Self { reserve: percent, ..self }
    }

    pub(crate) fn check(&self) -> Result<(), InvalidInputError> {
        if self.processes == 0 {
            return Err(InvalidInputError::new("a rate limit is shared by at least one process"));
        }
        if self.reserve > 99 {
            return Err(InvalidInputError::new(
                "the reserve of the rate limit is at most 99 percent, or background calls never go",
            ));
        }
        Ok(())
    }

    /// The windows as they are kept.
    fn kept(&self) -> impl Iterator<Item = Window> {
        let processes = self.processes.max(1);
        self.windows.iter().map(move |&(count, span)| {
            let stretch = processes.div_ceil(count).max(1);
            let count = usize::try_from((count / processes).max(1)).unwrap_or(usize::MAX);
            let reserve = count.saturating_mul(self.reserve.into()).div_ceil(100);
            let background = count.saturating_sub(reserve).max(1);
            Window { count, background, span: span.saturating_mul(stretch) }
        })
    }
}

impl Default for RateLimit {
    fn default() -> Self {
        Self {
            windows: vec![(100, Duration::from_secs(5)), (1000, Duration::from_secs(180))],
            margin: Duration::from_millis(500),
            processes: 1,
            reserve: 10,
        }
    }
}

/// At most `count` requests in any `span`, and at most `background` before a background call goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Window {
    count: usize,
    background: usize,
    span: Duration,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(limit: &RateLimit) -> Vec<(usize, usize, u64)> {
        limit.kept().map(|w| (w.count, w.background, w.span.as_secs())).collect()
    }

    #[test]
    fn zeros_are_refused() {
        let second = Duration::from_secs(1);
        for bad in [&[][..], &[(0, second)], &[(1, second), (1, Duration::ZERO)]] {
            assert!(RateLimit::windows(bad).unwrap_err().to_string().contains("rate limit"));
        }
        assert!(RateLimit::windows(&[(1, second)]).is_ok());
        assert!(RateLimit::default().share_of(0).check().is_err());
        assert!(RateLimit::default().reserve(100).check().is_err());
        assert!(RateLimit::default().reserve(99).check().is_ok());
    }

    #[test]
    fn shares_never_add_up_to_more() {
        let share = |processes| kept(&RateLimit::default().reserve(0).share_of(processes));
        assert_eq!(share(1), [(100, 100, 5), (1000, 1000, 180)]);
        assert_eq!(share(3), [(33, 33, 5), (333, 333, 180)]);
        assert_eq!(share(100), [(1, 1, 5), (10, 10, 180)]);
        assert_eq!(share(250), [(1, 1, 15), (4, 4, 180)]);
    }

    #[test]
    fn the_reserve_is_rounded_up_and_leaves_one() {
        let second = Duration::from_secs(1);
        let reserve = |count, percent| {
            kept(&RateLimit::windows(&[(count, second)]).unwrap().reserve(percent))[0].1
        };
        assert_eq!([reserve(100, 10), reserve(5, 10), reserve(1, 10)], [90, 4, 1]);
        assert_eq!([reserve(100, 0), reserve(100, 99), reserve(2, 99)], [100, 1, 1]);
    }
}
