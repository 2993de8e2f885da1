//! When requests reached the service.

use std::{
    collections::VecDeque,
    mem,
    time::{Duration, Instant},
};

use super::Window;
use crate::instant::later;

/// The attempts that the windows count.
///
/// A request reaches the service between the instants at which its attempt is sent and at which it
/// ends. The log takes the latest of them: the end, and "now" for an attempt in flight. An attempt
/// that ended without a response may still be on its way, so its end is put off by a margin.
#[derive(Debug)]
pub(super) struct Log {
    /// The ends of attempts, in order. Those with the margin may lie ahead.
    ends: VecDeque<Instant>,
    in_flight: usize,
    /// When an attempt was sent last.
    last_sent: Option<Instant>,
    /// How many of those in flight were dropped. Their end is the next "now", because a drop does
    /// not know the time.
    dropped: usize,
    margin: Duration,
    /// How many ends, and how old ones, a window looks back to.
    most: usize,
    oldest: Duration,
}

/// Threads may bring their instants in another order than they took them.
const LEAST_KEPT: Duration = Duration::from_secs(10);

impl Log {
    pub(super) fn new(margin: Duration, windows: &[Window]) -> Self {
        let most = windows.iter().map(|window| window.count).max().unwrap_or_default();
        let longest = windows.iter().map(|window| window.span).max().unwrap_or_default();
        let oldest = longest.saturating_mul(2).max(LEAST_KEPT);
        Self {
            ends: VecDeque::new(),
            in_flight: 0,
            last_sent: None,
            dropped: 0,
            margin,
            most,
            oldest,
        }
    }

    /// How many attempts it has.
    pub(super) fn len(&self) -> usize {
        self.ends.len() + self.in_flight
    }

    /// The instant of the attempt with this index, as it looks `now`.
    pub(super) fn get(&self, index: usize, now: Instant) -> Instant {
        match self.ends.get(index) {
            Some(&end) if end <= now => end,
            _ => {
                let ahead = index.checked_sub(self.in_flight).and_then(|i| self.ends.get(i));
                ahead.map_or(now, |&end| end.max(now))
            }
        }
    }

    /// The first end at `since` or later.
    pub(super) fn first_since(&self, since: Instant) -> Option<Instant> {
        self.ends.get(self.ends.partition_point(|&end| end < since)).copied()
    }

    /// Notes that an attempt is sent.
    pub(super) fn send(&mut self, now: Instant) {
        self.in_flight += 1;
        self.last_sent = self.last_sent.max(Some(now));
    }

    /// Notes that an attempt ended.
    pub(super) fn end(&mut self, now: Instant, responded: bool) {
        self.in_flight = self.in_flight.saturating_sub(1);
        let end = if responded { now } else { later(now, self.margin) };
        let index = self.ends.partition_point(|&earlier| earlier <= end);
        self.ends.insert(index, end);
        let long_ago = |&end: &Instant| later(end, self.oldest) < now;
        while self.ends.len() > self.most || self.ends.front().is_some_and(long_ago) {
            self.ends.pop_front();
        }
    }

    /// Notes that an attempt was dropped.
    pub(super) fn drop_one(&mut self) {
        self.dropped += 1;
    }

    /// Notes the ends of the attempts that were dropped.
    pub(super) fn end_dropped(&mut self, now: Instant) {
        // `now` may be another thread's, and before the drop.
        let now = self.last_sent.map_or(now, |sent| sent.max(now));
        for _ in 0..mem::take(&mut self.dropped) {
            self.end(now, false);
        }
    }
}
