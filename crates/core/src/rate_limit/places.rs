//! Instants promised to waiting calls.

use std::{
    collections::{BTreeSet, VecDeque},
    time::Instant,
};

/// A row of numbered places, in the order of their instants.
///
/// It holds none that is past: a place that has passed is in the log if its call sent, and blocks
/// nobody if it did not. Places at one instant are worth the same, so the foremost of them is the
/// one that goes, whoever comes first.
#[derive(Debug, Default)]
pub(super) struct Places {
    pub(super) instants: VecDeque<Instant>,
    /// The number of the foremost place.
    first: u64,
    /// The numbers of places whose calls were dropped.
    free: BTreeSet<u64>,
}

impl Places {
    /// Adds a place at the end.
    pub(super) fn push(&mut self, at: Instant) -> u64 {
        self.instants.push_back(at);
        self.end() - 1
    }

    /// The first free place from `from` on. Free ones before are of no use to anyone.
    pub(super) fn first_free(&mut self, from: Instant) -> Option<(u64, Instant)> {
        while let Some(&number) = self.free.first() {
            match self.index(number).and_then(|index| self.instants.get(index)) {
                Some(&at) if from <= at => return Some((number, at)),
                _ => self.free.pop_first(),
            };
        }
        None
    }

    /// Takes a free place.
    pub(super) fn take(&mut self, number: u64) -> u64 {
        self.free.remove(&number);
        number
    }

    /// Uses up a place whose instant has come, if it has not passed.
    pub(super) fn redeem(&mut self, number: u64, now: Instant) {
        self.free.remove(&number);
        if self.instants.front() == Some(&now) {
            let (foremost, was_free) = (self.first, self.free.contains(&self.first));
            self.pop();
            if was_free && foremost < number {
                self.free.insert(number); // in its stead
            }
        }
    }

    /// Returns the place `number` at `at`. At the end it vanishes; elsewhere it is free.
    pub(super) fn give_back(&mut self, number: u64, at: Instant) {
        if self.index(number).is_some() {
            self.free.insert(number);
        } else if self.instants.front() == Some(&at) {
            self.pop(); // another went in its stead
        }
        while self.free.last().is_some_and(|&last| last + 1 == self.end()) {
            self.free.pop_last();
            self.instants.pop_back();
        }
    }

    pub(super) fn forget_past(&mut self, now: Instant) {
        while self.instants.front().is_some_and(|&at| at < now) {
            self.pop();
        }
    }

    fn pop(&mut self) {
        self.instants.pop_front();
        self.free.remove(&self.first);
        self.first += 1;
    }

    fn index(&self, number: u64) -> Option<usize> {
        usize::try_from(number.checked_sub(self.first)?).ok()
    }

    /// One more than the number of the last place.
    fn end(&self) -> u64 {
        self.first + self.instants.len() as u64
    }
}
