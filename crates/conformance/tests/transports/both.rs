//! Both transports behind one blocking façade, so that a test runs the same code on each.

use std::{sync::Arc, time::Duration};

use certcentral_core::{Api, Call, Endpoint, Error, ListReissues, OrderId, Reissues};
use certcentral_network::ClientBuilder;
use certcentral_transport_hyper as on_hyper;
use certcentral_transport_ureq as on_ureq;
use tokio::{
    runtime::{self, Runtime},
    task::yield_now,
};

/// Names one of the transports.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TransportKind {
    /// The async transport.
    Hyper,
    /// The blocking transport.
    Ureq,
}

/// Every transport, for tests that loop over them.
pub(crate) const TRANSPORTS: [TransportKind; 2] = [TransportKind::Hyper, TransportKind::Ureq];

/// A client on either transport. Blocks, also on hyper.
#[derive(Clone, Debug)]
pub(crate) enum Client {
    /// With the runtime that drives its calls and connections.
    Hyper(on_hyper::Client, Arc<Runtime>),
    /// As it is.
    Ureq(on_ureq::Client),
}

impl Client {
    /// Starts a client with the options that both transports offer.
    pub(crate) fn builder(kind: TransportKind, api: Api) -> Builder {
        Builder::new(kind, api)
    }

    /// Sends a request and returns the parsed response.
    pub(crate) fn send<E: Endpoint>(&self, endpoint: E) -> Result<E::Output, Error> {
        self.perform(self.api().call(endpoint))
    }

    /// Performs `call`, with all its attempts and pauses.
    pub(crate) fn perform<E: Endpoint>(&self, call: Call<E>) -> Result<E::Output, Error> {
        match self {
            Self::Hyper(client, runtime) => runtime.block_on(async {
                let result = client.drive(call).await;
                // A connection's own task sees that it has ended before the next call takes it.
                for _ in 0..3 {
                    yield_now().await;
                }
                result
            }),
            Self::Ureq(client) => client.drive(call),
        }
    }

    /// Lists the reissues of an order.
    pub(crate) fn list(&self, order_id: u64) -> Result<Reissues, Error> {
        self.send(ListReissues::new(OrderId(order_id)))
    }

    /// Returns the transport that it is on.
    pub(crate) fn kind(&self) -> TransportKind {
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
        Self::Hyper(client, Arc::new(runtime.unwrap()))
    }
}

impl From<on_ureq::Client> for Client {
    fn from(client: on_ureq::Client) -> Self {
        Self::Ureq(client)
    }
}

/// Builds a [`Client`] with the options that both transports offer. Each method is documented at
/// [`ClientBuilder`].
#[derive(Clone, Debug)]
#[must_use = "nothing is built until `build` is called"]
pub(crate) enum Builder {
    Hyper(on_hyper::ClientBuilder),
    Ureq(on_ureq::ClientBuilder),
}

impl Builder {
    pub(crate) fn new(kind: TransportKind, api: Api) -> Self {
        match kind {
            TransportKind::Hyper => Self::Hyper(on_hyper::Client::builder(api)),
            TransportKind::Ureq => Self::Ureq(on_ureq::Client::builder(api)),
        }
    }

    pub(crate) fn root_certificates_pem(self, pem: &str) -> Self {
        self.set(Choice::Roots(pem))
    }

    pub(crate) fn add_root_certificates_pem(self, pem: &str) -> Self {
        self.set(Choice::AddedRoots(pem))
    }

    pub(crate) fn platform_roots(self) -> Self {
        self.set(Choice::PlatformRoots)
    }

    pub(crate) fn proxy(self, url: &str) -> Self {
        self.set(Choice::Proxy(url))
    }

    pub(crate) fn proxy_from_env(self) -> Self {
        self.set(Choice::ProxyFromEnv)
    }

    pub(crate) fn connect_timeout(self, timeout: Duration) -> Self {
        self.set(Choice::ConnectTimeout(timeout))
    }

    pub(crate) fn pool_max_idle(self, max_idle: usize) -> Self {
        self.set(Choice::PoolMaxIdle(max_idle))
    }

    pub(crate) fn pool_idle_timeout(self, timeout: Duration) -> Self {
        self.set(Choice::PoolIdleTimeout(timeout))
    }

    pub(crate) fn build(self) -> Result<Client, Error> {
        match self {
            Self::Hyper(builder) => builder.build().map(Client::from),
            Self::Ureq(builder) => builder.build().map(Client::from),
        }
    }

    fn set(self, choice: Choice<'_>) -> Self {
        match self {
            Self::Hyper(builder) => Self::Hyper(choice.apply(builder)),
            Self::Ureq(builder) => Self::Ureq(choice.apply(builder)),
        }
    }
}

enum Choice<'a> {
    Roots(&'a str),
    AddedRoots(&'a str),
    PlatformRoots,
    Proxy(&'a str),
    ProxyFromEnv,
    ConnectTimeout(Duration),
    PoolMaxIdle(usize),
    PoolIdleTimeout(Duration),
}

impl Choice<'_> {
    fn apply<C>(self, builder: ClientBuilder<C>) -> ClientBuilder<C> {
        match self {
            Self::Roots(pem) => builder.root_certificates_pem(pem),
            Self::AddedRoots(pem) => builder.add_root_certificates_pem(pem),
            Self::PlatformRoots => builder.platform_roots(),
            Self::Proxy(url) => builder.proxy(url),
            Self::ProxyFromEnv => builder.proxy_from_env(),
            Self::ConnectTimeout(timeout) => builder.connect_timeout(timeout),
            Self::PoolMaxIdle(max_idle) => builder.pool_max_idle(max_idle),
            Self::PoolIdleTimeout(timeout) => builder.pool_idle_timeout(timeout),
        }
    }
}
