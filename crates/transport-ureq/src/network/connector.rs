//! How a connection is made: a proxy's tunnel, name look-up, TCP and TLS, within one bound.
//!
//! ureq's own connectors do each step. They are put together anew because ureq's own chain builds
//! the TLS configuration for every connection, looks the name up for every request, and shows the
//! key to its logs.

use std::{net::Ipv4Addr, sync::Arc, time::Duration};

use certcentral_core::{Attempt, Failure, FailureKind};
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

use super::{
    connection::{Connection, Stream},
    proxy::{Obstacle, Proxy},
    tunnel,
};
use crate::{failure::Classified, pool::Pool};

/// The whole chain.
#[derive(Debug)]
pub(crate) struct Connector {
    tls: Result<Arc<ClientConfig>, rustls::Error>,
    proxy: Option<Proxy>,
    limit: Duration,
}

impl Connector {
    pub(crate) fn new(tls: ClientConfig, proxy: Option<Proxy>, limit: Duration) -> Self {
        Self { tls: Ok(Arc::new(tls)), proxy, limit }
    }

    /// Without a proxy. An error is reported whenever a connection is asked for.
    pub(crate) fn direct(tls: Result<ClientConfig, rustls::Error>) -> Self {
        Self { tls: tls.map(Arc::new), proxy: None, limit: Attempt::CONNECT_TIMEOUT }
    }

    /// An agent on this connector.
    pub(crate) fn agent(self, Pool { max_idle, idle_timeout }: Pool) -> Agent {
        let config = Agent::config_builder()
            .proxy(None)
            .timeout_connect(Some(self.limit.min(FAR_AHEAD)))
            .max_idle_age(idle_timeout)
            .max_idle_connections(max_idle)
            .max_idle_connections_per_host(max_idle)
            .build();
        Agent::with_parts(config, self, Later)
    }

    fn reach(&self, details: &ConnectionDetails<'_>) -> Result<Connection, Error> {
        let uri = details.uri;
        let mut socket = match self.proxy.as_ref().filter(|proxy| proxy.is_on_the_way_to(uri)) {
            None => tcp(uri, details)?,
            Some(proxy) => through(proxy, details).map_err(|obstacle| {
                let sort =
                    if obstacle.is_lasting() { FailureKind::Proxy } else { FailureKind::Connect };
                Classified::error(Failure::new(sort, obstacle))
            })?,
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

fn through(proxy: &Proxy, details: &ConnectionDetails<'_>) -> Result<TransportAdapter, Obstacle> {
    let mut socket = tcp(&proxy.uri, details).map_err(|e| proxy.failed(e))?;
    tunnel::open(proxy, details.uri, &mut socket)?;
    Ok(socket)
}

/// A connection to the host of `uri`, whose reads and writes end with the time to connect.
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
