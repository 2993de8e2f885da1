//! The async client: runtimes, deadlines, accounts, virtual time.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod stub; // a service that responds as it is told

use std::{
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll, Waker},
    time::Duration,
};

use certcentral_sandbox::Sandbox;
use certcentral_transport_hyper::{
    Api, ApiKey, Client, DecodeError, Drive, Endpoint, Error, Failure, InvalidInputError,
    ListReissues, OrderId, RateLimit, Reissues, RetryPolicy, Step,
    bytes::Bytes,
    http::{HeaderValue, Method, Response},
};
use tokio::{
    runtime,
    task::JoinSet,
    time::{Instant, timeout},
};

use self::stub::Stub;

const ORDER_ID: OrderId = OrderId(112_233);

#[test]
fn calls_can_be_spawned_and_clients_shared() {
    fn spawnable<T: Send + 'static>(_: &T) {}
    fn shareable<T: Clone + Send + Sync + std::fmt::Debug + 'static>(_: &T) {}
    let client = Client::new(api());
    shareable(&client);
    let calls = (
        client.send(ListReissues::new(ORDER_ID)),
        client.send_within(ListReissues::new(ORDER_ID), Duration::MAX),
        client.drive(client.api().call(ListReissues::new(ORDER_ID))),
    );
    drop(client);
    spawnable(&calls);
}

#[test]
fn a_client_works_on_either_kind_of_runtime() {
    let sandbox = Sandbox::start().unwrap();
    for mut builder in
        [runtime::Builder::new_current_thread(), runtime::Builder::new_multi_thread()]
    {
        let runtime = builder.enable_all().build().unwrap();
        let client = client(&sandbox);
        let list = runtime.block_on(async {
            tokio::spawn(client.send(ListReissues::new(ORDER_ID))).await.unwrap()
        });
        assert_eq!(list.unwrap().len(), 3);
    }
}

#[test]
fn a_call_outside_a_runtime_ends_with_an_error() {
    let call = pin!(Client::new(api()).send(ListReissues::new(ORDER_ID)));
    let Poll::Ready(Err(error)) = call.poll(&mut Context::from_waker(Waker::noop())) else {
        panic!("it is pending");
    };
    assert!(error.to_string().contains("tokio runtime"), "{error}");
}

#[tokio::test]
async fn a_client_is_usable_after_a_call_was_dropped() {
    let sandbox = Sandbox::start().unwrap();
    let client = client(&sandbox);
    assert!(timeout(Duration::ZERO, client.send(ListReissues::new(ORDER_ID))).await.is_err());
    assert_eq!(client.send(ListReissues::new(ORDER_ID)).await.unwrap().len(), 3);
}

