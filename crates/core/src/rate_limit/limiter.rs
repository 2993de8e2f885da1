//! Whose turn it is: the exact log of what was sent, the plan of what will be, and the pause.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use super::{RateLimit, places::Places};
use crate::{instant::later, retry::LONGEST_PAUSE};

/// The one limiter behind an `Api` and its clones.
///
/// The log of sends is the truth: a call goes only if the log leaves room in every window and no
/// pause runs. The plan is a promise on top of it, made so that waiting calls need not ask again
/// and again: each new call is given the first instant that the log, the plan and the windows
/// leave, and comes back then. If something went late meanwhile, the log leaves no room yet, and
/// the call is given the first instant that has it.
#[derive(Clone, Debug)]
pub(crate) struct Limiter(Arc<Mutex<State>>);

/// The answer to a call that wants to send.
#[derive(Debug)]
pub(crate) enum Turn {
    /// Send now; it is logged.
    Go,
    /// Come back at the place's instant.
    Wait(Place),
    /// The first place would not be before the deadline; none was taken.
    TooLate,
}

/// A promise to a waiting call. Dropping it returns it.
#[derive(Debug)]
pub(crate) struct Place {
    limiter: Limiter,
    at: Instant,
    /// Where it stands; nowhere once it is redeemed.
    claim: Option<Claim>,
}

/// A row, and the number of a place in it.
type Claim = (Row, u64);

#[derive(Clone, Copy, Debug)]
enum Row {
    /// Of calls that found no room when their place came.
    Displaced,
    /// Of all others.
    Plan,
}

#[derive(Debug)]
struct State {
    /// Count and span of each window.
    windows: Vec<(usize, Duration)>,
    /// When requests were sent, oldest first; no more than the windows look back to.
    log: VecDeque<Instant>,
    displaced: Places,
    plan: Places,
    /// When the last pause of the whole `Api` ends or ended.
    pause_end: Option<Instant>,
    /// Pauses since an attempt last succeeded.
    pauses: usize,
}

/// The pauses after 429 answers in a row that name no time of their own.
const PAUSES: [Duration; 4] = [
    Duration::from_secs(5),
    Duration::from_secs(10),
    Duration::from_secs(20),
    Duration::from_secs(40),
];
const LAST_PAUSE: Duration = Duration::from_secs(60);

impl Limiter {
    pub(crate) fn new(limit: &RateLimit) -> Self {
        Self(Arc::new(Mutex::new(State {
            windows: limit.kept().collect(),
            log: VecDeque::new(),
            displaced: Places::default(),
            plan: Places::default(),
            pause_end: None,
            pauses: 0,
        })))
    }

    /// Asks to send at `now`, coming back with the place that was `held`, if one was.
    pub(crate) fn turn(
        &self,
        now: Instant,
        mut held: Option<Place>,
        deadline: Option<Instant>,
    ) -> Turn {
        let too_late = |at| deadline.is_some_and(|deadline| deadline <= at);
        if let Some(place) = held.take_if(|place| now < place.at) {
            return if too_late(place.at) { Turn::TooLate } else { Turn::Wait(place) };
        }
        let mut state = self.lock();
        state.displaced.forget_past(now);
        state.plan.forget_past(now);
        let (planned, free) = match held {
            Some(place) => (state.redeem(place, now), None),
            None => state.first_place(now),
        };
        let due = planned <= now;
        if let Some((row, number)) = free.filter(|_| due) {
            state.row(row).redeem(number, now);
        }
        if due && state.has_room(now) {
            state.send(now);
            return Turn::Go;
        }
        let at = if due { state.first_room(now) } else { planned };
        if too_late(at) {
            return Turn::TooLate;
        }
        let claim = match free {
            _ if due => (Row::Displaced, state.displaced.push(at)),
            Some((row, number)) => (row, state.row(row).take(number)),
            None => (Row::Plan, state.plan.push(at)),
        };
        Turn::Wait(Place { limiter: self.clone(), at, claim: Some(claim) })
    }

