//! Faults on demand, each for one request.

use std::convert::Infallible;
use std::sync::mpsc;
use std::time::Duration;

use tokio::sync::oneshot;

use crate::service::Answer;

/// What befalls a request that would have been answered.
pub(crate) enum Fault {
    Fail(Answer),
    Delay(Duration),
    Hold(Gate),
    Drop,
}

/// A request that is held back until this is dropped, from
/// [`Sandbox::hold_next`](crate::Sandbox::hold_next).
#[derive(Debug)]
#[must_use = "dropping it lets the request go"]
pub struct Held {
    arrived: mpsc::Receiver<Infallible>,
    _release: oneshot::Sender<Infallible>,
}

impl Held {
    /// Blocks until the request has come. In an async test, use `spawn_blocking`.
    pub fn wait(&self) {
        let _ = self.arrived.recv();
    }
}

/// The sandbox's side of a [`Held`].
pub(crate) struct Gate {
    arrived: mpsc::Sender<Infallible>,
    release: oneshot::Receiver<Infallible>,
}

impl Gate {
    pub(crate) async fn pass(self) {
        drop(self.arrived);
        let _ = self.release.await;
    }
}

/// Both sides. Nothing is ever sent: that the other end is gone is the signal.
pub(crate) fn hold() -> (Held, Gate) {
    let (arriving, arrived) = mpsc::channel();
    let (releasing, release) = oneshot::channel();
    (Held { arrived, _release: releasing }, Gate { arrived: arriving, release })
}
