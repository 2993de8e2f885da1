//! HTTP/2, where the server offers it.

#![cfg(all(feature = "http2", any(feature = "ring", feature = "aws-lc-rs")))]
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use bytes::Bytes;
use certcentral_sandbox::Sandbox;
use certcentral_transport_hyper::{
    Api, ApiKey, Client, Error, FailureKind, ListReissues, OrderId, RateLimit, RetryPolicy,
};
use http::{Request, Response, Version};
use http_body_util::Full;
use hyper::{body::Incoming, server::conn::http2, service::service_fn};
use hyper_util::rt::{TokioExecutor, TokioIo};
use rustls::{
    ServerConfig,
    crypto::ring,
    pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer},
};
use tokio::{net::TcpListener, task::JoinSet};
use tokio_rustls::TlsAcceptor;

const ORDER_ID: OrderId = OrderId(112_233);

#[tokio::test]
async fn many_calls_share_one_connection() {
    let server = Server::start().await;
    let client = client(&server.base_url, "S3cret", &server.ca_pem);
    client.send(ListReissues::new(ORDER_ID)).await.unwrap();
    let mut calls: JoinSet<_> = (0..50).map(|_| client.send(ListReissues::new(ORDER_ID))).collect();
    while let Some(list) = calls.join_next().await {
        assert!(list.unwrap().unwrap().certificates.is_empty());
    }
    assert_eq!(server.seen.connections.load(Ordering::Relaxed), 1);
    assert_eq!(server.seen.good_requests.load(Ordering::Relaxed), 51);
}

#[tokio::test]
async fn a_reset_stream_is_retried_on_the_same_connection() {
    let server = Server::start().await;
    let client = client(&server.base_url, "S3cret", &server.ca_pem);
    server.seen.resets.store(2, Ordering::Relaxed);
    assert!(client.send(ListReissues::new(ORDER_ID)).await.unwrap().certificates.is_empty());
    assert_eq!(server.seen.connections.load(Ordering::Relaxed), 1);
    assert_eq!(server.seen.good_requests.load(Ordering::Relaxed), 3);

    server.seen.resets.store(3, Ordering::Relaxed);
    let error = client.send(ListReissues::new(ORDER_ID)).await.unwrap_err();
    let Error::Transport(transport) = &error else { panic!("{error:?}") };
    assert_eq!((transport.kind(), error.attempts()), (FailureKind::Closed, 3));
}

#[tokio::test]
async fn a_server_without_http2_is_asked_in_http1() {
    let sandbox = Sandbox::start().unwrap();
    let client = client(&sandbox.base_url(), sandbox.api_key(), sandbox.ca_pem().unwrap());
    for _ in 0..2 {
        let list = client.send(ListReissues::new(ORDER_ID)).await.unwrap();
        assert_eq!(list.certificates.len(), 3);
    }
}

fn client(base_url: &str, key: &str, ca_pem: &str) -> Client {
    let api = Api::builder(ApiKey::new(key).unwrap())
        .base_url(base_url)
        .rate_limit(RateLimit::unlimited())
        .retry(RetryPolicy::default().base_delay(Duration::from_millis(1)))
        .build();
    Client::builder(api.unwrap()).root_certificates_pem(ca_pem).build().unwrap()
}

/// Responds to every request with no reissues, in HTTP/2 only.
struct Server {
    base_url: String,
    ca_pem: String,
    seen: Arc<Seen>,
}

#[derive(Default)]
struct Seen {
    connections: AtomicUsize,
    /// Those in HTTP/2 with the right path and key.
    good_requests: AtomicUsize,
    /// How many of the next streams are reset.
    resets: AtomicUsize,
}

impl Server {
    async fn start() -> Self {
        let identity = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        let key = PrivatePkcs8KeyDer::from(identity.signing_key.serialize_der());
        let mut tls = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![identity.cert.der().clone()], PrivateKeyDer::Pkcs8(key))
            .unwrap();
        tls.alpn_protocols = vec![b"h2".to_vec()];
        let acceptor = TlsAcceptor::from(Arc::new(tls));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base_url = format!("https://localhost:{}", listener.local_addr().unwrap().port());
        let seen = Arc::<Seen>::default();
        tokio::spawn(serve(listener, acceptor, Arc::clone(&seen)));
        Self { base_url, ca_pem: identity.cert.pem(), seen }
    }
}

async fn serve(listener: TcpListener, acceptor: TlsAcceptor, seen: Arc<Seen>) {
    loop {
        let (stream, _) = listener.accept().await.unwrap();
        let stream = acceptor.accept(stream).await.unwrap();
        seen.connections.fetch_add(1, Ordering::Relaxed);
        let seen = Arc::clone(&seen);
        let respond = service_fn(move |request: Request<Incoming>| {
            let good = request.version() == Version::HTTP_2
                && request.uri().path() == "/order/certificate/112233/reissue"
                && request.headers()["x-dc-devkey"] == "S3cret";
            seen.good_requests.fetch_add(usize::from(good), Ordering::Relaxed);
            let reset = seen
                .resets
                .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1));
            async move {
                match reset {
                    Ok(_) => Err("a reset stream"),
                    Err(_) => Ok(Response::new(Full::<Bytes>::from("{}"))),
                }
            }
        });
        let serving = http2::Builder::new(TokioExecutor::new());
        tokio::spawn(serving.serve_connection(TokioIo::new(stream), respond));
    }
}
