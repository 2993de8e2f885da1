//! The generation of kept connections: those of an older one are not used again.
//!
//! What ends one connection, such as a server's restart, has often ended those beside it too, and a
//! retry on one of them would fail as well. So a failure ends the generation. A connection belongs to
//! the one in which it last worked.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

/// The current generation, shared by a client and its connections.
#[derive(Clone, Debug, Default)]
pub(crate) struct PoolGeneration(Arc<AtomicU64>);

impl PoolGeneration {
    pub(crate) fn number(&self) -> u64 {
        self.0.load(Ordering::SeqCst)
    }

    pub(crate) fn is_current(&self, number: u64) -> bool {
        number == self.number()
    }

    /// Ends a generation because an exchange failed that began in it. Exchanges that began together
    /// and fail one after another end it once.
    pub(crate) fn end(&self, number: u64) {
        self.0.fetch_max(number.saturating_add(1), Ordering::SeqCst);
    }
}

#[cfg(test)]
mod tests {
    use super::PoolGeneration;

    #[test]
    fn exchanges_that_fail_together_end_their_generation_once() {
        let generation = PoolGeneration::default();
        let before = generation.number();
        generation.end(before);
        let after = generation.number();
        assert!(!generation.is_current(before) && generation.is_current(after));
        generation.end(before);
        assert!(generation.is_current(after));
        generation.end(after);
        assert!(!generation.is_current(after));
    }
}
