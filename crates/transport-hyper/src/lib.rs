#![doc = include_str!("../README.md")]
//!
//! ## What to read next
//!
//! | page | for |
//! | --- | --- |
//! | [`Client`] | sending requests, another account on the same connections, your own connector or service |
//! | [`ClientBuilder`] | custom root certificates, proxy, connect timeout, connection pool |
//! | [`ApiBuilder`] | region, retries, rate limit, timeouts |
//! | [`Error`] | what can go wrong, and what to do about it |
//! | [`certcentral_core`] | all calls, and how they work |
#![cfg_attr(docsrs, feature(doc_cfg))] // labels what needs a feature

mod body; // receiving a response
mod client; // the client, and the loop of one call
mod connection; // opened, sent on, and how it ended
mod connector; // how connections are made
mod dial; // the first address that responds
mod exchange; // one request and its response
mod failure; // what can go wrong in an exchange
mod pages; // the pages of a list
mod pool; // which connections are kept
mod tunnel; // through a proxy

use std::error::Error as StdError;

pub use certcentral_core;
#[doc(no_inline)]
pub use certcentral_core::*;

pub use self::{client::Client, pages::Pages};

/// Builds a [`Client`] with your own root certificates, proxy, connect timeout and pool.
///
/// ```no_run
/// use std::time::Duration;
///
/// use certcentral_transport_hyper::{Api, ApiKey, Client};
///
/// let api = Api::new(ApiKey::new(std::env::var("CERTCENTRAL_API_KEY")?)?);
/// let client = Client::builder(api)
///     .add_root_certificates_pem(std::fs::read("/etc/ssl/corporate.pem")?)
///     .proxy("http://user:p%40ss@proxy.example:3128")
///     .connect_timeout(Duration::from_secs(5))
///     .pool_max_idle(10)
///     .build()?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub type ClientBuilder = certcentral_network::ClientBuilder<Client>;

type BoxError = Box<dyn StdError + Send + Sync>;
