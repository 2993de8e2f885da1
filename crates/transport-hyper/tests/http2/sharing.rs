//! Calls that share a connection, on a server that serves them all.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use bytes::Bytes;
use certcentral_sandbox::Sandbox;
use certcentral_transport_hyper::{DecodeError, Endpoint, Error, FailureKind, ListReissues};
use http::{HeaderName, Method, Request, Response, Version};
use http_body_util::Full;
use hyper::{body::Incoming, server::conn::http2, service::service_fn};
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::{net::TcpListener, task::JoinSet, time::timeout};
use tokio_rustls::TlsAcceptor;

use crate::{
    ORDER_ID,
    site::{Site, client},
};

#[tokio::test]
async fn many_calls_share_one_connection() {
    let server = Server::start().await;
    let client = client(&server.site);
    let list = || client.send(ListReissues::new(ORDER_ID));
    // The first crowd finds no connection, and the second one finds that of the first.
    for _ in 0..2 {
        let mut calls: JoinSet<_> = (0..50).map(|_| list()).collect();
        while let Some(list) = calls.join_next().await {
            assert!(list.unwrap().unwrap().certificates.is_empty());
        }
        assert_eq!(server.seen.connections.load(Ordering::Relaxed), 1);
    }
    assert_eq!(server.seen.good_requests.load(Ordering::Relaxed), 100);
}

/// Another call opens it then.
#[tokio::test]
async fn a_call_that_is_dropped_leaves_its_turn_to_another() {
    let server = Server::start().await;
    let client = client(&server.site);
    let mut first = Box::pin(client.send(ListReissues::new(ORDER_ID)));
    assert!(timeout(Duration::ZERO, &mut first).await.is_err());
    let mut calls: JoinSet<_> = (0..5).map(|_| client.send(ListReissues::new(ORDER_ID))).collect();
    assert!(timeout(Duration::ZERO, calls.join_next()).await.is_err());
    drop(first);
    while let Some(list) = calls.join_next().await {
        assert!(list.unwrap().unwrap().certificates.is_empty());
    }
    assert!(server.seen.connections.load(Ordering::Relaxed) <= 2);
}

#[tokio::test]
async fn a_reset_stream_is_retried_on_the_same_connection() {
    let server = Server::start().await;
    let client = client(&server.site);
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
    let client = client(&Site {
        base_url: sandbox.base_url(),
        key: sandbox.api_key().to_owned(),
        ca_pem: sandbox.ca_pem().unwrap().to_owned(),
    });
    for _ in 0..2 {
        let list = client.send(ListReissues::new(ORDER_ID)).await.unwrap();
        assert_eq!(list.certificates.len(), 3);
    }
}

#[tokio::test]
async fn a_request_without_a_body_has_a_content_length_of_0() {
    struct Empty(Method);
    impl Endpoint for Empty {
        type Output = Option<String>;

        fn method(&self) -> Method {
            self.0.clone()
        }

        fn path(&self) -> String {
            "/empty".to_owned()
        }

        fn parse(&self, response: &Response<Bytes>) -> Result<Option<String>, DecodeError> {
            let length = response.headers().get("x-content-length");
            Ok(length.map(|length| length.to_str().unwrap().to_owned()))
        }
    }
    let server = Server::start().await;
    let client = client(&server.site);
    for method in [Method::POST, Method::PUT, Method::PATCH] {
        let length = client.send(Empty(method.clone())).await.unwrap();
        assert_eq!(length.as_deref(), Some("0"), "{method}");
    }
    assert_eq!(client.send(Empty(Method::GET)).await.unwrap(), None);
}

/// Responds to every request with no reissues, in HTTP/2 only.
struct Server {
    site: Site,
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
        let (site, listener, acceptor) = Site::open().await;
        let seen = Arc::<Seen>::default();
        tokio::spawn(serve(listener, acceptor, Arc::clone(&seen)));
        Self { site, seen }
    }
}

/// The length that the request announced.
const X_CONTENT_LENGTH: HeaderName = HeaderName::from_static("x-content-length");

async fn serve(listener: TcpListener, acceptor: TlsAcceptor, seen: Arc<Seen>) {
    loop {
        let (stream, _) = listener.accept().await.unwrap();
        let Ok(stream) = acceptor.accept(stream).await else { continue }; // a client may go at any point
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
            let length = request.headers().get("content-length").cloned();
            async move {
                let mut response = Response::new(Full::<Bytes>::from("{}"));
                response.headers_mut().extend(length.map(|length| (X_CONTENT_LENGTH, length)));
                if reset.is_ok() { Err("a reset stream") } else { Ok(response) }
            }
        });
        let serving = http2::Builder::new(TokioExecutor::new());
        tokio::spawn(serving.serve_connection(TokioIo::new(stream), respond));
    }
}
