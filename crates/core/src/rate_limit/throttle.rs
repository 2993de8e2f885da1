//! What a 429 changes: a pause of the whole `Api`, and a slow start after it.
//!
//! A 429 although the own windows had room says that others use the key. What harms then is the
//! burst after each pause, when all of them send at once. So a single request goes first, to find
//! out whether the pause helped. Then requests are spread evenly at half of the pace before, which
//! grows with the square of the time: slowly while the others are likely to be there, and to the
//! whole limit within a minute.
//!
//! ```text
//!   pace
//!     1  ──┐429                                                    ╭──────
//!          │                                                  ╭────╯
//!    1/2   │                       ╭──────────────────────────╯
//!          │   pause   │ a single  │   half of the pace, and growing until
//!     0    └───────────┤ request   │   another 429 halves it again
//!          └───────────┴───────────┴──────────────────────────────────────▶ time
//! ```
//!
//! Where the windows are full, all that is in flight is refused. If half of it is accepted, the 429s
//! have another reason. Then to be slow helps nothing, and only the pause is kept.

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
    /// The pauses in a row after which nothing was accepted.
    useless_pauses: u32,
    /// When the first pause of the row began, and the pace until then in thousandths of the limit.
    refused_since: Option<Instant>,
    pace_before: u32,
    /// What became of the attempts that were in flight then.
    refused: u32,
    accepted: u32,
}

const LAST_PAUSE: Duration = Duration::from_secs(60);
const LEAST_PAUSE: Duration = Duration::from_secs(1);

/// The pace of the whole limit.
const WHOLE: u32 = 1000;
const SLOWEST: u32 = WHOLE / 10;
/// How long the pace takes from nothing to the whole limit.
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
            useless_pauses: 0,
            refused_since: None,
            pace_before: WHOLE,
            refused: 0,
            accepted: 0,
        }
    }

    /// When the pause ends, or `now` if there is none.
    pub(super) fn pause_end(&self, now: Instant) -> Instant {
        self.pause_end.map_or(now, |end| end.max(now))
    }

    /// One more window, kept while others seem to use the key.
    pub(super) fn window(&self, now: Instant) -> Option<(usize, Duration)> {
        let (pace, single) = (self.pace(now), self.useless_pauses() > 0);
        let (count, span) = match self.shortest {
            Some((count, span)) if pace < WHOLE || single => (count, span),
            Some(_) => return None,
            None => return single.then_some((1, PROBE)),
        };
        let interval = (span / count.max(1)).saturating_mul(WHOLE) / pace;
        if single {
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
        let end = if let Some(end) = self.pause_end.filter(|&end| sent < end) {
            self.refused = self.refused.saturating_add(1);
            wanted.map_or(end, |wanted| wanted.max(end))
        } else {
            let end = self.next_pause_end(now, log);
            wanted.unwrap_or(end)
        };
        self.pause_end = Some(end);
        end
    }

    /// Notes a 2xx to the attempt sent at `sent`.
    pub(super) fn accepted(&mut self, sent: Instant) {
        if self.pause_end.is_some_and(|end| sent < end) {
            self.accepted = self.accepted.saturating_add(1);
        } else {
            self.useless_pauses = 0;
        }
    }

    /// Begins a pause. They double, but end early when a request from before the row leaves the
    /// longest window: there is room for one then, whatever others do.
    fn next_pause_end(&mut self, now: Instant, log: &Log) -> Instant {
        self.useless_pauses = self.useless_pauses();
        if self.useless_pauses == 0 {
            (self.refused_since, self.pace_before) = (Some(now), self.pace(now));
            (self.refused, self.accepted) = (1, 0);
        }
        let step = self.first_pause.saturating_mul(2_u32.saturating_pow(self.useless_pauses));
        self.useless_pauses = self.useless_pauses.saturating_add(1);
        let end = later(now, step.min(LAST_PAUSE.max(self.first_pause)));
        let soonest = later(now, self.first_pause);
        let own = soonest.checked_sub(self.longest).and_then(|since| log.first_since(since));
        let own = own.filter(|&own| Some(own) < self.refused_since);
        own.map_or(end, |own| end.min(later(own, self.longest)))
    }

    /// Whether the 429s have another reason than full windows.
    fn not_from_full_windows(&self) -> bool {
        self.refused <= self.accepted
    }

    fn useless_pauses(&self) -> u32 {
        if self.not_from_full_windows() { 0 } else { self.useless_pauses }
    }

    fn pace(&self, now: Instant) -> u32 {
        let Some(end) = self.pause_end else { return WHOLE };
        let halved = (self.pace_before / 2).max(SLOWEST);
        let least = if self.not_from_full_windows() { self.pace_before } else { halved };
        let passed = now.saturating_duration_since(end).min(RECOVERY).as_millis();
        let grown = u128::from(WHOLE) * passed.pow(2) / RECOVERY.as_millis().pow(2);
        u32::try_from(grown).unwrap_or(WHOLE).saturating_add(least).min(WHOLE)
    }
}
