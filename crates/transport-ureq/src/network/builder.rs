//! The choices that go into a client on connections of its own.
//!
//! One file for both transports, so that they mean the same; the async one has a link to it.

use std::{
    fmt::{self, Debug, Formatter},
    time::Duration,
};

use certcentral_core::{Api, Attempt, Error, InvalidInputError};

use super::{connector::Connector, proxy::Proxy, tls::Roots};
use crate::{Client, pool::Pool};

/// Makes a [`Client`] with choices of its own.
#[derive(Clone, Debug)]
#[must_use = "nothing is made until `build` is called"]
pub struct ClientBuilder {
    api: Api,
    roots: Roots,
    proxy: ProxyChoice,
    connect_timeout: Duration,
    pool: Pool,
    user_agent_product: Option<String>,
}

impl ClientBuilder {
    pub(crate) fn new(api: Api) -> Self {
        Self {
            api,
            roots: Roots::BuiltIn,
            proxy: ProxyChoice::None,
            connect_timeout: Attempt::CONNECT_TIMEOUT,
            pool: Pool::default(),
            user_agent_product: None,
        }
    }

    /// The certificates to trust, one or more in PEM, in place of the built-in ones.
    pub fn root_certificates_pem(self, pem: &[u8]) -> Self {
        Self { roots: Roots::Pem(pem.to_vec()), ..self }
    }

    /// Trust what the operating system trusts, in place of the built-in certificates or of those
    /// given before. They are read when the client is built.
    #[cfg(feature = "platform-roots")]
    pub fn platform_roots(self) -> Self {
        Self { roots: Roots::Platform, ..self }
    }

    /// Go through an HTTP proxy: `http://[user:password@]host[:port]`, port 80 unless given. What
    /// is special in a user or password is percent-encoded.
    ///
    /// The proxy is asked to connect to the service (CONNECT) and sees TLS from then on. A base
    /// URL with `http`, which only loopback may have, is reached without it: the key is never sent
    /// to a proxy in clear. Default: no proxy.
    pub fn proxy(self, url: &str) -> Self {
        Self { proxy: ProxyChoice::At(url.to_owned()), ..self }
    }

    /// Go through the proxy that the environment names, as by [`proxy`](Self::proxy): the first of
    /// `HTTPS_PROXY`, `https_proxy`, `ALL_PROXY` and `all_proxy` that is set and not empty; none
    /// if no one is. Hosts in `NO_PROXY` or `no_proxy` are reached without it: a name stands for
    /// itself and all below it, `*` for all; ranges of addresses are not understood.
    ///
    /// The environment is read once, when the client is built.
    pub fn proxy_from_env(self) -> Self {
        Self { proxy: ProxyChoice::FromEnv, ..self }
    }

    /// How much of an attempt's time may go into connecting, the proxy's part and TLS included.
    /// Default: 10 s.
    pub fn connect_timeout(self, connect_timeout: Duration) -> Self {
        Self { connect_timeout, ..self }
    }

    /// How many idle connections are kept at most. Default: 100, as many as one burst of the
    /// documented rate limit can use. With 0, each call has a connection of its own.
    pub fn pool_max_idle(self, max_idle: usize) -> Self {
        Self { pool: Pool { max_idle, ..self.pool }, ..self }
    }

    /// How long an idle connection is kept. Default: 15 s.
    pub fn pool_idle_timeout(self, idle_timeout: Duration) -> Self {
        Self { pool: Pool { idle_timeout, ..self.pool }, ..self }
    }

    /// A product after the [`Api`]'s own user agent, such as `my-tool/2.1`; the last one given.
    /// See [`Api::with_user_agent_product`].
    pub fn user_agent_product(self, product: &str) -> Self {
        Self { user_agent_product: Some(product.to_owned()), ..self }
    }

    /// Makes the [`Client`].
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`] if the PEM holds no certificate or one that cannot be read, the platform
    /// offers no certificate, the proxy's URL is not one as above, the connect timeout is zero, or
    /// the product cannot be in a header.
    pub fn build(self) -> Result<Client, Error> {
        if self.connect_timeout.is_zero() {
            return Err(InvalidInputError::new(
                "a connect timeout of zero leaves no time to connect",
            )
            .into());
        }
        let api = match &self.user_agent_product {
            Some(product) => self.api.with_user_agent_product(product)?,
            None => self.api,
        };
        let proxy = match &self.proxy {
            ProxyChoice::None => None,
            ProxyChoice::At(url) => Some(Proxy::at(url)?),
            ProxyChoice::FromEnv => Proxy::from_env()?,
        };
        let connector = Connector::new(self.roots.config()?, proxy, self.connect_timeout);
        Ok(Client::pooled(api, connector, self.pool))
    }
}

#[derive(Clone)]
enum ProxyChoice {
    None,
    At(String),
    FromEnv,
}

impl Debug for ProxyChoice {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::None => "None",
            // It may hold a password.
            Self::At(_) => "At(..)",
            Self::FromEnv => "FromEnv",
        })
    }
}
