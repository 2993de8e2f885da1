//! How a connection is made: name look-up, TCP, a proxy's tunnel and TLS, within one timeout.

use std::{
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use certcentral_network::Proxy;
use http::Uri;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder, MaybeHttpsStream};
use hyper_util::{client::legacy::connect::HttpConnector, rt::TokioIo};
use rustls::ClientConfig;
use tokio::{net::TcpStream, time::timeout};
use tower_service::Service;

use crate::{BoxError, tunnel};

#[derive(Clone)]
pub(crate) struct Connector {
    https: HttpsConnector<Tcp>,
    timeout: Duration,
}

impl Connector {
    pub(crate) fn new(tls: ClientConfig, proxy: Option<Proxy>, timeout: Duration) -> Self {
        let mut http = HttpConnector::new();
        // Which schemes are allowed is decided by the core's `BaseUrl`.
        http.enforce_http(false);
        // Or the last part of a handshake would wait for the peer to acknowledge the part before.
        http.set_nodelay(true);
        let https = HttpsConnectorBuilder::new().with_tls_config(tls).https_or_http();
        let https = https.enable_http1();
        #[cfg(feature = "http2")]
        let https = https.enable_http2();
        Self { https: https.wrap_connector(Tcp { http, proxy }), timeout }
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
        // hyper's own connect timeout covers neither the name look-up nor what follows TCP.
        let connecting = timeout(self.timeout, self.https.call(uri));
        Box::pin(async move { connecting.await? })
    }
}

type Connecting<T> = Pin<Box<dyn Future<Output = Result<T, BoxError>> + Send>>;

/// Makes a TCP connection to the service, directly or through the proxy.
#[derive(Clone)]
struct Tcp {
    http: HttpConnector,
    proxy: Option<Proxy>,
}

impl Service<Uri> for Tcp {
    type Response = TokioIo<TcpStream>;
    type Error = BoxError;
    type Future = Connecting<Self::Response>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.http.poll_ready(context).map_err(Into::into)
    }

    fn call(&mut self, target: Uri) -> Self::Future {
        match self.proxy.clone().filter(|proxy| proxy.applies_to(&target)) {
            None => {
                let connecting = self.http.call(target);
                Box::pin(async move { Ok(connecting.await?) })
            }
            Some(proxy) => {
                let connecting = self.http.call(proxy.uri().clone());
                Box::pin(async move {
                    let mut stream = connecting.await.map_err(|e| proxy.unreachable(e))?;
                    tunnel::open(&proxy, &target, stream.inner_mut()).await?;
                    Ok(stream)
                })
            }
        }
    }
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
