//! The pauses between two looks.

use std::{
    thread,
    time::{Duration, Instant},
};

use certcentral_example_cli::note;

/// Pauses that begin short, because most certificates come at once, and double up to a limit.
pub(crate) struct Pauses {
    next: Duration,
    longest: Duration,
    deadline: Instant,
}

const FIRST: Duration = Duration::from_secs(1);

impl Pauses {
    pub(crate) fn new(longest: Duration, deadline: Instant) -> Self {
        Self { next: FIRST.min(longest), longest, deadline }
    }

    /// Says `state` and sleeps. Returns whether it did: no pause reaches the deadline.
    pub(crate) fn sleep(&mut self, state: &str) -> bool {
        let pause = self.next;
        let end = Instant::now().checked_add(pause);
        let fits = end.is_some_and(|end| end < self.deadline);
        if fits {
            note(&format!("{state}; looking again in {} s\n", pause.as_secs_f64()));
            thread::sleep(pause);
            self.next = pause.saturating_mul(2).min(self.longest);
        }
        fits
    }
}
