//! How a connection is made: a proxy's tunnel, name look-up, TCP and TLS, within one bound.
//!
//! ureq's own connectors do each step. They are put together anew because ureq's own chain builds
//! the TLS configuration for every connection, looks the name up for every request, and shows the
//! key to its logs.

use std::{net::Ipv4Addr, sync::Arc, time::Duration};

use certcentral_core::{Attempt, InvalidInput};
use http::Uri;
use rustls::{ClientConfig, ClientConnection, StreamOwned, pki_types::ServerName};
use ureq::{
    Agent, Error, ProxyProtocol,
    config::Config,
    unversioned::{
        resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver},
        transport::{
            self, ConnectProxyConnector, ConnectionDetails, Connector as _, NextTimeout,
            TcpConnector, Transport, TransportAdapter,
            time::{self, Instant},
        },
    },
};

use super::{
    connection::{Connection, Stream},
    proxy::Proxy,
};
use crate::{failure::Unreached, pool::Pool};

/// The whole chain.
#[derive(Debug)]
pub(crate) struct Connector {
    tls: Result<Arc<ClientConfig>, rustls::Error>,
    proxy: Option<ureq::Proxy>,
    limit: Duration,
}

impl Connector {
    pub(crate) fn new(
        tls: ClientConfig,
        proxy: Option<&Proxy>,
        limit: Duration,
    ) -> Result<Self, InvalidInput> {
        let proxy = proxy.map(for_ureq).transpose();
        let proxy =
            proxy.map_err(|e| InvalidInput::because("the proxy's URL cannot be used", e))?;
        Ok(Self { proxy, limit, ..Self::direct(Ok(tls)) })
    }

    /// Without a proxy. An error is reported whenever a connection is asked for.
    pub(crate) fn direct(tls: Result<ClientConfig, rustls::Error>) -> Self {
        Self { tls: tls.map(Arc::new), proxy: None, limit: Attempt::CONNECT_TIMEOUT }
    }

    /// An agent on this connector.
    pub(crate) fn agent(self, Pool { max_idle, idle_timeout }: Pool) -> Agent {
        let config = Agent::config_builder()
            .proxy(self.proxy.clone())
            .timeout_connect(Some(self.limit.min(FAR_AHEAD)))
            .max_idle_age(idle_timeout)
            .max_idle_connections(max_idle)
            .max_idle_connections_per_host(max_idle)
            .build();
        Agent::with_parts(config, self, Later)
    }

    /// A way to the service, and nobody else.
    fn reach(&self, details: &ConnectionDetails<'_>) -> Result<Connection, Error> {
        let socket = match &self.proxy {
            // The proxy would see what is not TLS, the key too.
            Some(proxy) if details.needs_tls() => {
                tunnel(details).map_err(|e| Unreached::by(proxy, e))?
            }
            _ => None,
        };
        let socket = socket.map_or_else(|| tcp(details), Ok)?;
        let mut socket = TransportAdapter::new(socket, details.current_time.clone());
        if !details.needs_tls() {
            return Ok(Connection::new(Stream::Plain(socket), details));
        }
        let host = details.uri.host().unwrap_or_default();
        let host = host.trim_start_matches('[').trim_end_matches(']');
        let name = ServerName::try_from(host)
            .map_err(|_| Error::Tls("the host is no name that a certificate can have"))?;
        let mut tls = ClientConnection::new(self.tls.clone()?, name.to_owned())?;
        socket.set_timeout(time_left(details));
        tls.complete_io(&mut socket)?;
        let stream = StreamOwned::new(tls, socket);
        Ok(Connection::new(Stream::Tls(Box::new(stream)), details))
    }
}

impl transport::Connector for Connector {
    type Out = Box<dyn Transport>;

    fn connect(
        &self,
        details: &ConnectionDetails<'_>,
        _: Option<()>,
    ) -> Result<Option<Self::Out>, Error> {
        let is_to_proxy = self.proxy.as_ref().is_some_and(|proxy| proxy.uri() == details.uri);
        if is_to_proxy {
            return tcp(details).map(Some);
        }
        let reached = self.reach(details).map_err(Unreached::or_other)?;
        Ok(Some(reached.boxed()))
    }
}

/// A way through the proxy, if the service's host is not exempt from it.
fn tunnel(details: &ConnectionDetails<'_>) -> Result<Option<Box<dyn Transport>>, Error> {
    let tunnel = ConnectProxyConnector::default().connect(details, None::<()>)?;
    Ok(tunnel.map(Transport::boxed))
}

/// In ureq a host stands for itself alone in `NO_PROXY`; elsewhere, for those below it too.
fn for_ureq(Proxy { url, exempt }: &Proxy) -> Result<ureq::Proxy, Error> {
    let proxy = ureq::Proxy::new(url)?;
    let mut builder = ureq::Proxy::builder(ProxyProtocol::Http).host(proxy.host());
    builder = builder.port(proxy.port());
    if let Some(user) = proxy.username() {
        builder = builder.username(user).password(proxy.password().unwrap_or_default());
    }
    for host in exempt.split(',').map(str::trim).filter(|host| !host.is_empty()) {
        builder = builder.no_proxy(host).no_proxy(host.trim_start_matches('.'));
        builder = builder.no_proxy(&format!(".{}", host.trim_start_matches('.')));
    }
    builder.build()
}

fn tcp(details: &ConnectionDetails<'_>) -> Result<Box<dyn Transport>, Error> {
    let addrs = DefaultResolver::default().resolve(details.uri, details.config, details.timeout)?;
    let resolved = ConnectionDetails {
        uri: details.uri,
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
    socket.map(Transport::boxed).ok_or(Error::ConnectionFailed)
}

/// ureq adds to an instant without a check.
const FAR_AHEAD: Duration = Duration::from_secs(365 * 24 * 60 * 60);

/// What is left of the time to connect.
fn time_left(details: &ConnectionDetails<'_>) -> NextTimeout {
    let mut timeout = details.timeout;
    if let (time::Duration::Exact(whole), Instant::Exact(begun), Instant::Exact(now)) =
        (timeout.after, details.now, (details.current_time)())
    {
        timeout.after =
            time::Duration::Exact(whole.saturating_sub(now.saturating_duration_since(begun)));
    }
    timeout
}

/// Looks no name up: ureq asks before each request, a kept connection or not. The [`Connector`] does
/// once there is a connection to be made.
#[derive(Debug)]
struct Later;

impl Resolver for Later {
    fn resolve(&self, _: &Uri, _: &Config, _: NextTimeout) -> Result<ResolvedSocketAddrs, Error> {
        let mut addrs = self.empty();
        addrs.push((Ipv4Addr::UNSPECIFIED, 0).into()); // nobody's, and ureq wants one
        Ok(addrs)
    }
}
