//! When the service is looked at next, and for how long its lists may lag.

use std::time::{Duration, Instant};

use super::{
    Reissuance,
    course::{Next, Stage},
};
use crate::instant::later;

/// The pauses of a reissuance.
#[derive(Debug, Default)]
pub(super) struct Pace {
    /// How long after the request or its approval the first look is due.
    pub(super) first_look: Duration,
    /// Looks since the last event.
    looks: u32,
    /// When the next look is due.
    pub(super) next_look: Option<Instant>,
    /// Until when the lists may lack what was requested.
    pub(super) lag_end: Option<Instant>,
    /// The last poll.
    pub(super) polled: Option<Instant>,
}

/// Between any two looks, so that they leave room for others.
const LEAST_PAUSE: Duration = Duration::from_millis(100);

impl Pace {
    /// Pauses: 1, 2, 5 s, then twice as long each time, but no less than `least` and no more than `most`.
    fn pause(&mut self, now: Instant, least: Duration, most: Duration) {
        let pause = match self.looks {
            0 | 1 => u64::from(self.looks) + 1,
            looks => 5_u64.saturating_mul(1 << (looks - 2).min(32)),
        };
        let pause = Duration::from_secs(pause).max(least).min(most).max(LEAST_PAUSE);
        self.looks = self.looks.saturating_add(1);
        self.next_look = Some(later(now, pause));
    }
}

impl Reissuance {
    /// Goes on at once, and starts again with short pauses.
    pub(super) fn look_now_at(&mut self, stage: Stage) -> Next {
        (self.pace.looks, self.pace.next_look, self.reissues) = (0, None, None);
        self.go_to(stage)
    }

    /// Goes on after what was done. Where there is nothing to do, the service is given some time.
    pub(super) fn look_first_at(&mut self, now: Instant, stage: Stage) -> Next {
        let is_done = stage == Stage::Looking;
        let next = self.look_now_at(stage);
        if is_done && !self.pace.first_look.is_zero() {
            self.pace.next_look = Some(later(now, self.pace.first_look));
        }
        next
    }

    /// Looks again after a pause of no less than `least`.
    pub(super) fn look_later(&mut self, now: Instant, least: Duration) -> Next {
        self.pace.pause(now, least, self.wanted.interval);
        if self.is_lost && self.is_lagging(now) {
            // What is not found by the end of the lag was never sent.
            self.pace.next_look = self.pace.next_look.min(self.pace.lag_end);
        }
        (self.is_settled, self.reissues) = (false, None);
        if !self.wanted.is_answered {
            self.order = None;
        }
        Next::Go
    }

    /// From now on the service's lists may lag.
    pub(super) fn begin_lag(&mut self, now: Instant) {
        self.pace.lag_end = Some(later(now, self.wanted.lag));
    }

    /// The lag goes on where it was when the checkpoint was saved.
    pub(super) fn resume_lag(&mut self, now: Instant) {
        let left = self.wanted.lag.saturating_sub(self.lag_passed());
        self.pace.lag_end = Some(later(now, left));
    }

    /// How much of the lag has passed, if the request is looked for.
    pub(super) fn lag_passed(&self) -> Duration {
        match (self.pace.lag_end, self.pace.polled) {
            _ if !self.is_lost => Duration::ZERO,
            (Some(end), Some(now)) => {
                self.wanted.lag.saturating_sub(end.saturating_duration_since(now))
            }
            _ => self.wanted.lag_passed,
        }
    }

    pub(super) fn is_lagging(&self, now: Instant) -> bool {
        self.pace.lag_end.is_some_and(|lag_end| now < lag_end)
    }
}
