//! What a transport needs to know to make connections and to keep them.

use std::time::Duration;

use rustls::ClientConfig;

use crate::{Proxy, tls};

/// What a [`ClientBuilder`](crate::ClientBuilder) hands to the transport.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Settings {
    /// The root certificates and the provider, without ALPN.
    pub tls: ClientConfig,
    /// The proxy that `https` connections go through, unless it exempts the host.
    pub proxy: Option<Proxy>,
    /// The time for a whole connection: name look-up, TCP, the proxy's part and TLS.
    pub connect_timeout: Duration,
    /// Which connections are kept.
    pub pool: Pool,
}

impl Settings {
    /// The default of [`connect_timeout`](Self::connect_timeout): 10 s.
    pub const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

    /// Returns the settings of a client that is built without options.
    ///
    /// # Errors
    ///
    /// [`rustls::Error`] if the TLS provider was built without TLS 1.2 and 1.3.
    pub fn built_in() -> Result<Self, rustls::Error> {
        Ok(Self {
            tls: tls::default_config()?,
            proxy: None,
            connect_timeout: Self::CONNECT_TIMEOUT,
            pool: Pool::default(),
        })
    }
}

/// Which idle connections are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Pool {
    /// How many at most.
    pub max_idle: usize,
    /// For how long.
    pub idle_timeout: Duration,
}

impl Default for Pool {
    /// 100 connections, as many as one burst of the documented rate limit can use, for 15 s.
    fn default() -> Self {
        Self { max_idle: 100, idle_timeout: Duration::from_secs(15) }
    }
}
