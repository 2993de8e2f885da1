//! The options of both transports.

use std::time::Duration;

use certcentral_core::{Api, Error};
use certcentral_network::ClientBuilder;
use certcentral_transport_hyper as on_hyper;
use certcentral_transport_ureq as on_ureq;

use crate::{Client, TransportKind};

/// Builds a [`Client`] with the options that both transports offer. Each method is documented at
/// [`ClientBuilder`].
#[derive(Clone, Debug)]
#[must_use = "nothing is built until `build` is called"]
#[expect(missing_docs, reason = "documented at ClientBuilder")]
pub enum Builder {
    Hyper(on_hyper::ClientBuilder),
    Ureq(on_ureq::ClientBuilder),
}

#[expect(missing_docs, reason = "documented at ClientBuilder")]
impl Builder {
    pub fn new(kind: TransportKind, api: Api) -> Self {
        match kind {
            TransportKind::Hyper => Self::Hyper(on_hyper::Client::builder(api)),
            TransportKind::Ureq => Self::Ureq(on_ureq::Client::builder(api)),
        }
    }

    pub fn root_certificates_pem(self, pem: &str) -> Self {
        self.set(Choice::Roots(pem))
    }

    pub fn add_root_certificates_pem(self, pem: &str) -> Self {
        self.set(Choice::AddedRoots(pem))
    }

    pub fn platform_roots(self) -> Self {
        self.set(Choice::PlatformRoots)
    }

    pub fn proxy(self, url: &str) -> Self {
        self.set(Choice::Proxy(url))
    }

    pub fn proxy_from_env(self) -> Self {
        self.set(Choice::ProxyFromEnv)
    }

    pub fn connect_timeout(self, timeout: Duration) -> Self {
        self.set(Choice::ConnectTimeout(timeout))
    }

    pub fn pool_max_idle(self, max_idle: usize) -> Self {
        self.set(Choice::PoolMaxIdle(max_idle))
    }

    pub fn pool_idle_timeout(self, timeout: Duration) -> Self {
        self.set(Choice::PoolIdleTimeout(timeout))
    }

    /// # Errors
    ///
    /// Those of the transport's builder.
    pub fn build(self) -> Result<Client, Error> {
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
