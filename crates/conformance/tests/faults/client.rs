//! The transports behind one blocking face.

use std::{sync::Arc, time::Duration};

use certcentral_core::{
    Api, ApiBuilder, ApiKey, BaseUrl, Error, ListReissues, OrderId, RateLimit, Reissues,
    RetryPolicy,
};
use certcentral_transport_hyper as on_hyper;
use certcentral_transport_ureq as on_ureq;
use tokio::{
    runtime::{self, Runtime},
    task::yield_now,
};

use crate::{eavesdropper, identity, server::FaultServer};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Transport {
    Hyper,
    Ureq,
}

pub(crate) const TRANSPORTS: [Transport; 2] = [Transport::Hyper, Transport::Ureq];

#[derive(Clone)]
pub(crate) enum Client {
    Hyper(on_hyper::Client, Arc<Runtime>),
    Ureq(on_ureq::Client),
}

impl Client {
    pub(crate) fn new(transport: Transport, api: Api) -> Self {
        Self::with_connect_timeout(transport, api, Duration::from_secs(10))
    }

    pub(crate) fn with_connect_timeout(transport: Transport, api: Api, limit: Duration) -> Self {
        match transport {
            // On one thread a connection rests between calls, and what the network has done to
            // it meanwhile is seen at a moment that a test can choose: see `settle`.
            Transport::Hyper => {
                let runtime = runtime::Builder::new_current_thread().enable_all().build();
                Self::Hyper(hyper(api, limit), Arc::new(runtime.unwrap()))
            }
            Transport::Ureq => {
                let builder = on_ureq::Client::builder(api).connect_timeout(limit);
                let ca_pem = identity::trusted().ca_pem;
                Self::Ureq(builder.root_certificates_pem(ca_pem.as_bytes()).build().unwrap())
            }
        }
    }

    pub(crate) fn list(&self) -> Result<Reissues, Error> {
        let endpoint = ListReissues::new(ORDER_ID);
        match self {
            Self::Hyper(client, runtime) => runtime.block_on(async {
                let result = client.send(endpoint).await;
                // The connection's own task puts it back for the next call.
                for _ in 0..3 {
                    yield_now().await;
                }
                result
            }),
            Self::Ureq(client) => client.send(endpoint),
        }
    }

    /// Lets what the server has just done to an idle connection arrive. Nothing tells when it has,
    /// so this waits longer than a loopback takes.
    pub(crate) fn settle(&self) {
        let pause = Duration::from_millis(100);
        match self {
            Self::Hyper(_, runtime) => runtime.block_on(async { tokio::time::sleep(pause).await }),
            Self::Ureq(_) => std::thread::sleep(pause),
        }
    }
}

pub(crate) const ORDER_ID: OrderId = OrderId(112_233);

/// A client on hyper that trusts [`identity::trusted`].
pub(crate) fn hyper(api: Api, connect_timeout: Duration) -> on_hyper::Client {
    let builder = on_hyper::Client::builder(api).connect_timeout(connect_timeout);
    builder.root_certificates_pem(identity::trusted().ca_pem.as_bytes()).build().unwrap()
}

/// `server` as a service, without a rate limit and with pauses too short to notice.
pub(crate) fn api(server: &FaultServer) -> ApiBuilder {
    api_at(&server.base_url())
}

pub(crate) fn api_at(base_url: &str) -> ApiBuilder {
    Api::builder(ApiKey::new(eavesdropper::key()).unwrap())
        .base_url(BaseUrl::parse(base_url).unwrap())
        .rate_limit(RateLimit::unlimited())
        .retry(RetryPolicy::default().base_delay(Duration::from_millis(1)))
}
