//! Tower services below the client.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod stub; // a service that responds as it is told

use std::{
    convert::Infallible,
    error::Error as _,
    future::pending,
    io,
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use certcentral_sandbox::Sandbox;
use certcentral_transport_hyper::{
    Api, ApiKey, Client, Error, FailureKind, ListReissues, OrderId, RetryPolicy,
    bytes::Bytes,
    http::{HeaderValue, Request, Response},
};
use http_body_util::Full;
use hyper::body::{Body, Frame, SizeHint};
use hyper_util::{client::legacy, rt::TokioExecutor};
use tokio::{task::JoinSet, time::timeout};
use tower::{ServiceBuilder, ServiceExt as _, service_fn, util::BoxCloneService};
use tower_service::Service;

use self::stub::Stub;

const ORDER_ID: OrderId = OrderId(112_233);

#[tokio::test]
async fn a_layer_sees_every_request() {
    let sandbox = Sandbox::builder().plain_http().start().unwrap();
    let service = ServiceBuilder::new()
        .map_request(|mut request: Request<_>| {
            request.headers_mut().insert("x-egress", HeaderValue::from_static("7"));
            request
        })
        .timeout(Duration::from_secs(20))
        .service(legacy::Client::builder(TokioExecutor::new()).build_http());
    let api = Api::builder(ApiKey::new(sandbox.api_key()).unwrap()).base_url(sandbox.base_url());
    let client = Client::with_service(api.build().unwrap(), service);

    for _ in 0..3 {
        let list = client.send(ListReissues::new(ORDER_ID)).await.unwrap();
        assert_eq!(list.certificates.len(), 3);
    }
    let requests = sandbox.requests();
    let egress: Vec<_> = requests.iter().map(|request| &request.headers["x-egress"]).collect();
    assert_eq!(egress, ["7"; 3]);
    assert!(requests.iter().all(|request| request.headers["x-dc-devkey"] == sandbox.api_key()));
}

/// In virtual time, which goes on when every task waits.
#[tokio::test(start_paused = true)]
async fn the_timeout_of_a_layer_is_a_timeout() {
    let silent = service_fn(|_: Request<Full<Bytes>>| {
        pending::<Result<Response<Full<Bytes>>, Infallible>>()
    });
    let service = ServiceBuilder::new().timeout(Duration::from_secs(20)).service(silent);
    let error = failure_over(service).await;
    assert_eq!(kind_of(&error), FailureKind::Timeout);
    assert!(error.is_timeout() && error.is_transient(), "{error:?}");
    assert_eq!(error.attempts(), 3);
    assert_eq!(error.source().unwrap().to_string(), "request timed out");

    let service = service_fn(async |_: Request<Full<Bytes>>| {
        timeout(Duration::from_secs(1), pending::<Response<Full<Bytes>>>()).await
    });
    assert_eq!(kind_of(&failure_over(service).await), FailureKind::Timeout, "tokio's");

    let service = service_fn(async |_: Request<Full<Bytes>>| {
        Err::<Response<Full<Bytes>>, _>(io::Error::other("operation timed out"))
    });
    assert_eq!(kind_of(&failure_over(service).await), FailureKind::Timeout, "reqwest's");
}

/// It has not sent the request, so even a call that is not repeatable is retried.
#[tokio::test(start_paused = true)]
async fn a_layer_that_never_becomes_ready_has_sent_nothing() {
    let error = failure_over(Stub::failing("over capacity")).await;
    assert_eq!((kind_of(&error), error.attempts()), (FailureKind::Connect, 3));
}

/// Whichever way a service learned that there is no more.
#[tokio::test(start_paused = true)]
async fn a_body_shorter_than_announced_is_no_response() {
    struct Short(Option<Bytes>);
    impl Body for Short {
        type Data = Bytes;
        type Error = Infallible;

        fn poll_frame(
            mut self: Pin<&mut Self>,
            _: &mut Context<'_>,
        ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
            Poll::Ready(self.0.take().map(|bytes| Ok(Frame::data(bytes))))
        }

        fn size_hint(&self) -> SizeHint {
            SizeHint::with_exact(if self.0.is_some() { 9 } else { 7 })
        }
    }
    let service = service_fn(async |_: Request<Full<Bytes>>| {
        Ok::<_, Infallible>(Response::new(Short(Some(Bytes::from("{}")))))
    });
    let error = failure_over(service).await;
    assert_eq!((kind_of(&error), error.attempts()), (FailureKind::Closed, 3), "{error:#}");
}

async fn failure_over<S, B>(service: S) -> Error
where
    S: Service<Request<Full<Bytes>>, Response = Response<B>> + Clone + Send + 'static,
    S::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    S::Future: Send,
    B: Body<Data: Send, Error: Into<Box<dyn std::error::Error + Send + Sync>>> + Send,
{
    let retry = RetryPolicy::default().base_delay(Duration::from_millis(1));
    let api = Api::builder(ApiKey::new("S3cret").unwrap()).retry(retry).build().unwrap();
    Client::with_service(api, service).send(ListReissues::new(ORDER_ID)).await.unwrap_err()
}

fn kind_of(error: &Error) -> FailureKind {
    let Error::Transport(transport) = error else { panic!("{error:?}") };
    transport.kind()
}

#[tokio::test]
async fn a_service_need_not_be_sync() {
    fn sync<T: Sync>(_: &T) {}
    let respond = |request: Request<Full<Bytes>>| async move {
        let body = if request.headers().contains_key("x-egress") { "{}" } else { "no layer" };
        Ok::<_, Infallible>(Response::new(Full::<Bytes>::from(body)))
    };
    let service: BoxCloneService<Request<Full<Bytes>>, Response<Full<Bytes>>, Infallible> =
        ServiceBuilder::new()
            .map_request(|mut request: Request<_>| {
                request.headers_mut().insert("x-egress", HeaderValue::from_static("7"));
                request
            })
            .service_fn(respond)
            .boxed_clone();
    let client = Client::with_service(Api::new(ApiKey::new("S3cret").unwrap()), service);
    sync(&client);
    let mut calls: JoinSet<_> = (0..20).map(|_| client.send(ListReissues::new(ORDER_ID))).collect();
    while let Some(list) = calls.join_next().await {
        assert!(list.unwrap().unwrap().is_empty());
    }
}
