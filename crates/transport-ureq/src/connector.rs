//! How a connection is made: name look-up, TCP, a proxy's tunnel and TLS, within one timeout.
//!
//! ureq's own connectors do each step. They are put together here because ureq's default chain
//! builds the TLS configuration for each connection, looks up the name for each request, and logs
//! the API key.

use std::{io, net::Ipv4Addr, sync::Arc, time::Duration};

use certcentral_core::FailureKind;
use certcentral_network::{Pool, Proxy, ProxyError, Settings, TlsError, Tunnel, without_brackets};
use http::Uri;
use rustls::{ClientConfig, ClientConnection, StreamOwned, pki_types::ServerName};
use ureq::{
    Agent, Error,
    config::Config,
    unversioned::{
        resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver},
        transport::{self, ConnectionDetails, NextTimeout},
    },
};

use crate::{
    connection::Connection, deadline::Deadline, dial, failure::Classified, idle::Idle,
    pool_generation::PoolGeneration, socket::Socket, stream::Stream, tunnel,
};

/// Returns an agent that makes connections as `settings` say, and their generation.
pub(crate) fn agent(settings: Settings) -> (Agent, PoolGeneration) {
    let Settings { tls, proxy, connect_timeout, pool, .. } = settings;
    build(Ok(Arc::new(tls)), proxy, connect_timeout, pool)
}

/// Returns an agent that reports `error` whenever a connection is needed.
pub(crate) fn failing_agent(error: rustls::Error) -> (Agent, PoolGeneration) {
    build(Err(error), None, Settings::CONNECT_TIMEOUT, Pool::default())
}

fn build(
    tls: Result<Arc<ClientConfig>, rustls::Error>,
    proxy: Option<Proxy>,
    connect_timeout: Duration,
    pool: Pool,
) -> (Agent, PoolGeneration) {
    let config = Agent::config_builder()
        .proxy(None)
        .timeout_connect(Some(connect_timeout))
        .max_idle_age(pool.idle_timeout)
        .max_idle_connections(pool.max_idle)
        .max_idle_connections_per_host(pool.max_idle)
        .build();
    let generation = PoolGeneration::default();
    let connector = Connector { tls, proxy, idle: Idle::new(pool), generation: generation.clone() };
    (Agent::with_parts(config, connector, DeferredResolver), generation)
}

#[derive(Debug)]
struct Connector {
    tls: Result<Arc<ClientConfig>, rustls::Error>,
    proxy: Option<Proxy>,
    idle: Idle,
    generation: PoolGeneration,
}

impl Connector {
    fn reach(&self, details: &ConnectionDetails<'_>) -> Result<Stream, Error> {
        let (uri, deadline) = (details.uri, Deadline::new(details.timeout));
        let (mut socket, tunnel) = match self.proxy.as_ref().filter(|proxy| proxy.applies_to(uri)) {
            None => {
                let socket = tcp(uri, details.config, deadline);
                (socket.map_err(|error| unconnected(error, deadline))?, None)
            }
            Some(proxy) => {
                let (socket, tunnel) = through(proxy, details, deadline)?;
                (socket, Some(tunnel))
            }
        };
        if !details.needs_tls() {
            return Ok(Stream::Plain(socket));
        }
        let host = without_brackets(uri.host().unwrap_or_default());
        let name = ServerName::try_from(host)
            .map_err(|_| Error::Tls("the host is no name that a certificate can have"))?;
        let mut tls = ClientConnection::new(self.tls.clone()?, name.to_owned())?;
        let handshake = tls.complete_io(&mut socket);
        handshake.map_err(|error| {
            if let Some(error) = tunnel.and_then(|mut tunnel| tunnel.end_of_handshake(&error)) {
                return Classified::proxy(error);
            }
            // The client's own refusal is a TLS error already.
            let is_broken = TlsError::of(&error).is_none();
            let alert = is_broken.then(|| read_alert(&mut tls, &mut socket)).flatten();
            unconnected(alert.unwrap_or(error).into(), deadline)
        })?;
        Ok(Stream::Tls(Box::new(StreamOwned::new(tls, socket))))
    }
}

/// Reads the alert of a server that refused the client and closed before the client had written all.
fn read_alert(tls: &mut ClientConnection, socket: &mut Socket) -> Option<io::Error> {
    while tls.read_tls(socket).is_ok_and(|amount| amount > 0) {
        if let Err(alert) = tls.process_new_packets() {
            return Some(io::Error::new(io::ErrorKind::InvalidData, alert));
        }
    }
    None
}

impl transport::Connector for Connector {
    type Out = Connection;

    fn connect(
        &self,
        details: &ConnectionDetails<'_>,
        _: Option<()>,
    ) -> Result<Option<Connection>, Error> {
        let stream = self.reach(details)?;
        let (idle, generation) = (self.idle.clone(), self.generation.clone());
        Ok(Some(Connection::new(stream, details, idle, generation)))
    }
}

fn through(
    proxy: &Proxy,
    details: &ConnectionDetails<'_>,
    deadline: Deadline,
) -> Result<(Socket, Tunnel), Error> {
    let open = || -> Result<(Socket, Tunnel), ProxyError> {
        let socket = tcp(proxy.uri(), details.config, deadline);
        let mut socket = socket.map_err(|error| match error {
            Error::Io(error) => proxy.unreachable(error),
            error => proxy.unreachable(error),
        })?;
        let tunnel = tunnel::open(proxy, details.uri, &mut socket, deadline)?;
        Ok((socket, tunnel))
    };
    open().map_err(|error| {
        // The attempt's time is over, not only that for a connection.
        let is_late = error.kind() == FailureKind::Connect
            && deadline.has_passed()
            && !deadline.is_of_connecting();
        if is_late { Classified::late(error) } else { Classified::proxy(error) }
    })
}

/// Connects to the host of `uri`. Reads and writes end at the deadline.
fn tcp(uri: &Uri, config: &Config, deadline: Deadline) -> Result<Socket, Error> {
    let addresses = DefaultResolver::default().resolve(uri, config, deadline.next_timeout())?;
    Ok(Socket::new(dial::connect(&addresses, deadline)?, deadline)?)
}

/// Says that nothing was sent.
fn unconnected(error: Error, deadline: Deadline) -> Error {
    let error = match error {
        Error::Io(error) => {
            deadline.timed_out(&error).unwrap_or_else(|| Classified::connecting(error))
        }
        error => error,
    };
    match error {
        Error::Timeout(_) if !deadline.is_of_connecting() => {
            Classified::late("no connection before the deadline")
        }
        error => error,
    }
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
