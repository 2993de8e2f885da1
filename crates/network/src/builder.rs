//! The options of a client that makes its own connections.

use std::{
    fmt::{self, Debug, Formatter},
    time::Duration,
};

use certcentral_core::{Api, Error, InvalidInputError};
use http::HeaderValue;

use crate::{
    Pool, Proxy, Settings,
    tls::{BaseRoots, Roots},
};

/// Builds a client with your own root certificates, proxy, connect timeout and pool.
///
/// A transport's `Client::builder` returns one; `C` is that `Client`. Without any option, the client
/// trusts Mozilla's root certificates, which are compiled in, and uses no proxy.
#[derive(Clone)]
#[must_use = "nothing is built until `build` is called"]
pub struct ClientBuilder<C> {
    api: Api,
    roots: Roots,
    proxy: ProxyChoice,
    connect_timeout: Duration,
    pool: Pool,
    client: fn(Api, Settings) -> C,
}

#[derive(Clone)]
enum ProxyChoice {
    None,
    Url(String),
    Env,
}

impl<C> ClientBuilder<C> {
    /// Trusts the certificates in `pem`, one or more, instead of the built-in ones.
    ///
    /// Replaces what an earlier call of it, or of `platform_roots`, set.
    pub fn root_certificates_pem(mut self, pem: impl AsRef<[u8]>) -> Self {
        self.roots.base = BaseRoots::Pem(pem.as_ref().to_vec());
        self
    }

    /// Trusts the certificates in `pem`, one or more, in addition to the others: the built-in ones,
    /// those of the platform, or those given by
    /// [`root_certificates_pem`](Self::root_certificates_pem).
    ///
    /// Can be called several times.
    pub fn add_root_certificates_pem(mut self, pem: impl AsRef<[u8]>) -> Self {
        self.roots.added.push(pem.as_ref().to_vec());
        self
    }

    /// Trusts what the operating system trusts, instead of the built-in certificates.
    ///
    /// Replaces what an earlier call of [`root_certificates_pem`](Self::root_certificates_pem) set.
    /// The certificates are read when the client is built.
    #[cfg(feature = "platform-roots")]
    pub fn platform_roots(mut self) -> Self {
        self.roots.base = BaseRoots::Platform;
        self
    }

    /// Uses an HTTP proxy: `http://[user:password@]host[:port]`. The port is 80 unless given.
    /// Special characters in the user and password are percent-encoded. Default: no proxy.
    ///
    /// The proxy opens a tunnel to the service (CONNECT) and sees only TLS. A base URL with `http`,
    /// which must be on loopback, is reached without the proxy, which would otherwise see the key.
    pub fn proxy(self, url: &str) -> Self {
        Self { proxy: ProxyChoice::Url(url.to_owned()), ..self }
    }

    /// Uses the proxy that the environment names, as [`proxy`](Self::proxy) does.
    ///
    /// Takes the first non-empty variable of `HTTPS_PROXY`, `https_proxy`, `ALL_PROXY` and
    /// `all_proxy`. Without one, no proxy is used. The environment is read when the client is built.
    ///
    /// `NO_PROXY`, or else `no_proxy`, lists the hosts that are reached without the proxy, separated
    /// by commas, semicolons or white space:
    ///
    /// | entry | hosts |
    /// | --- | --- |
    /// | `example.com`, `.example.com`, `*.example.com` | the name and its subdomains |
    /// | `10.1.2.3`, `::1`, `[::1]` | the address |
    /// | `10.0.0.0/8`, `fd00::/8`, `10.*` | the addresses of the range; names are not looked up for this |
    /// | `<local>` | all names without a dot |
    /// | any of these with `:port` | the same, on this port only |
    /// | `*` | all |
    ///
    /// An entry that is not understood is ignored. The error of a proxy that opens no tunnel names it,
    /// and so does a warning, with the feature `tracing`.
    pub fn proxy_from_env(self) -> Self {
        Self { proxy: ProxyChoice::Env, ..self }
    }

    /// Sets the time for a new connection: name look-up, TCP, the proxy's part and TLS. It is part
    /// of an attempt's time. Default: 10 s.
    pub fn connect_timeout(self, connect_timeout: Duration) -> Self {
        Self { connect_timeout, ..self }
    }

    /// Sets how many idle connections are kept at most. Default: 100, as many as one burst of the
    /// documented rate limit can use. With 0, each call makes its own connection.
    pub fn pool_max_idle(mut self, max_idle: usize) -> Self {
        self.pool.max_idle = max_idle;
        self
    }

    /// Sets how long an idle connection is kept. Default: 15 s.
    pub fn pool_idle_timeout(mut self, idle_timeout: Duration) -> Self {
        self.pool.idle_timeout = idle_timeout;
        self
    }

    /// Builds the client.
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`] if
    ///
    /// - a PEM text holds no certificate, or something that cannot be used as one;
    /// - the platform's certificates cannot be read;
    /// - the proxy's URL is not understood;
    /// - the connect timeout is zero.
    pub fn build(self) -> Result<C, Error> {
        if self.connect_timeout.is_zero() {
            let error =
                InvalidInputError::new("a connect timeout of zero leaves no time to connect");
            return Err(error.into());
        }
        let proxy = match &self.proxy {
            ProxyChoice::None => None,
            ProxyChoice::Url(url) => Some(Proxy::parse(url)?),
            ProxyChoice::Env => Proxy::from_env()?,
        };
        let user_agent = HeaderValue::from_str(self.api.user_agent()).ok();
        let settings = Settings {
            tls: self.roots.config()?,
            proxy: proxy.map(|proxy| proxy.with_user_agent(user_agent)),
            connect_timeout: self.connect_timeout.min(FAR_AHEAD),
            pool: Pool { idle_timeout: self.pool.idle_timeout.min(FAR_AHEAD), ..self.pool },
        };
        Ok((self.client)(self.api, settings))
    }

    /// Creates a builder whose [`build`](Self::build) calls `client`. For authors of a transport.
    pub fn new(api: Api, client: fn(Api, Settings) -> C) -> Self {
        Self {
            api,
            roots: Roots::default(),
            proxy: ProxyChoice::None,
            connect_timeout: Settings::CONNECT_TIMEOUT,
            pool: Pool::default(),
            client,
        }
    }
}

/// HTTP stacks add durations to an instant without a check.
const FAR_AHEAD: Duration = Duration::from_secs(365 * 24 * 60 * 60);

impl<C> Debug for ClientBuilder<C> {
    // Without the proxy, whose URL may hold a password.
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientBuilder")
            .field("api", &self.api)
            .field("connect_timeout", &self.connect_timeout)
            .field("pool", &self.pool)
            .finish_non_exhaustive()
    }
}
