//! What only an async client can get wrong: futures, runtimes, virtual time.

#![cfg(any(feature = "ring", feature = "aws-lc-rs"))]
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use std::{
    convert::Infallible,
    future::{Pending, Ready, pending, ready},
    pin::pin,
    sync::{Arc, Mutex},
    task::{Context, Poll, Waker},
    time::Duration,
};

use bytes::Bytes;
use certcentral_core::{
    Api, ApiKey, BaseUrl, Error, ListReissues, OrderId, RateLimit, RetryPolicy,
};
use certcentral_sandbox::Sandbox;
use certcentral_transport_hyper::Client;
use http::{Request, Response};
use http_body_util::Full;
use tokio::{
    runtime,
    task::JoinSet,
    time::{Instant, timeout},
};
use tower_service::Service;

const ORDER_ID: OrderId = OrderId(112_233);

#[test]
fn what_send_returns_can_be_spawned_and_the_client_shared() {
    fn spawnable<T: Send + 'static>(_: &T) {}
    fn shareable<T: Clone + Send + Sync + std::fmt::Debug + 'static>(_: &T) {}
    let client = Client::new(Api::new(ApiKey::new("S3cret").unwrap()));
    shareable(&client);
    let call = client.send(ListReissues::new(ORDER_ID));
    let prepared = client.send_call(client.api().call(ListReissues::new(ORDER_ID)));
    drop(client);
    spawnable(&call);
    spawnable(&prepared);
}

#[test]
fn it_works_on_either_kind_of_runtime() {
    let sandbox = Sandbox::start().unwrap();
    for mut builder in
        [runtime::Builder::new_current_thread(), runtime::Builder::new_multi_thread()]
    {
        let runtime = builder.enable_all().build().unwrap();
        let client = client(&sandbox);
        let list = runtime.block_on(async {
            tokio::spawn(client.send(ListReissues::new(ORDER_ID))).await.unwrap()
        });
        assert_eq!(list.unwrap().certificates.len(), 3);
    }
}

#[test]
fn outside_a_runtime_a_call_ends_with_a_reason() {
    let call = pin!(Client::new(api()).send(ListReissues::new(ORDER_ID)));
    let Poll::Ready(Err(error)) = call.poll(&mut Context::from_waker(Waker::noop())) else {
        panic!("it waits for nobody");
    };
    assert!(error.to_string().contains("tokio runtime"), "{error}");
}

#[tokio::test]
async fn a_dropped_call_leaves_the_client_usable() {
    let sandbox = Sandbox::start().unwrap();
    let client = client(&sandbox);
    assert!(timeout(Duration::ZERO, client.send(ListReissues::new(ORDER_ID))).await.is_err());
    assert_eq!(client.send(ListReissues::new(ORDER_ID)).await.unwrap().certificates.len(), 3);
}

#[tokio::test(start_paused = true)]
async fn a_429_is_waited_out_in_virtual_time() {
    let service = Script::new([429, 429, 200]);
    let client = Client::with_service(api(), service.clone());
    let start = Instant::now();
    assert!(client.send(ListReissues::new(ORDER_ID)).await.unwrap().certificates.is_empty());
    assert_eq!(start.elapsed(), Duration::from_secs(5 + 10));
    assert_eq!(service.requests(), 3);
}

#[tokio::test(start_paused = true)]
async fn waiting_calls_are_paced_in_virtual_time() {
    let service = Script::new([]);
    let windows =
        RateLimit::windows(&[(10, Duration::from_secs(1))]).unwrap().margin(Duration::ZERO);
    let api = Api::builder(ApiKey::new("S3cret").unwrap()).rate_limit(windows).build().unwrap();
    let client = Client::with_service(api, service.clone());
    let start = Instant::now();
    let mut calls: JoinSet<_> =
        (0..100).map(|_| client.send(ListReissues::new(ORDER_ID))).collect();
    while let Some(list) = calls.join_next().await {
        list.unwrap().unwrap();
    }
    let took = start.elapsed();
    // tokio's timer counts in milliseconds, so each wait can end one late.
    assert!((Duration::from_secs(9)..Duration::from_millis(9050)).contains(&took), "{took:?}");
    assert_eq!(service.requests(), 100);
}

#[tokio::test(start_paused = true)]
async fn a_service_that_never_answers_ends_at_the_attempts_deadline() {
    let client = Client::with_service(api(), Silence);
    let call = client
        .api()
        .call(ListReissues::new(ORDER_ID))
        .with_deadline((Instant::now() + Duration::from_secs(45)).into_std());
    let start = Instant::now();
    let error = client.send_call(call).await.unwrap_err();
    assert!(error.is_timeout() && error.attempts() == 2, "{error}");
    assert_eq!(start.elapsed().as_secs(), 45);
}

#[tokio::test]
async fn what_a_layer_of_yours_reports_is_kept_as_the_source() {
    let client = Client::with_service(
        Api::builder(ApiKey::new("S3cret").unwrap()).retry(RetryPolicy::none()).build().unwrap(),
        Failing,
    );
    let error = client.send(ListReissues::new(ORDER_ID)).await.unwrap_err();
    assert!(matches!(error, Error::Transport(_)));
    assert_eq!(std::error::Error::source(&error).unwrap().to_string(), "over capacity");
}

fn client(sandbox: &Sandbox) -> Client {
    let base_url = BaseUrl::parse(&sandbox.base_url()).unwrap();
    let api =
        Api::builder(ApiKey::new(sandbox.api_key()).unwrap()).base_url(base_url).build().unwrap();
    Client::builder(api)
        .root_certificates_pem(sandbox.ca_pem().unwrap().as_bytes())
        .build()
        .unwrap()
}

fn api() -> Api {
    Api::new(ApiKey::new("S3cret").unwrap())
}

/// Answers with one status after another, then with 200.
#[derive(Clone)]
struct Script(Arc<Mutex<(Vec<u16>, usize)>>);

impl Script {
    fn new<const N: usize>(statuses: [u16; N]) -> Self {
        Self(Arc::new(Mutex::new((statuses.into(), 0))))
    }

    fn requests(&self) -> usize {
        self.0.lock().unwrap().1
    }
}

impl Service<Request<Full<Bytes>>> for Script {
    type Response = Response<Full<Bytes>>;
    type Error = Infallible;
    type Future = Ready<Result<Self::Response, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: Request<Full<Bytes>>) -> Self::Future {
        let (statuses, requests) = &mut *self.0.lock().unwrap();
        let status = statuses.get(*requests).copied().unwrap_or(200);
        *requests += 1;
        let mut response = Response::new(Full::from("{}"));
        *response.status_mut() = status.try_into().unwrap();
        ready(Ok(response))
    }
}

#[derive(Clone)]
struct Silence;

impl Service<Request<Full<Bytes>>> for Silence {
    type Response = Response<Full<Bytes>>;
    type Error = Infallible;
    type Future = Pending<Result<Self::Response, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: Request<Full<Bytes>>) -> Self::Future {
        pending()
    }
}

#[derive(Clone)]
struct Failing;

impl Service<Request<Full<Bytes>>> for Failing {
    type Response = Response<Full<Bytes>>;
    type Error = String;
    type Future = Ready<Result<Self::Response, String>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), String>> {
        Poll::Ready(Err("over capacity".to_owned()))
    }

    fn call(&mut self, _: Request<Full<Bytes>>) -> Self::Future {
        ready(Err("called before it was ready".to_owned()))
    }
}
