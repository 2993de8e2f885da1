//! How a connection is made: a proxy's tunnel, name look-up, TCP and TLS, within one bound.
//!
//! ureq's own connectors do each step. They are put together anew because ureq's own chain builds
//! the TLS configuration for every connection, looks the name up for every request, and shows the
//! key to its logs.

use std::{net::Ipv4Addr, sync::Arc, time::Duration};

use http::Uri;
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned, pki_types::ServerName};
use ureq::{
    Agent, Error,
    config::Config,
    unversioned::{
        resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver},
        transport::{
            ConnectProxyConnector, ConnectionDetails, Connector, NextTimeout, TcpConnector,
            Transport, TransportAdapter,
            time::{self, Instant},
        },
    },
};

use crate::{
    connection::{Connection, Stream},
    failure::Unreached,
    tls,
};

/// An agent on a [`Dialer`] of its own.
pub(crate) fn agent(roots: RootCertStore, connect_timeout: Duration) -> Agent {
    let config = Agent::config_builder()
        .proxy(None)
        .timeout_connect(Some(connect_timeout))
        // As many as one burst of the documented rate limit can use.
        .max_idle_connections(100)
        .max_idle_connections_per_host(100)
        .build();
    Agent::with_parts(config, Dialer { tls: tls::config(roots) }, Later)
}

/// The whole chain.
#[derive(Debug)]
struct Dialer {
    /// A provider that offers no usable version of TLS is said to at each attempt.
    tls: Result<Arc<ClientConfig>, rustls::Error>,
}

impl Dialer {
    fn dial(&self, details: &ConnectionDetails<'_>) -> Result<Connection, Error> {
        let socket = if let Some(tunnel) = tunnel(details)? { tunnel } else { tcp(details)? };
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

impl Connector for Dialer {
    type Out = Connection;

    fn connect(
        &self,
        details: &ConnectionDetails<'_>,
        _: Option<()>,
    ) -> Result<Option<Connection>, Error> {
        self.dial(details).map(Some).map_err(Unreached::or_other)
    }
}

/// A way through the proxy, if there is one to be used. Never for plain HTTP, because the proxy
/// would see the key.
fn tunnel(details: &ConnectionDetails<'_>) -> Result<Option<Box<dyn Transport>>, Error> {
    if !details.needs_tls() {
        return Ok(None);
    }
    let tunnel = ConnectProxyConnector::default().connect(details, None::<()>)?;
    Ok(tunnel.map(Transport::boxed))
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

/// Looks no name up: ureq asks before each request, a kept connection or not. The [`Dialer`] does
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
