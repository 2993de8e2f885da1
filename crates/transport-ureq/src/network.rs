//! Connections of our own, and the choices that go into them. They take a provider of TLS.

mod builder;
mod connection;
mod connector;
mod proxy;
mod tls;
mod tunnel;

use certcentral_core::Api;

pub use self::builder::ClientBuilder;
use self::connector::Connector;
use crate::{Client, pool::Pool};

impl Client {
    /// A client with the Mozilla root certificates, TLS by ring, HTTP/1.1 and kept connections.
    ///
    /// Where the features say so, TLS is by aws-lc-rs. No proxy is used, whatever the environment
    /// says.
    pub fn new(api: Api) -> Self {
        let connector = Connector::direct(tls::trusting_built_in_roots());
        Self::pooled(api, connector, Pool::default())
    }

    /// A client with choices of its own: its proxy, its roots, its pool.
    pub fn builder(api: Api) -> ClientBuilder {
        ClientBuilder::new(api)
    }

    fn pooled(api: Api, connector: Connector, pool: Pool) -> Self {
        Self { api, agent: connector.agent(pool), is_ours: true }
    }
}