#[tokio::test]
async fn another_account_uses_the_same_connections() {
    let sandbox = Sandbox::start().unwrap();
    let client = client(&sandbox);
    let other = Api::builder(ApiKey::new("Wr0ng-k3y").unwrap());
    let other = other.base_url(sandbox.base_url()).user_agent("other/1").build().unwrap();
    let other = client.with_api(other);

    assert_eq!(list(&client).await.unwrap().len(), 3);
    assert!(list(&other).await.unwrap_err().is_access_denied());
    assert_eq!(list(&client).await.unwrap().len(), 3);
    let sent = sandbox.requests();
    let sent: Vec<_> = sent.iter().map(|request| &request.headers["user-agent"]).collect();
    assert_eq!(sent, ["certcentral-rs/0.1.0", "other/1", "certcentral-rs/0.1.0"]);
    assert_eq!(sandbox.connections(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_429_is_waited_for_in_virtual_time() {
    let stub = Stub::responding([429, 429, 200]);
    let client = Client::with_service(api(), stub.clone());
    let start = Instant::now();
    assert!(client.send(ListReissues::new(ORDER_ID)).await.unwrap().is_empty());
    assert_eq!(start.elapsed(), Duration::from_secs(5 + 10));
    assert_eq!(stub.requests().len(), 3);
}

#[tokio::test(start_paused = true)]
async fn waiting_calls_are_paced_in_virtual_time() {
    let stub = Stub::responding([]);
    let windows =
        RateLimit::windows(&[(10, Duration::from_secs(1))]).unwrap().margin(Duration::ZERO);
    let api = Api::builder(ApiKey::new("S3cret").unwrap()).rate_limit(windows).build().unwrap();
    let client = Client::with_service(api, stub.clone());
    let start = Instant::now();
    let mut calls: JoinSet<_> =
        (0..100).map(|_| client.send(ListReissues::new(ORDER_ID))).collect();
    while let Some(list) = calls.join_next().await {
        list.unwrap().unwrap();
    }
    let took = start.elapsed();
    // tokio's timer counts in milliseconds, so each wait can end one late.
    assert!((Duration::from_secs(9)..Duration::from_millis(9050)).contains(&took), "{took:?}");
    assert_eq!(stub.requests().len(), 100);
}

#[tokio::test(start_paused = true)]
async fn a_silent_service_ends_the_call_at_its_deadline() {
    let client = Client::with_service(api(), Stub::silent());
    let start = Instant::now();
    let list = client.send_within(ListReissues::new(ORDER_ID), Duration::from_secs(45));
    tokio::time::sleep(Duration::from_secs(100)).await; // the time starts with the first poll
    let error = list.await.unwrap_err();
    assert!(error.is_timeout() && error.attempts() == 2, "{error}");
    assert_eq!(start.elapsed().as_secs(), 145);

    let begun = Instant::now().into_std();
    let call = client.api().call(ListReissues::new(ORDER_ID));
    let call = call.with_deadline(begun + Duration::from_secs(45));
    let error = client.drive(call).await.unwrap_err();
    assert!(error.is_timeout() && error.attempts() == 2, "{error}");
    assert_eq!(start.elapsed().as_secs(), 190);
}

#[tokio::test(start_paused = true)]
async fn a_call_whose_future_is_dropped_in_flight_can_be_driven_on() {
    let one = RateLimit::windows(&[(1, Duration::from_secs(5))]).unwrap();
    let api = Api::builder(ApiKey::new("S3cret").unwrap()).rate_limit(one).build().unwrap();
    let mut call = api.call(ListReissues::new(ORDER_ID));
    let silent = Client::with_service(api.clone(), Stub::silent());
    assert!(timeout(Duration::from_secs(1), silent.drive(&mut call)).await.is_err());
    assert!(call.last_error().unwrap().is_transient(), "{call:?}");

    let client = Client::with_service(api, Stub::responding([]));
    assert!(client.drive(&mut call).await.unwrap().is_empty());
    assert_eq!(call.attempts(), 2);
}

#[tokio::test(start_paused = true)]
async fn what_was_driven_within_a_time_has_no_deadline_afterwards() {
    let client = Client::with_service(api(), Stub::silent());
    let start = Instant::now();
    let mut patient = Patient { deadline: None };
    let time = Duration::from_secs(60);
    assert!(timeout(time / 2, client.drive_within(&mut patient, time)).await.is_err());
    assert!(patient.deadline.is_none());
    client.drive_within(&mut patient, time).await.unwrap_err();
    assert_eq!(start.elapsed().as_secs(), 90);
    client.drive(&mut patient).await.unwrap();
}

/// Waits for its deadline, if it has one.
struct Patient {
    deadline: Option<std::time::Instant>,
}

impl Drive for Patient {
    type Output = ();

    fn poll(&mut self, now: std::time::Instant) -> Step<()> {
        match self.deadline {
            Some(deadline) if now < deadline => Step::Wait(deadline),
            Some(_) => Step::Done(Err(InvalidInputError::new("too late").into())),
            None => Step::Done(Ok(())),
        }
    }

    fn handle(&mut self, _: std::time::Instant, _: Result<Response<Bytes>, Failure>) {}

    fn set_deadline(&mut self, deadline: Option<std::time::Instant>) {
        self.deadline = deadline;
    }
}

#[tokio::test]
async fn the_error_of_a_service_is_the_source_of_the_calls_error() {
    let api = Api::builder(ApiKey::new("S3cret").unwrap()).retry(RetryPolicy::none());
    let client = Client::with_service(api.build().unwrap(), Stub::failing("over capacity"));
    let error = list(&client).await.unwrap_err();
    assert!(matches!(error, Error::Transport(_)));
    assert_eq!(std::error::Error::source(&error).unwrap().to_string(), "over capacity");
}

#[tokio::test]
async fn a_request_without_a_body_has_a_content_length_of_0() {
    struct Empty(Method);
    impl Endpoint for Empty {
        type Output = ();

        fn method(&self) -> Method {
            self.0.clone()
        }

        fn path(&self) -> String {
            "/empty".to_owned()
        }

        fn parse(&self, _: &Response<Bytes>) -> Result<(), DecodeError> {
            Ok(())
        }
    }
    let sandbox = Sandbox::start().unwrap();
    let client = client(&sandbox);
    for method in [Method::POST, Method::PUT, Method::PATCH, Method::GET] {
        client.send(Empty(method)).await.unwrap_err(); // there is no such route
    }
    let lengths = sandbox.requests();
    let lengths = lengths.iter().map(|request| request.headers.get("content-length"));
    let lengths: Vec<_> = lengths.map(|length| length.map(HeaderValue::as_bytes)).collect();
    assert_eq!(lengths, [Some(&b"0"[..]), Some(b"0"), Some(b"0"), None]);
}

/// So its span is a child of the one that is entered there, whoever polls the call.
#[test]
fn a_call_is_prepared_where_it_is_made() {
    struct Noted(Arc<AtomicBool>);
    impl Endpoint for Noted {
        type Output = ();

        fn path(&self) -> String {
            self.0.store(true, Ordering::Relaxed);
            "/noted".to_owned()
        }

        fn parse(&self, _: &Response<Bytes>) -> Result<(), DecodeError> {
            Ok(())
        }
    }
    let client = Client::new(api());
    let noted = Arc::<AtomicBool>::default();
    let call = client.send(Noted(Arc::clone(&noted)));
    assert!(noted.swap(false, Ordering::Relaxed), "send");
    let within = client.send_within(Noted(Arc::clone(&noted)), Duration::from_secs(1));
    assert!(noted.load(Ordering::Relaxed), "send_within");
    drop((call, within));
}

async fn list(client: &Client) -> Result<Reissues, Error> {
    client.send(ListReissues::new(ORDER_ID)).await
}

fn client(sandbox: &Sandbox) -> Client {
    let api = Api::builder(ApiKey::new(sandbox.api_key()).unwrap()).base_url(sandbox.base_url());
    let builder =
        Client::builder(api.build().unwrap()).root_certificates_pem(sandbox.ca_pem().unwrap());
    builder.build().unwrap()
}

fn api() -> Api {
    Api::new(ApiKey::new("S3cret").unwrap())
}
