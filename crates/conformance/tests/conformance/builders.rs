//! The transports' builders behind one face: the same methods with the same meaning.

use std::time::Duration;

use certcentral_core::{Api, Error};
use certcentral_sandbox::Sandbox;
use certcentral_transport_hyper as on_hyper;
use certcentral_transport_ureq as on_ureq;

use crate::clients::Client;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Transport {
    Hyper,
    Ureq,
}

pub(crate) const TRANSPORTS: &[Transport] = &[Transport::Hyper, Transport::Ureq];

#[derive(Clone, Debug)]
pub(crate) enum Builder {
    Hyper(on_hyper::ClientBuilder),
    Ureq(on_ureq::ClientBuilder),
}

impl Builder {
    pub(crate) fn new(on: Transport, api: Api) -> Self {
        match on {
            Transport::Hyper => Self::Hyper(on_hyper::Client::builder(api)),
            Transport::Ureq => Self::Ureq(on_ureq::Client::builder(api)),
        }
    }

    /// The same, that trusts what `sandbox` shows.
    pub(crate) fn trusting(on: Transport, api: Api, sandbox: &Sandbox) -> Self {
        let builder = Self::new(on, api);
        // Without TLS there is nothing to trust.
        match sandbox.ca_pem() {
            None => builder,
            Some(pem) => builder.roots(pem),
        }
    }

    pub(crate) fn roots(self, pem: &str) -> Self {
        match self {
            Self::Hyper(builder) => Self::Hyper(builder.root_certificates_pem(pem.as_bytes())),
            Self::Ureq(builder) => Self::Ureq(builder.root_certificates_pem(pem.as_bytes())),
        }
    }

    pub(crate) fn add_roots(self, pem: &str) -> Self {
        match self {
            Self::Hyper(builder) => Self::Hyper(builder.add_root_certificates_pem(pem)),
            Self::Ureq(builder) => Self::Ureq(builder.add_root_certificates_pem(pem)),
        }
    }

    pub(crate) fn platform_roots(self) -> Self {
        match self {
            Self::Hyper(builder) => Self::Hyper(builder.platform_roots()),
            Self::Ureq(builder) => Self::Ureq(builder.platform_roots()),
        }
    }

    pub(crate) fn proxy(self, url: &str) -> Self {
        match self {
            Self::Hyper(builder) => Self::Hyper(builder.proxy(url)),
            Self::Ureq(builder) => Self::Ureq(builder.proxy(url)),
        }
    }

    pub(crate) fn proxy_from_env(self) -> Self {
        match self {
            Self::Hyper(builder) => Self::Hyper(builder.proxy_from_env()),
            Self::Ureq(builder) => Self::Ureq(builder.proxy_from_env()),
        }
    }

    pub(crate) fn connect_timeout(self, limit: Duration) -> Self {
        match self {
            Self::Hyper(builder) => Self::Hyper(builder.connect_timeout(limit)),
            Self::Ureq(builder) => Self::Ureq(builder.connect_timeout(limit)),
        }
    }

    pub(crate) fn pool_max_idle(self, max_idle: usize) -> Self {
        match self {
            Self::Hyper(builder) => Self::Hyper(builder.pool_max_idle(max_idle)),
            Self::Ureq(builder) => Self::Ureq(builder.pool_max_idle(max_idle)),
        }
    }

    pub(crate) fn pool_idle_timeout(self, timeout: Duration) -> Self {
        match self {
            Self::Hyper(builder) => Self::Hyper(builder.pool_idle_timeout(timeout)),
            Self::Ureq(builder) => Self::Ureq(builder.pool_idle_timeout(timeout)),
        }
    }

    pub(crate) fn build(self) -> Result<Client, Error> {
        match self {
            Self::Hyper(builder) => builder.build().map(Client::on_hyper),
            Self::Ureq(builder) => builder.build().map(Client::Ureq),
        }
    }
}
