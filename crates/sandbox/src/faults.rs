//! Faults on demand, each for one request.

use std::convert::Infallible;
use std::sync::mpsc;
use std::time::Duration;

use bytes::Bytes;
use http::Response;
use tokio::sync::oneshot;

/// What happens to one request.
pub(crate) enum Fault {
    /// This is its response; the route is not reached.
    Respond(Response<Bytes>),
    /// The response comes late.
    Delay(Duration),
    /// The response waits for a test.
    Hold(Gate),
    /// The connection closes before the response.
    Drop,
}

/// Holds one response back until it is dropped, from
/// [`Sandbox::hold_next`](crate::Sandbox::hold_next).
#[derive(Debug)]
#[must_use = "dropping it releases the response"]
pub struct HeldResponse {
    arrived: mpsc::Receiver<Infallible>,
    _release: oneshot::Sender<Infallible>,
}

impl HeldResponse {
    /// Blocks until the request has arrived. In an async test, call it in `spawn_blocking`.
    pub fn wait(&self) {
        let _ = self.arrived.recv();
    }
}

/// The sandbox's side of a [`HeldResponse`].
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

/// Returns both sides. Nothing is ever sent: that the other end is gone is the signal.
pub(crate) fn hold() -> (HeldResponse, Gate) {
    let (arriving, arrived) = mpsc::channel();
    let (releasing, release) = oneshot::channel();
    (HeldResponse { arrived, _release: releasing }, Gate { arrived: arriving, release })
}
