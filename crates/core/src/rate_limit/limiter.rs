//! Whose turn it is.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use super::{RateLimit, Window, log::Log, queue::Queue, throttle::Throttle};
use crate::instant::later;

/// The one limiter behind an `Api` and its clones.
#[derive(Clone, Debug)]
pub(crate) struct Limiter(Arc<Mutex<State>>);

/// What a call that wants to send is told.
#[derive(Debug)]
pub(crate) enum Turn {
    /// Send now.
    Go,
    /// Come back at this instant. Throttled: a pause after a 429 is in the way.
    Wait { until: Instant, throttled: bool },
    /// There is no room before the deadline, but at this instant. The call has left the queue.
    TooLate { room: Instant, throttled: bool },
}

/// A call's place in the order, kept until the call is over. Dropping it gives it back.
#[derive(Debug)]
pub(crate) struct Ticket {
    limiter: Limiter,
    /// Drawn at the first turn.
    number: Option<u64>,
    is_background: bool,
    /// When the call was told to come back last.
    told: Option<Instant>,
    in_flight: bool,
}

#[derive(Debug)]
struct State {
    windows: Vec<Window>,
    log: Log,
    foreground: Queue,
    background: Queue,
    next_number: u64,
    throttle: Throttle,
}

/// Nobody is told to wait longer than this after a pause, because calls ahead may be dropped meanwhile.
const LONGEST_WAIT: Duration = Duration::from_secs(30);

impl Limiter {
    pub(crate) fn new(limit: &RateLimit, first_throttle_pause: Duration) -> Self {
        let windows: Vec<_> = limit.kept().collect();
        Self(Arc::new(Mutex::new(State {
            log: Log::new(limit.margin, &windows),
            throttle: Throttle::new(first_throttle_pause, &windows),
            windows,
            foreground: Queue::default(),
            background: Queue::default(),
            next_number: 0,
        })))
    }

    pub(crate) fn ticket(&self, is_background: bool) -> Ticket {
        let limiter = self.clone();
        Ticket { limiter, number: None, is_background, told: None, in_flight: false }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // Nothing in here panics half-way, so a poisoned state is still a whole one.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Ticket {
    /// Moves the call to the background, behind all that wait.
    pub(crate) fn set_background(&mut self) {
        self.leave();
        self.is_background = true;
    }

    /// Asks to send at `now`.
    pub(crate) fn turn(&mut self, now: Instant, deadline: Option<Instant>) -> Turn {
        let mut state = self.limiter.lock();
        state.log.end_dropped(now);
        let number = *self.number.get_or_insert(state.next_number);
        state.next_number = state.next_number.max(number + 1);
        // Calls as late as this one are probably delayed by the same stall, so keep their places.
        let due = self.told.map_or(now, |told| told.min(now));
        let ahead = state.ahead_of(number, self.is_background, due);
        let room = state.room(now, ahead, self.is_background);
        if room <= now {
            state.queue(self.is_background).remove(number);
            state.log.send(now);
            (self.in_flight, self.told) = (true, None);
            return Turn::Go;
        }
        let pause_end = state.throttle.pause_end(now);
        if deadline.is_some_and(|deadline| deadline <= room) {
            state.queue(self.is_background).remove(number);
            return Turn::TooLate { room, throttled: deadline <= Some(pause_end) };
        }
        let until = room.min(later(pause_end, LONGEST_WAIT));
        state.queue(self.is_background).put(number, until);
        self.told = Some(until);
        Turn::Wait { until, throttled: now < pause_end }
    }

    /// Logs the end of the attempt in flight, if there is one.
    pub(crate) fn end(&mut self, now: Instant, responded: bool) {
        if self.in_flight {
            self.in_flight = false;
            self.limiter.lock().log.end(now, responded);
        }
    }

    /// Notes a 429 to the attempt sent at `sent`, and returns when the pause of the `Api` ends.
    ///
    /// The call goes to the end of the queue: were it always the same one that finds out whether a
    /// pause helped, it alone would use up the time that a call may be throttled.
    pub(crate) fn refused(
        &mut self,
        now: Instant,
        sent: Instant,
        retry_after: Option<Duration>,
    ) -> Instant {
        self.number = None;
        let state = &mut *self.limiter.lock();
        state.throttle.refused(now, sent, retry_after, &state.log)
    }

    /// Notes a 2xx to the attempt sent at `sent`.
    pub(crate) fn accepted(&self, sent: Instant) {
        self.limiter.lock().throttle.accepted(sent);
    }

    /// Leaves the queue.
    pub(crate) fn leave(&mut self) {
        self.told = None;
        if let Some(number) = self.number.take() {
            self.limiter.lock().queue(self.is_background).remove(number);
        }
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        if self.in_flight {
            self.limiter.lock().log.drop_one();
        }
        self.leave();
    }
}

impl State {
    /// The earliest instant from `now` on at which one more can be sent, once `ahead` others were.
    fn room(&self, now: Instant, ahead: usize, is_background: bool) -> Instant {
        let start = self.throttle.pause_end(now);
        let count = |w: &Window| if is_background { w.background } else { w.count };
        let windows = self.windows.iter().map(|w| (count(w), w.span));
        windows.chain(self.throttle.window(now)).fold(start, |room, (count, span)| {
            // Whole windows of others first, and then the place in the one after them.
            let (rounds, place) = (ahead / count, ahead % count);
            let first = if rounds > 0 {
                self.room(now, place, is_background)
            } else {
                let leaving = (self.log.len() + place).checked_sub(count);
                leaving.map_or(start, |index| later(self.log.get(index, now), span))
            };
            let rounds = u32::try_from(rounds).unwrap_or(u32::MAX);
            room.max(later(first, span.saturating_mul(rounds)))
        })
    }

    fn ahead_of(&mut self, number: u64, is_background: bool, due: Instant) -> usize {
        self.foreground.forget_late(due);
        if is_background {
            self.background.forget_late(due);
            self.foreground.len() + self.background.ahead_of(number)
        } else {
            self.foreground.ahead_of(number)
        }
    }

    fn queue(&mut self, is_background: bool) -> &mut Queue {
        if is_background { &mut self.background } else { &mut self.foreground }
    }
}
