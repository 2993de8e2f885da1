//! Closes idle connections in time.
//!
//! ureq closes them at its next call, so after the last call they would stay for ever, half closed
//! where the server has closed its side. ureq therefore keeps only a handle of each. The connection itself waits in a [`Slot`], which a thread empties
//! once the idle timeout is over or the peer has closed. The thread lives as long as there are idle
//! connections.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
    thread,
    time::{Duration, Instant},
};

use certcentral_network::Pool;
use ureq::unversioned::transport::LazyBuffers;

use crate::stream::Stream;

/// The idle connections of a client.
#[derive(Clone, Debug)]
pub(crate) struct Idle {
    timeout: Duration,
    slots: Arc<Mutex<Slots>>,
}

#[derive(Debug, Default)]
struct Slots {
    /// Of all connections, idle or in use.
    all: Vec<Weak<Slot>>,
    /// Whether the thread is running.
    is_watched: bool,
}

/// Where a connection waits while it is idle.
#[derive(Debug, Default)]
pub(crate) struct Slot(Mutex<Option<Waiting>>);

#[derive(Debug)]
struct Waiting {
    kept: Kept,
    /// When it has waited for too long.
    until: Instant,
}

/// A connection that is idle, with its buffers: to clear new ones for each call costs more than the
/// call.
#[derive(Debug)]
pub(crate) struct Kept {
    pub(crate) stream: Stream,
    pub(crate) buffers: LazyBuffers,
}

impl Idle {
    pub(crate) fn new(pool: Pool) -> Self {
        let timeout = if pool.max_idle == 0 { Duration::ZERO } else { pool.idle_timeout };
        Self { timeout, slots: Arc::default() }
    }

    /// Returns the slot of a new connection.
    pub(crate) fn slot(&self) -> Arc<Slot> {
        let slot = Arc::<Slot>::default();
        let mut slots = lock(&self.slots);
        slots.all.retain(|slot| slot.strong_count() > 0);
        slots.all.push(Arc::downgrade(&slot));
        slot
    }

    /// Puts a connection into its slot, or closes it if none is to be kept. Returns whether it waits
    /// there.
    pub(crate) fn put(&self, slot: &Slot, kept: Kept) -> bool {
        if self.timeout.is_zero() {
            return false;
        }
        let Some(until) = Instant::now().checked_add(self.timeout) else { return false };
        *lock(&slot.0) = Some(Waiting { kept, until });
        let mut slots = lock(&self.slots);
        if !slots.is_watched {
            let (shared, timeout) = (Arc::clone(&self.slots), self.timeout);
            let thread = thread::Builder::new().name("certcentral-idle".to_owned());
            // Without the thread, ureq closes the connection at its next call.
            slots.is_watched = thread.spawn(move || watch(&shared, timeout)).is_ok();
        }
        true
    }
}

impl Slot {
    /// Takes the connection out, if it is still there.
    pub(crate) fn take(&self) -> Option<Kept> {
        lock(&self.0).take().map(|waiting| waiting.kept)
    }

    /// Closes the connection if it has waited for too long or the peer has closed it, and returns
    /// until when it waits otherwise.
    fn check(&self, now: Instant) -> Option<Instant> {
        let mut slot = lock(&self.0);
        let is_good =
            |waiting: &mut Waiting| now < waiting.until && waiting.kept.stream.is_silent();
        if !slot.as_mut().is_some_and(is_good) {
            *slot = None;
        }
        slot.as_ref().map(|waiting| waiting.until)
    }
}

/// How often to see whether a peer has closed.
const INTERVAL: Duration = Duration::from_secs(1);

/// Closes what has been idle for `timeout`. It sleeps first: a connection that the next call takes at
/// once needs no thread that starts and ends.
fn watch(slots: &Mutex<Slots>, timeout: Duration) {
    let mut pause = timeout;
    loop {
        thread::sleep(pause.min(INTERVAL));
        let now = Instant::now();
        let mut guard = lock(slots);
        let mut first = None;
        guard.all.retain(|slot| {
            let Some(slot) = slot.upgrade() else { return false };
            first = first.into_iter().chain(slot.check(now)).min();
            true
        });
        let Some(first) = first else {
            guard.is_watched = false;
            return;
        };
        pause = first.saturating_duration_since(now);
    }
}

/// No thread panics while it holds one of these locks.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
