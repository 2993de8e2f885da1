//! How a connection is made: name look-up, TCP, a proxy's tunnel and TLS, within one timeout.
//!
//! ureq's own connectors do each step. They are put together here because ureq's default chain
//! builds the TLS configuration for each connection, looks up the name for each request, and logs
//! the API key.

use std::{net::Ipv4Addr, sync::Arc, time::Duration};

use certcentral_core::Attempt;
use certcentral_network::{Pool, Proxy, ProxyError, Settings};
use http::Uri;
use rustls::{ClientConfig, ClientConnection, StreamOwned, pki_types::ServerName};
use ureq::{
    Agent, Error,
    config::Config,
    unversioned::{
        resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver},
        transport::{
            self, ConnectionDetails, Connector as _, NextTimeout, TcpConnector, Transport as _,
            TransportAdapter,
            time::{self, Instant},
        },
    },
};

use crate::{
    connection::{Connection, Stream},
    failure::Classified,
    tunnel,
};

/// Returns an agent that makes connections as `settings` say.
pub(crate) fn agent(settings: Settings) -> Agent {
    let Settings { tls, proxy, connect_timeout, pool, .. } = settings;
    build(Connector { tls: Ok(Arc::new(tls)), proxy }, connect_timeout, pool)
}

/// Returns an agent that reports `error` whenever a connection is needed.
pub(crate) fn failing_agent(error: rustls::Error) -> Agent {
    let connector = Connector { tls: Err(error), proxy: None };
    build(connector, Attempt::CONNECT_TIMEOUT, Pool::default())
}

fn build(connector: Connector, connect_timeout: Duration, pool: Pool) -> Agent {
    let config = Agent::config_builder()
        .proxy(None)
        .timeout_connect(Some(connect_timeout))
        .max_idle_age(pool.idle_timeout)
        .max_idle_connections(pool.max_idle)
        .max_idle_connections_per_host(pool.max_idle)
        .build();
    Agent::with_parts(config, connector, DeferredResolver)
}

#[derive(Debug)]
struct Connector {
    tls: Result<Arc<ClientConfig>, rustls::Error>,
    proxy: Option<Proxy>,
}

impl Connector {
    fn reach(&self, details: &ConnectionDetails<'_>) -> Result<Connection, Error> {
        let uri = details.uri;
        let mut socket = match self.proxy.as_ref().filter(|proxy| proxy.applies_to(uri)) {
            None => tcp(uri, details)?,
            Some(proxy) => {
                through(proxy, details).map_err(|error| Classified::error(error.kind(), error))?
            }
        };
        if !details.needs_tls() {
            return Ok(Connection::new(Stream::Plain(socket), details));
        }
        let host = uri.host().unwrap_or_default();
        let host = host.trim_start_matches('[').trim_end_matches(']');
        let name = ServerName::try_from(host)
            .map_err(|_| Error::Tls("the host is no name that a certificate can have"))?;
        let mut tls = ClientConnection::new(self.tls.clone()?, name.to_owned())?;
        tls.complete_io(&mut socket)?;
        let stream = StreamOwned::new(tls, socket);
        Ok(Connection::new(Stream::Tls(Box::new(stream)), details))
    }
}

impl transport::Connector for Connector {
    type Out = Connection;

    fn connect(
        &self,
        details: &ConnectionDetails<'_>,
        _: Option<()>,
    ) -> Result<Option<Connection>, Error> {
        self.reach(details).map(Some).map_err(Classified::while_connecting)
    }
}

fn through(proxy: &Proxy, details: &ConnectionDetails<'_>) -> Result<TransportAdapter, ProxyError> {
    let mut socket = tcp(proxy.uri(), details).map_err(|e| proxy.unreachable(e))?;
    tunnel::open(proxy, details, &mut socket)?;
    Ok(socket)
}

/// Connects to the host of `uri`. Reads and writes end with the connect timeout.
fn tcp(uri: &Uri, details: &ConnectionDetails<'_>) -> Result<TransportAdapter, Error> {
    let addrs = DefaultResolver::default().resolve(uri, details.config, details.timeout)?;
    let resolved = ConnectionDetails {
        uri,
        addrs,
        config: details.config,
        request_level: details.request_level,
        resolver: details.resolver,
        now: (details.current_time)(),
        timeout: time_left(details),
        current_time: details.current_time.clone(),
        run_connector: details.run_connector.clone(),
        register_shutdown: details.register_shutdown.clone(),
    };
    let socket = TcpConnector::default().connect(&resolved, None::<()>)?;
    let socket = socket.ok_or(Error::ConnectionFailed)?.boxed();
    let mut socket = TransportAdapter::new(socket, details.current_time.clone());
    socket.set_timeout(time_left(details));
    Ok(socket)
}

/// Returns what is left of the connect timeout.
pub(crate) fn time_left(details: &ConnectionDetails<'_>) -> NextTimeout {
    let mut timeout = details.timeout;
    if let (time::Duration::Exact(whole), Instant::Exact(begun), Instant::Exact(now)) =
        (timeout.after, details.now, (details.current_time)())
    {
        timeout.after =
            time::Duration::Exact(whole.saturating_sub(now.saturating_duration_since(begun)));
    }
    timeout
}

/// Looks nothing up: ureq asks before each request, even if a connection is kept. [`Connector`] looks
/// the name up when a connection is made.
#[derive(Debug)]
struct DeferredResolver;

impl Resolver for DeferredResolver {
    fn resolve(&self, _: &Uri, _: &Config, _: NextTimeout) -> Result<ResolvedSocketAddrs, Error> {
        let mut addrs = self.empty();
        addrs.push((Ipv4Addr::UNSPECIFIED, 0).into()); // never used, but ureq requires one
        Ok(addrs)
    }
}
