//! Which kept connections are trusted: those that worked after the last failure.
//!
//! What ends one connection, such as a server's restart, has often ended those beside it too, and a
//! retry on one of them would fail as well.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

/// Shared by a client and its connections.
#[derive(Clone, Debug, Default)]
pub(crate) struct Trust(Arc<AtomicU64>);

/// A point in time, as the number of failures before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Epoch(u64);

impl Trust {
    pub(crate) fn now(&self) -> Epoch {
        Epoch(self.0.load(Ordering::SeqCst))
    }

    /// Returns whether a connection that last worked in `epoch` is trusted.
    pub(crate) fn covers(&self, epoch: Epoch) -> bool {
        epoch == self.now()
    }

    /// Distrusts connections, because an exchange failed that began in `epoch`. Several that began
    /// together and fail one after another do so once.
    pub(crate) fn withdraw(&self, epoch: Epoch) {
        self.0.fetch_max(epoch.0.saturating_add(1), Ordering::SeqCst);
    }
}

#[cfg(test)]
mod tests {
    use super::Trust;

    #[test]
    fn exchanges_that_fail_together_withdraw_trust_once() {
        let trust = Trust::default();
        let before = trust.now();
        trust.withdraw(before);
        let after = trust.now();
        assert!(!trust.covers(before) && trust.covers(after));
        trust.withdraw(before);
        assert!(trust.covers(after));
        trust.withdraw(after);
        assert!(!trust.covers(after) && trust.covers(trust.now()));
    }
}
