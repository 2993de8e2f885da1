//! Calls that are dropped before they are over. Only a future can be; ureq's calls block.

use std::{
    convert::Infallible,
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use bytes::Bytes;
use certcentral_core::{ListReissues, RateLimit, RetryPolicy};
use certcentral_transport_hyper::Client;
use http::{Request, Response};
use http_body_util::Full;
use hyper::body::{Body, Frame};
use tokio::{
    runtime::Runtime,
    time::{Instant, Sleep, sleep, timeout},
};
use tower_service::Service;

use certcentral_conformance::fault_server::{
    FaultServer, Gate, Scheme,
    Step::{self, Handshake, Open, ReadRequest, ReadSome, Stall},
    responses::{CHUNKED, ONE_ROW},
    write,
};

use super::setup::{ORDER_ID, api, api_at, check_good, hyper};

/// How long each thing takes that a call can wait for. The call is dropped after each half of it.
const STAGE: Duration = Duration::from_millis(2);
const WINDOW: Duration = Duration::from_millis(20);

#[tokio::test(start_paused = true)]
async fn at_every_await_a_drop_leaves_client_and_limiter_usable() {
    let mut dropped = 0;
    for after in (0..).map(|n| STAGE * n / 2) {
        let limit = RateLimit::windows(&[(1, WINDOW)]).unwrap().margin(Duration::ZERO);
        let retry = RetryPolicy::default().base_delay(Duration::ZERO);
        let api = api_at("http://localhost/services/v2").rate_limit(limit).retry(retry).build();
        let client = Client::with_service(api.unwrap(), Slow { sleeping: None });
        let call = || client.send(ListReissues::new(ORDER_ID));
        check_good("the first call", &call().await);

        // This one waits for the limiter, the service, the response, and each part of its body.
        let waited = timeout(after, call()).await;
        let begun = Instant::now();
        check_good("the next call", &call().await);
        let took = begun.elapsed();
        // At the longest, a window that the dropped call's request began.
        assert!(took <= WINDOW + 7 * STAGE, "after {after:?}: {took:?}");
        if waited.is_ok() {
            break;
        }
        dropped += 1;
    }
    // 20 ms of the limiter less what the first call took, and five stages more of 2 ms.
    assert!(dropped >= 20, "only {dropped} places to drop it at");
}

#[tokio::test(start_paused = true)]
async fn a_crowd_that_is_dropped_gives_its_places_back() {
    let limit = RateLimit::windows(&[(1, WINDOW)]).unwrap().margin(Duration::ZERO);
    let api = api_at("http://localhost/services/v2").rate_limit(limit).build().unwrap();
    let client = Client::with_service(api, Slow { sleeping: None });
    let call = || client.send(ListReissues::new(ORDER_ID));
    check_good("the first call", &call().await);
    let mut crowd = tokio::task::JoinSet::new();
    for _ in 0..1000 {
        crowd.spawn(call());
    }
    tokio::task::yield_now().await; // all of them have asked for their places by then
    crowd.shutdown().await;
    let begun = Instant::now();
    check_good("the next call", &call().await);
    assert!(begun.elapsed() <= WINDOW + 7 * STAGE, "{:?}", begun.elapsed());
}

/// Takes a [`STAGE`] to be ready, one to answer, and one for each part of the body.
struct Slow {
    sleeping: Option<Pin<Box<Sleep>>>,
}

impl Clone for Slow {
    fn clone(&self) -> Self {
        Self { sleeping: None }
    }
}

impl Service<Request<Full<Bytes>>> for Slow {
    type Response = Response<SlowBody>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        nap(&mut self.sleeping, context).map(|()| Ok(()))
    }

    fn call(&mut self, _: Request<Full<Bytes>>) -> Self::Future {
        Box::pin(async {
            sleep(STAGE).await;
            let (one, two) = ONE_ROW.split_at(20);
            Ok(Response::new(SlowBody { parts: vec![two, one], sleeping: None }))
        })
    }
}

struct SlowBody {
    parts: Vec<&'static str>,
    sleeping: Option<Pin<Box<Sleep>>>,
}

impl Body for SlowBody {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let part = |part: &'static str| Ok(Frame::data(Bytes::from_static(part.as_bytes())));
        nap(&mut self.sleeping, context).map(|()| self.parts.pop().map(part))
    }
}

fn nap(sleeping: &mut Option<Pin<Box<Sleep>>>, context: &mut Context<'_>) -> Poll<()> {
    let nap = sleeping.get_or_insert_with(|| Box::pin(sleep(STAGE)));
    let woken = nap.as_mut().poll(context);
    if woken.is_ready() {
        *sleeping = None;
    }
    woken
}

#[test]
fn a_dropped_call_closes_its_connection() {
    let steps = |steps: &[Step]| steps.to_vec();
    let stages = [
        ("before the handshake", steps(&[])),
        ("inside the handshake", steps(&[ReadSome])),
        ("before the request is read", steps(&[Handshake])),
        ("before the headers", steps(&[ReadRequest])),
        ("inside the headers", steps(&[ReadRequest, write("HTTP/1.1 200 OK\r\nX: ")])),
        ("before the body", steps(&[ReadRequest, write(CHUNKED)])),
        ("inside the body", steps(&[ReadRequest, write(CHUNKED), write("1\r\n{\r\n")])),
    ];
    for (stage, steps) in stages {
        let reached = Gate::default();
        let script = [steps, vec![Open(reached.clone()), Stall]].concat();
        let server = FaultServer::start(Scheme::Https, [script]);
        let client = hyper(api(&server).build().unwrap(), Duration::from_secs(10));
        let runtime = Runtime::new().unwrap();
        let call = runtime.spawn(client.send(ListReissues::new(ORDER_ID)));
        reached.wait();
        call.abort();
        assert!(runtime.block_on(call).unwrap_err().is_cancelled(), "{stage}");
        server.wait_for_ends(1); // the stall, that is: the client has closed the connection

        let next = runtime.block_on(client.send(ListReissues::new(ORDER_ID)));
        check_good(stage, &next);
        assert_eq!(server.connections(), 2, "{stage}");
    }
}
