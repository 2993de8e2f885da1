//! The rate limit: exact rolling windows.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// 100 requests in any 5 seconds and 1000 in any 3 minutes (documented).
pub(crate) const DOCUMENTED: [(u32, Duration); 2] =
    [(100, Duration::from_secs(5)), (1000, Duration::from_secs(180))];

/// Several windows over one log of the requests that were admitted.
///
/// A log and not a bucket of tokens: a bucket lets nearly twice the count through in one window.
pub(crate) struct RollingWindows {
    windows: Vec<(usize, Duration)>,
    /// When requests were admitted, oldest first; as many as the largest window counts.
    admitted: VecDeque<Instant>,
}

impl RollingWindows {
    pub(crate) fn new(windows: &[(u32, Duration)]) -> Self {
        Self {
            windows: windows
                .iter()
                .map(|&(count, span)| (usize::try_from(count).unwrap_or(usize::MAX), span))
                .collect(),
            admitted: VecDeque::new(),
        }
    }

    /// Returns whether a request at `now` has room in every window. A refused one takes none
    /// (assumed).
    pub(crate) fn admit(&mut self, now: Instant) -> bool {
        if self.windows.iter().any(|&window| self.is_full(window, now)) {
            return false;
        }
        self.admitted.push_back(now);
        let largest = self.windows.iter().map(|&(count, _)| count).max();
        if self.admitted.len() > largest.unwrap_or(0) {
            self.admitted.pop_front();
        }
        true
    }

    /// Whether the last `count` requests lie within `span` of `now`.
    fn is_full(&self, (count, span): (usize, Duration), now: Instant) -> bool {
        let oldest = self.admitted.iter().nth_back(count.saturating_sub(1));
        count == 0 || oldest.is_some_and(|&oldest| now.saturating_duration_since(oldest) < span)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn a_window_has_room_again_as_its_oldest_request_leaves_it() {
        let mut windows = RollingWindows::new(&[(2, 5 * SECOND)]);
        let start = Instant::now();
        let admitted =
            [0, 3, 4, 5, 6, 7, 8, 10].map(|second| windows.admit(start + second * SECOND));
        assert_eq!(admitted, [true, true, false, true, false, false, true, true]);
    }

    #[test]
    fn every_window_counts() {
        let mut windows = RollingWindows::new(&[(2, SECOND), (3, 60 * SECOND)]);
        let start = Instant::now();
        let admitted =
            [0, 0, 0, 1, 30, 59, 60].map(|second| windows.admit(start + second * SECOND));
        assert_eq!(admitted, [true, true, false, true, false, false, true]);
    }

    #[test]
    fn without_windows_all_is_admitted_and_nothing_is_kept() {
        let mut windows = RollingWindows::new(&[]);
        assert!((0..1000).all(|_| windows.admit(Instant::now())));
        assert!(windows.admitted.is_empty());
    }

    #[test]
    fn a_count_of_zero_refuses_everything() {
        assert!(!RollingWindows::new(&[(0, SECOND)]).admit(Instant::now()));
    }
}
