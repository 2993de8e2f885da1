//! Whose turn it is: the exact log of what was sent, the plan of what will be, and the pause.

use std::{
    collections::{BTreeSet, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use super::RateLimit;
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

/// A place in the plan. Dropping it returns it.
#[derive(Debug)]
pub(crate) struct Place {
    limiter: Limiter,
    at: Instant,
    ticket: Ticket,
}

#[derive(Clone, Copy, Debug)]
enum Ticket {
    /// The place with this number in the plan.
    Planned(u64),
    /// One of the places of calls that found no room when theirs came.
    Displaced,
    /// No longer a place.
    Used,
}

#[derive(Debug)]
struct State {
    /// Count and span of each window.
    windows: Vec<(usize, Duration)>,
    /// When requests were sent, oldest first; no more than the windows look back to.
    log: VecDeque<Instant>,
    /// The places of calls that found no room when theirs came.
    displaced: VecDeque<Instant>,
    /// The places of all others, in order. Both hold no past instant: a place that has passed is
    /// in the log if its call sent, and blocks nobody if it did not.
    plan: VecDeque<Instant>,
    /// The number of the first place in the plan.
    first: u64,
    /// Numbers of places in the plan whose calls were dropped.
    free: BTreeSet<u64>,
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
            displaced: VecDeque::new(),
            plan: VecDeque::new(),
            first: 0,
            free: BTreeSet::new(),
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
        if let Some(place) = held.take_if(|place| now < place.at) {
            return Turn::Wait(place);
        }
        let mut state = self.lock();
        state.forget_past(now);
        let planned = match held {
            Some(place) => state.redeem(place, now),
            None => state.next_place(now),
        };
        let due = planned <= now;
        if due && state.has_room(now) {
            state.send(now);
            return Turn::Go;
        }
        let at = if due { state.first_room(now) } else { planned };
        if deadline.is_some_and(|deadline| deadline <= at) {
            return Turn::TooLate;
        }
        let ticket = if due { state.displace(at) } else { state.take(at) };
        Turn::Wait(Place { limiter: self.clone(), at, ticket })
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
        match self.ticket {
            Ticket::Planned(number) => self.limiter.lock().give_back(number),
            Ticket::Displaced => {
                self.limiter.lock().displaced.pop_back();
            }
            Ticket::Used => {}
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

    /// The place that a newcomer would be given: a free one, or one behind all others.
    fn next_place(&mut self, now: Instant) -> Instant {
        while let Some(&number) = self.free.first() {
            match self.index(number).and_then(|index| self.plan.get(index)) {
                Some(&at) if self.pause_end.is_none_or(|end| end <= at) => {
                    if at == now {
                        self.free.pop_first(); // it is used up by whoever goes now
                        self.pop_plan();
                    }
                    return at;
                }
                _ => self.free.pop_first(), // passed, or within the pause: of no use to anyone
            };
        }
        self.earliest(now, &[&self.plan, &self.displaced])
    }

    /// The earliest instant from `now` on at which one more send keeps the pause and every
    /// window, once all in the log and then all in `waiting` (last queue first) have been sent.
    fn earliest(&self, now: Instant, waiting: &[&VecDeque<Instant>]) -> Instant {
        let mut at = now.max(self.pause_end.unwrap_or(now));
        for &last in waiting.iter().filter_map(|queue| queue.back()) {
            at = at.max(last);
        }
        for &(count, span) in &self.windows {
            let mut back = count; // the send so far back must have left the window
            for queue in waiting.iter().copied().chain([&self.log]) {
                if let Some(index) = queue.len().checked_sub(back) {
                    at = queue.get(index).map_or(at, |&sent| at.max(later(sent, span)));
                    break;
                }
                back -= queue.len();
            }
        }
        at
    }

    /// Takes the place that `next_place` named.
    fn take(&mut self, at: Instant) -> Ticket {
        Ticket::Planned(self.free.pop_first().unwrap_or_else(|| {
            self.plan.push_back(at);
            self.end() - 1
        }))
    }

    fn displace(&mut self, at: Instant) -> Ticket {
        self.displaced.push_back(at);
        Ticket::Displaced
    }

    fn give_back(&mut self, number: u64) {
        if self.index(number).is_none() {
            return; // it has passed
        }
        self.free.insert(number);
        while self.free.last().is_some_and(|&last| last + 1 == self.end()) {
            self.free.pop_last();
            self.plan.pop_back();
        }
    }

    /// Ends the hold on a place whose instant has come, and answers that instant.
    fn redeem(&mut self, mut place: Place, now: Instant) -> Instant {
        // Past places are gone already. Which one of several at this instant goes is all the same.
        match place.ticket {
            Ticket::Planned(_) if self.plan.front() == Some(&now) => self.pop_plan(),
            Ticket::Displaced if self.displaced.front() == Some(&now) => {
                self.displaced.pop_front();
            }
            _ => {}
        }
        place.ticket = Ticket::Used;
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

    fn forget_past(&mut self, now: Instant) {
        while self.displaced.front().is_some_and(|&at| at < now) {
            self.displaced.pop_front();
        }
        while self.plan.front().is_some_and(|&at| at < now) {
            self.pop_plan();
        }
    }

    fn pop_plan(&mut self) {
        self.plan.pop_front();
        self.free.remove(&self.first);
        self.first += 1;
    }

    fn index(&self, number: u64) -> Option<usize> {
        usize::try_from(number.checked_sub(self.first)?).ok()
    }

    /// One more than the number of the last place in the plan.
    fn end(&self) -> u64 {
        self.first + self.plan.len() as u64
    }
}
