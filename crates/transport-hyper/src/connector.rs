//! How a connection is made: name look-up, TCP, a proxy's tunnel and TLS, within one timeout.

use std::{
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use certcentral_network::{Proxy, ProxyError};
use http::Uri;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder, MaybeHttpsStream};
use hyper_util::rt::TokioIo;
use rustls::ClientConfig;
use tokio::{
    net::TcpStream,
    time::{Instant, timeout, timeout_at},
};
use tower_service::Service;

use crate::{BoxError, dial, tunnel};

#[derive(Clone)]
pub(crate) struct Connector {
    https: HttpsConnector<Tcp>,
    timeout: Duration,
}

impl Connector {
    pub(crate) fn new(tls: ClientConfig, proxy: Option<Proxy>, timeout: Duration) -> Self {
        let https = HttpsConnectorBuilder::new().with_tls_config(tls).https_or_http();
        let https = https.enable_http1();
        #[cfg(feature = "http2")]
        let https = https.enable_http2();
        Self { https: https.wrap_connector(Tcp { proxy, timeout }), timeout }
    }
}

impl Service<Uri> for Connector {
    type Response = MaybeHttpsStream<TokioIo<TcpStream>>;
    type Error = BoxError;
    type Future = Connecting<Self::Response>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.https.poll_ready(context)
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        // The time of `Tcp` begins a moment before, and what it says of a proxy is more.
        let connecting = self.https.call(uri);
        let connecting = timeout(self.timeout, connecting);
        Box::pin(async move { connecting.await? })
    }
}

type Connecting<T> = Pin<Box<dyn Future<Output = Result<T, BoxError>> + Send>>;

/// Makes a TCP connection to the service, directly or through the proxy.
#[derive(Clone)]
struct Tcp {
    proxy: Option<Proxy>,
    timeout: Duration,
}

impl Service<Uri> for Tcp {
    type Response = TokioIo<TcpStream>;
    type Error = BoxError;
    type Future = Connecting<Self::Response>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, target: Uri) -> Self::Future {
        let deadline = Instant::now() + self.timeout;
        let proxy = self.proxy.clone().filter(|proxy| proxy.applies_to(&target));
        Box::pin(async move {
            Ok(TokioIo::new(match proxy {
                None => dial::connect(&target).await?,
                Some(proxy) => through(&proxy, &target, deadline).await?,
            }))
        })
    }
}

async fn through(proxy: &Proxy, target: &Uri, deadline: Instant) -> Result<TcpStream, ProxyError> {
    let connecting = timeout_at(deadline, dial::connect(proxy.uri())).await;
    let connected = connecting.unwrap_or_else(|elapsed| Err(elapsed.into()));
    let mut stream = connected.map_err(|error| proxy.unreachable(error))?;
    tunnel::open(proxy, target, &mut stream, deadline).await?;
    Ok(stream)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic, reason = "tests")]
mod tests {
    use std::future::poll_fn;

    use certcentral_network::Settings;
    use tokio::net::TcpListener;

    use super::*;

    #[tokio::test]
    async fn a_connection_does_not_wait_to_send_small_packets() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let tls = Settings::built_in().unwrap().tls;
        let mut connector = Connector::new(tls, None, Duration::from_secs(10));
        poll_fn(|context| connector.poll_ready(context)).await.unwrap();
        let uri = Uri::try_from(format!("http://{address}/")).unwrap();
        let MaybeHttpsStream::Http(stream) = connector.call(uri).await.unwrap() else {
            panic!("not TLS");
        };
        assert!(stream.inner().nodelay().unwrap());
    }
}
