//! Connections of our own, and the choices that go into them. They take a provider of TLS.

mod builder;
mod connector;
mod proxy;
mod tls;
mod tunnel;

use std::{future::ready, sync::Arc};

use certcentral_core::{Api, Attempt, Failure, FailureKind};

pub use self::builder::ClientBuilder;
use self::connector::Connector;
pub(crate) use self::proxy::Obstacle;
use crate::{Client, ExchangeFuture};

impl Client {
    /// A client with the Mozilla root certificates, TLS by ring, HTTP/1.1 and kept connections.
    ///
    /// Where the features say so, TLS is by aws-lc-rs, and HTTP/2 is spoken to a server that offers
    /// it. No proxy is used, whatever the environment says.
    pub fn new(api: Api) -> Self {
        match tls::trusting_built_in_roots() {
            Ok(tls) => {
                Self::with_connector(api, Connector::new(tls, None, Attempt::CONNECT_TIMEOUT))
            }
            // Each attempt says so, instead of a panic here.
            Err(error) => {
                let failed = move |_, _| -> ExchangeFuture {
                    Box::pin(ready(Err(Failure::new(FailureKind::Tls, error.clone()))))
                };
                Self { api, exchange: Arc::new(failed) }
            }
        }
    }

    /// A client with choices of its own: its proxy, its roots, its pool.
    pub fn builder(api: Api) -> ClientBuilder {
        ClientBuilder::new(api)
    }
}
