//! The order of the calls that wait.

use std::{
    collections::VecDeque,
    time::{Duration, Instant},
};

use crate::instant::later;

/// The tickets of the calls that wait, lowest first.
///
/// A ticket that leaves from the middle is only noted, and taken out later together with others.
#[derive(Debug, Default)]
pub(super) struct Queue {
    waiting: VecDeque<Waiting>,
    /// Tickets that have left and are still among those that wait, lowest first.
    left: Vec<u64>,
}

#[derive(Clone, Copy, Debug)]
struct Waiting {
    ticket: u64,
    /// When its call was told to come back.
    until: Instant,
}

/// The others do not wait for a call that is later than this. It keeps its ticket.
const PATIENCE: Duration = Duration::from_millis(100);

impl Queue {
    /// How many wait.
    pub(super) fn len(&self) -> usize {
        self.waiting.len() - self.left.len()
    }

    /// How many wait before `ticket`.
    pub(super) fn ahead_of(&self, ticket: u64) -> usize {
        let before = self.waiting.partition_point(|waiting| waiting.ticket < ticket);
        before - self.left.partition_point(|&left| left < ticket)
    }

    /// Notes that the call with `ticket` was told to wait `until` then.
    pub(super) fn put(&mut self, ticket: u64, until: Instant) {
        if let Ok(index) = self.left.binary_search(&ticket) {
            self.left.remove(index);
        }
        match self.find(ticket) {
            Ok(index) => {
                if let Some(waiting) = self.waiting.get_mut(index) {
                    waiting.until = until;
                }
            }
            Err(index) => self.waiting.insert(index, Waiting { ticket, until }),
        }
    }

    /// Notes that `ticket` does not wait any more.
    pub(super) fn remove(&mut self, ticket: u64) {
        if self.find(ticket).is_err() {
            return;
        }
        if let Err(index) = self.left.binary_search(&ticket) {
            self.left.insert(index, ticket);
        }
        self.trim();
        // Often enough that the notes stay few, and seldom enough that taking them out costs little.
        if self.left.len().pow(2) > 16 * self.waiting.len() {
            let mut left = self.left.drain(..).peekable();
            self.waiting.retain(|waiting| left.next_if_eq(&waiting.ticket).is_none());
        }
    }

    /// Takes out those at the front that should have come long before `now`.
    pub(super) fn forget_late(&mut self, now: Instant) {
        while self.waiting.front().is_some_and(|first| later(first.until, PATIENCE) < now) {
            self.waiting.pop_front();
            self.trim();
        }
    }

    /// Ends with tickets that have left are taken off at once.
    fn trim(&mut self) {
        let mut gone = 0;
        while self.waiting.front().is_some_and(|w| self.left.get(gone) == Some(&w.ticket)) {
            self.waiting.pop_front();
            gone += 1;
        }
        self.left.drain(..gone);
        while self.waiting.back().is_some_and(|w| self.left.last() == Some(&w.ticket)) {
            self.waiting.pop_back();
            self.left.pop();
        }
    }

    fn find(&self, ticket: u64) -> Result<usize, usize> {
        self.waiting.binary_search_by_key(&ticket, |waiting| waiting.ticket)
    }
}
