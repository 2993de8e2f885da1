//! What a 429 changes: a pause of the whole `Api`, and a slow start after it.
//!
//! A 429 although the own windows had room says that others use the key. What harms then is the
//! burst after each pause, when all of them send at once. So a single request goes first, to find
//! out whether the pause helped. Then requests are spread evenly at a share of the limit, which
//! grows back to the whole of it while no further 429 comes, and shrinks with each that does.

use std::time::{Duration, Instant};

use super::{Window, log::Log};
use crate::{instant::later, retry::LONGEST_PAUSE};

#[derive(Debug)]
pub(super) struct Throttle {
    first_pause: Duration,
    /// The count and the span of the shortest window, and the span of the longest.
    shortest: Option<(u32, Duration)>,
    longest: Duration,
    /// When the last pause ends or ended.
    pause_end: Option<Instant>,
    /// The pauses since an attempt last succeeded. None of them helped.
    in_vain: u32,
    /// When the first of them began.
    refused_since: Option<Instant>,
    /// The share of the limit at the end of the pause, in thousandths.
    share: u32,
}

const LAST_PAUSE: Duration = Duration::from_secs(60);
const LEAST_PAUSE: Duration = Duration::from_secs(1);

/// The whole limit.
const WHOLE: u32 = 1000;
/// The share after a first pause.
const FIRST_SHARE: u32 = 100;
const LEAST_SHARE: u32 = 10;
/// How long it takes until a share is the whole limit again.
const RECOVERY: Duration = Duration::from_secs(60);
/// The least time between two requests that find out whether a pause helped.
const PROBE: Duration = Duration::from_millis(100);
/// Into how many parts the shortest window is cut to spread requests evenly.
const PARTS: u32 = 10;

impl Throttle {
    pub(super) fn new(first_pause: Duration, windows: &[Window]) -> Self {
        let shortest = windows.iter().min_by_key(|window| window.span);
        let longest = windows.iter().map(|window| window.span).max().unwrap_or_default();
        let count = |window: &Window| u32::try_from(window.count).unwrap_or(u32::MAX);
        Self {
            first_pause,
            shortest: shortest.map(|window| (count(window), window.span)),
            longest,
            pause_end: None,
            in_vain: 0,
            refused_since: None,
            share: WHOLE,
        }
    }

    /// When the pause ends, or `now` if there is none.
    pub(super) fn pause_end(&self, now: Instant) -> Instant {
        self.pause_end.map_or(now, |end| end.max(now))
    }

    /// One more window, kept while others seem to use the key.
    pub(super) fn window(&self, now: Instant) -> Option<(usize, Duration)> {
        let share = self.share(now);
        let (count, span) = match self.shortest {
            Some((count, span)) if share < WHOLE || self.in_vain > 0 => (count, span),
            Some(_) => return None,
            None => return (self.in_vain > 0).then_some((1, PROBE)),
        };
        let interval = (span / count.max(1)).saturating_mul(WHOLE) / share.max(1);
        if self.in_vain > 0 {
            return Some((1, interval.max(PROBE)));
        }
        let together = (span / PARTS).as_nanos() / interval.as_nanos().max(1);
        let together = u32::try_from(together).unwrap_or(u32::MAX).max(1);
        Some((usize::try_from(together).unwrap_or(usize::MAX), interval.saturating_mul(together)))
    }

    /// Notes a 429 to the attempt sent at `sent`, and returns when the pause ends.
    ///
    /// Many attempts can be in flight when the service first refuses one. They are one event: only
    /// an attempt that was sent after the last pause starts the next.
    pub(super) fn refused(
        &mut self,
        now: Instant,
        sent: Instant,
        retry_after: Option<Duration>,
        log: &Log,
    ) -> Instant {
        let wanted = retry_after.map(|wait| later(now, wait.clamp(LEAST_PAUSE, LONGEST_PAUSE)));
        let end = match self.pause_end {
            Some(end) if sent < end => wanted.map_or(end, |wanted| wanted.max(end)),
            _ => {
                if self.in_vain == 0 {
                    self.share = match self.share(now) {
                        WHOLE => FIRST_SHARE,
                        share => (share * 4 / 5).max(LEAST_SHARE),
                    };
                    self.refused_since = Some(now);
                }
                let end = wanted.unwrap_or_else(|| self.next_pause_end(now, log));
                self.in_vain += 1;
                end
            }
        };
        self.pause_end = Some(end);
        end
    }

    /// Notes a 2xx to the attempt sent at `sent`.
    pub(super) fn accepted(&mut self, sent: Instant) {
        if self.pause_end.is_none_or(|end| end <= sent) {
            self.in_vain = 0;
        }
    }

    /// The pauses double, but end early when a request of our own leaves the longest window: there
    /// is room for one then, whatever others do.
    fn next_pause_end(&self, now: Instant, log: &Log) -> Instant {
        let step = self.first_pause.saturating_mul(2_u32.saturating_pow(self.in_vain));
        let end = later(now, step.min(LAST_PAUSE.max(self.first_pause)));
        let soonest = later(now, self.first_pause);
        let own = soonest.checked_sub(self.longest).and_then(|since| log.first_since(since));
        let own = own.filter(|&own| Some(own) < self.refused_since);
        own.map_or(end, |own| end.min(later(own, self.longest)))
    }

    fn share(&self, now: Instant) -> u32 {
        let Some(end) = self.pause_end else { return WHOLE };
        let passed = now.saturating_duration_since(end).min(RECOVERY).as_secs_f64();
        let grown = (passed / RECOVERY.as_secs_f64()).powi(2) * f64::from(WHOLE);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 1000")]
        let grown = grown as u32;
        (self.share + grown).min(WHOLE)
    }
}