    /// Notes a 429 to the attempt sent at `sent`, and answers when the pause of the `Api` ends.
    ///
    /// Many attempts can be out when the service first refuses one. They are one event: only an
    /// attempt sent after the last pause starts the next.
    pub(crate) fn refused(
        &self,
        now: Instant,
        sent: Instant,
        retry_after: Option<Duration>,
    ) -> Instant {
        let mut state = self.lock();
        let wanted = retry_after.map(|wait| later(now, wait.min(LONGEST_PAUSE)));
        let end = match state.pause_end {
            Some(end) if sent < end => wanted.map_or(end, |wanted| wanted.max(end)),
            _ => {
                let step = PAUSES.get(state.pauses).unwrap_or(&LAST_PAUSE);
                state.pauses += 1;
                wanted.unwrap_or_else(|| later(now, *step))
            }
        };
        state.pause_end = Some(end);
        end
    }

    /// Notes a 2xx to the attempt sent at `sent`.
    pub(crate) fn accepted(&self, sent: Instant) {
        let mut state = self.lock();
        if state.pause_end.is_some_and(|end| end <= sent) {
            state.pauses = 0;
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // Nothing in here panics half-way, so a poisoned state is still a whole one.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Place {
    pub(crate) fn at(&self) -> Instant {
        self.at
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if let Some((row, number)) = self.claim {
            self.limiter.lock().row(row).give_back(number, self.at);
        }
    }
}

impl State {
    /// Whether the log leaves room in every window at `now`, and no pause runs.
    fn has_room(&self, now: Instant) -> bool {
        self.earliest(now, &[]) <= now
    }

    /// The first instant with room for a call whose own place came too early.
    fn first_room(&self, now: Instant) -> Instant {
        self.earliest(now, &[&self.displaced])
    }

    /// The place of a newcomer: a free one, or one behind all others.
    fn first_place(&mut self, now: Instant) -> (Instant, Option<Claim>) {
        let from = now.max(self.pause_end.unwrap_or(now));
        for row in [Row::Displaced, Row::Plan] {
            if let Some((number, at)) = self.row(row).first_free(from) {
                return (at, Some((row, number)));
            }
        }
        (self.earliest(now, &[&self.plan, &self.displaced]), None)
    }

    /// The earliest instant from `now` on at which one more send keeps the pause and every
    /// window, once all in the log and then all in `waiting` (last row first) have been sent.
    fn earliest(&self, now: Instant, waiting: &[&Places]) -> Instant {
        let mut at = now.max(self.pause_end.unwrap_or(now));
        let waiting = waiting.iter().map(|row| &row.instants);
        for &last in waiting.clone().filter_map(|instants| instants.back()) {
            at = at.max(last);
        }
        for &(count, span) in &self.windows {
            let mut back = count; // the send so far back must have left the window
            for instants in waiting.clone().chain([&self.log]) {
                if let Some(index) = instants.len().checked_sub(back) {
                    at = instants.get(index).map_or(at, |&sent| at.max(later(sent, span)));
                    break;
                }
                back -= instants.len();
            }
        }
        at
    }

    /// Ends the hold on a place whose instant has come, and answers that instant.
    fn redeem(&mut self, mut place: Place, now: Instant) -> Instant {
        if let Some((row, number)) = place.claim.take() {
            self.row(row).redeem(number, now);
        }
        place.at
    }

    fn send(&mut self, now: Instant) {
        // Threads may bring their instants in another order than they took them.
        let now = self.log.back().map_or(now, |&last| last.max(now));
        self.log.push_back(now);
        let counts = self.windows.iter().map(|&(count, _)| count).max().unwrap_or(0);
        let spans = self.windows.iter().map(|&(_, span)| span).max().unwrap_or_default();
        let long_ago = |&sent: &Instant| later(sent, spans.saturating_mul(2)) < now;
        while self.log.len() > counts || self.log.front().is_some_and(long_ago) {
            self.log.pop_front();
        }
    }

    fn row(&mut self, row: Row) -> &mut Places {
        match row {
            Row::Displaced => &mut self.displaced,
            Row::Plan => &mut self.plan,
        }
    }
}
