//! How a connection is made: name look-up, TCP, a proxy's tunnel and TLS, within one timeout.

use std::{sync::Arc, time::Duration};

use certcentral_network::{Proxy, ProxyError, Tunnel, without_brackets};
use http::{Uri, uri::Scheme};
use hyper_rustls::MaybeHttpsStream;
use hyper_util::rt::TokioIo;
use rustls::{ClientConfig, pki_types::ServerName};
use tokio::{
    net::TcpStream,
    time::{Instant, timeout, timeout_at},
};
use tokio_rustls::TlsConnector;

use crate::{BoxError, connection::Connection, dial, tunnel};

#[derive(Clone)]
pub(crate) struct Connector {
    tls: Arc<ClientConfig>,
    proxy: Option<Proxy>,
    timeout: Duration,
}

impl Connector {
    pub(crate) fn new(mut tls: ClientConfig, proxy: Option<Proxy>, timeout: Duration) -> Self {
        if cfg!(feature = "http2") {
            tls.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        }
        Self { tls: Arc::new(tls), proxy, timeout }
    }

    pub(crate) async fn open(self, site: Uri) -> Result<Connection, BoxError> {
        // The proxy's time ends a moment before, because its error says more.
        let deadline = Instant::now() + self.timeout;
        let stream = timeout(self.timeout, self.connect(site, deadline)).await??;
        Ok(Connection::open(stream).await?)
    }

    async fn connect(self, target: Uri, deadline: Instant) -> Result<Stream, BoxError> {
        let (stream, tunnel) = match self.proxy.filter(|proxy| proxy.applies_to(&target)) {
            None => (dial::connect(&target).await?, None),
            Some(proxy) => {
                let (stream, tunnel) = through(&proxy, &target, deadline).await?;
                (stream, Some(tunnel))
            }
        };
        let stream = TokioIo::new(stream);
        if target.scheme() == Some(&Scheme::HTTP) {
            return Ok(MaybeHttpsStream::Http(stream));
        }
        let host = without_brackets(target.host().unwrap_or_default());
        let name = ServerName::try_from(host)?.to_owned();
        let handshake = TlsConnector::from(self.tls).connect(name, TokioIo::new(stream)).await;
        handshake.map(MaybeHttpsStream::from).map_err(|error| {
            match tunnel.and_then(|mut tunnel| tunnel.end_of_handshake(&error)) {
                Some(error) => error.into(),
                None => error.into(),
            }
        })
    }
}

type Stream = MaybeHttpsStream<TokioIo<TcpStream>>;

async fn through(
    proxy: &Proxy,
    target: &Uri,
    deadline: Instant,
) -> Result<(TcpStream, Tunnel), ProxyError> {
    let connecting = timeout_at(deadline, dial::connect(proxy.uri())).await;
    let connected = connecting.unwrap_or_else(|elapsed| Err(elapsed.into()));
    let mut stream = connected.map_err(|error| proxy.unreachable(error))?;
    let tunnel = tunnel::open(proxy, target, &mut stream, deadline).await?;
    Ok((stream, tunnel))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic, reason = "tests")]
mod tests {
    use certcentral_network::Settings;
    use tokio::net::TcpListener;

    use super::*;

    #[tokio::test]
    async fn a_connection_does_not_wait_to_send_small_packets() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let tls = Settings::built_in().unwrap().tls;
        let connector = Connector::new(tls, None, Duration::from_secs(10));
        let uri = Uri::try_from(format!("http://{address}/")).unwrap();
        let deadline = Instant::now() + connector.timeout;
        let MaybeHttpsStream::Http(stream) = connector.connect(uri, deadline).await.unwrap() else {
            panic!("not TLS");
        };
        assert!(stream.inner().nodelay().unwrap());
    }
}
