//! A client on either transport.

use std::{sync::Arc, thread, time::Duration};

use certcentral_core::{Api, Call, Endpoint, Error, ListReissues, OrderId, Reissues};
use certcentral_transport_hyper as on_hyper;
use certcentral_transport_ureq as on_ureq;
use tokio::{
    runtime::{self, Runtime},
    task::yield_now,
    time::sleep,
};

use crate::{Builder, TransportKind};

/// A client on either transport. Blocks, also on hyper.
#[derive(Clone, Debug)]
pub enum Client {
    /// With the runtime that drives its calls and connections.
    Hyper(on_hyper::Client, Arc<Runtime>),
    /// As it is.
    Ureq(on_ureq::Client),
}

impl Client {
    /// Starts a client with the options that both transports offer.
    pub fn builder(kind: TransportKind, api: Api) -> Builder {
        Builder::new(kind, api)
    }

    /// Sends a request and returns the parsed response.
    ///
    /// # Errors
    ///
    /// Those of the call.
    pub fn send<E: Endpoint>(&self, endpoint: E) -> Result<E::Output, Error> {
        self.perform(self.api().call(endpoint))
    }

    /// Performs `call`, with all its attempts and pauses.
    ///
    /// # Errors
    ///
    /// Those of the call.
    pub fn perform<E: Endpoint>(&self, call: Call<E>) -> Result<E::Output, Error> {
        match self {
            Self::Hyper(client, runtime) => runtime.block_on(async {
                let result = client.send_call(call).await;
                // The connection's own task puts it back for the next call, or closes it.
                for _ in 0..3 {
                    yield_now().await;
                }
                result
            }),
            Self::Ureq(client) => client.send_call(call),
        }
    }

    /// Lists the reissues of an order.
    ///
    /// # Errors
    ///
    /// Those of the call.
    pub fn list(&self, order_id: u64) -> Result<Reissues, Error> {
        self.send(ListReissues::new(OrderId(order_id)))
    }

    /// Lets 100 ms pass, in which what a server has done to an idle connection arrives. Nothing
    /// tells when it has, so this is much longer than a loopback takes.
    pub fn settle(&self) {
        let pause = Duration::from_millis(100);
        match self {
            Self::Hyper(_, runtime) => runtime.block_on(async { sleep(pause).await }),
            Self::Ureq(_) => thread::sleep(pause),
        }
    }

    /// Returns the transport that it is on.
    pub fn kind(&self) -> TransportKind {
        match self {
            Self::Hyper(..) => TransportKind::Hyper,
            Self::Ureq(_) => TransportKind::Ureq,
        }
    }

    fn api(&self) -> &Api {
        match self {
            Self::Hyper(client, _) => client.api(),
            Self::Ureq(client) => client.api(),
        }
    }
}

impl From<on_hyper::Client> for Client {
    /// On a runtime of one thread: a connection rests between calls, and what the network has done
    /// to it meanwhile is seen at a moment that a test can choose.
    fn from(client: on_hyper::Client) -> Self {
        let runtime = runtime::Builder::new_current_thread().enable_all().build();
        Self::Hyper(client, Arc::new(runtime.expect("a runtime without threads can be built")))
    }
}

impl From<on_ureq::Client> for Client {
    fn from(client: on_ureq::Client) -> Self {
        Self::Ureq(client)
    }
}
