//! Calls that are dropped before they are over. Only a future can be; ureq's calls block.

use std::{
    convert::Infallible,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    task::{Context, Poll},
    time::Duration,
};

use bytes::Bytes;
use certcentral_core::{
    ListReissues, OrderId, RateLimit, RetryPolicy,
    reissuance::{Progress, Reissuance},
};
use certcentral_transport_hyper::Client;
use http::{Request, Response};
use http_body_util::Full;
use hyper::body::{Body, Frame};
use serde_json::json;
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
        let client = Client::with_service(api.unwrap(), Slow::new(|_| ONE_ROW.to_owned()));
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
    let client = Client::with_service(api, Slow::new(|_| ONE_ROW.to_owned()));
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

#[tokio::test(start_paused = true)]
async fn at_every_await_a_drop_loses_nothing_of_a_reissuance() {
    let fixture = |name| String::from_utf8_lossy(certcentral_fixtures::get(name).unwrap().body);
    let csr = fixture("csr/plain.csr");
    let chain = fixture("download_certificate/pem-noroot-for-plain.pem");
    let mut dropped = 0;
    for after in (0..).map(|n| STAGE * n / 2) {
        let posts = Arc::new(AtomicUsize::new(0));
        let service = Slow::new({
            let (csr, chain, posts) = (csr.clone(), chain.clone(), Arc::clone(&posts));
            move |request| match (request.method().as_str(), request.uri().path()) {
                ("POST", _) => {
                    posts.fetch_add(1, Ordering::Relaxed);
                    json!({"id": 7, "certificate_id": 2}).to_string()
                }
                (_, path) if path.ends_with("/reissue") && posts.load(Ordering::Relaxed) > 0 => {
                    let created = "2026-11-29T10:00:00+00:00";
                    json!({"certificates": [
                        {"id": 2, "status": "issued", "date_created": created, "csr": csr},
                    ]})
                    .to_string()
                }
                (_, path) if path.ends_with("/reissue") => "{}".to_owned(),
                (_, path) if path.contains("/download/") => chain.to_string(),
                _ => json!({"id": 7, "status": "issued", "certificate": {
                    "id": 1, "common_name": "shop.example.com", "dns_names": ["shop.example.com"],
                }})
                .to_string(),
            }
        });
        let api = api_at("http://localhost/services/v2").build().unwrap();
        let client = Client::with_service(api.clone(), service);
        let mut reissuance = Reissuance::new(&api, OrderId(7), &*csr).unwrap();
        let mut drive = async || loop {
            if let Progress::Issued(issued) = client.drive(&mut reissuance).await.unwrap() {
                return issued;
            }
        };
        let is_done = timeout(after, drive()).await.is_ok();
        if is_done {
            break;
        }
        drive().await;
        assert_eq!(posts.load(Ordering::Relaxed), 1, "dropped after {after:?}");
        dropped += 1;
    }
    // Five calls, each of which waits at four places and more.
    assert!(dropped >= 30, "only {dropped} places to drop it at");
}

type Answer = dyn Fn(&Request<Full<Bytes>>) -> String + Send + Sync;

/// Takes a [`STAGE`] to be ready, one to answer, and one for each part of the body.
#[derive(Clone)]
struct Slow {
    answer: Arc<Answer>,
    ready: Nap,
}

impl Slow {
    fn new(answer: impl Fn(&Request<Full<Bytes>>) -> String + Send + Sync + 'static) -> Self {
        Self { answer: Arc::new(answer), ready: Nap(None) }
    }
}

impl Service<Request<Full<Bytes>>> for Slow {
    type Response = Response<SlowBody>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.ready.poll(context).map(|()| Ok(()))
    }

    fn call(&mut self, request: Request<Full<Bytes>>) -> Self::Future {
        let mut body = Bytes::from((self.answer)(&request));
        Box::pin(async move {
            sleep(STAGE).await;
            let one = body.split_to(body.len() / 2);
            Ok(Response::new(SlowBody { parts: vec![body, one], next: Nap(None) }))
        })
    }
}

struct SlowBody {
    parts: Vec<Bytes>,
    next: Nap,
}

impl Body for SlowBody {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        self.next.poll(context).map(|()| self.parts.pop().map(|part| Ok(Frame::data(part))))
    }
}

/// A [`STAGE`] that is being waited for. A clone has not begun.
struct Nap(Option<Pin<Box<Sleep>>>);

impl Clone for Nap {
    fn clone(&self) -> Self {
        Self(None)
    }
}

impl Nap {
    fn poll(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let nap = self.0.get_or_insert_with(|| Box::pin(sleep(STAGE)));
        let woken = nap.as_mut().poll(context);
        if woken.is_ready() {
            self.0 = None;
        }
        woken
    }
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
