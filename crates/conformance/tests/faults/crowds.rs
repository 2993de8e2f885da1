//! Many calls at once, on one client or on one `Api`.

use std::{
    convert::Infallible,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    thread,
    time::{Duration, Instant},
};

use bytes::Bytes;
use certcentral_both_transports::{TRANSPORTS, TransportKind};
use certcentral_core::{Api, Error, ListReissues, RetryPolicy};
use certcentral_transport_hyper as on_hyper;
use http::{Request, Response};
use http_body_util::Full;
use tokio::{runtime::Runtime, sync::Barrier, task::JoinSet};
use tower_service::Service;

use crate::{
    answer::{ONE_ROW, answer, good},
    case::check_good,
    script::{Gate, ReadRequest, Reset, Wait, write},
    server::{FaultServer, Scheme},
    setup::{ORDER_ID, api, api_at, call, connect, hyper},
};

#[test]
fn ten_thousand_calls_on_one_client_over_a_service() {
    const CALLS: usize = 10_000;
    let api = api_at("http://localhost/services/v2").build().unwrap();
    let client = on_hyper::Client::with_service(api, Together(Arc::new(Barrier::new(CALLS))));
    Runtime::new().unwrap().block_on(async {
        let mut calls: JoinSet<_> =
            (0..CALLS).map(|_| client.send(ListReissues::new(ORDER_ID))).collect();
        while let Some(list) = calls.join_next().await {
            check_good("one of 10,000", &list.unwrap());
        }
    });
}

/// Answers all requests once all are there.
#[derive(Clone)]
struct Together(Arc<Barrier>);

impl Service<Request<Full<Bytes>>> for Together {
    type Response = Response<Full<Bytes>>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: Request<Full<Bytes>>) -> Self::Future {
        let barrier = Arc::clone(&self.0);
        Box::pin(async move {
            barrier.wait().await;
            Ok(Response::new(Full::from(ONE_ROW)))
        })
    }
}

#[test]
fn five_hundred_calls_at_once_over_sockets() {
    const CALLS: usize = 500;
    for on in TRANSPORTS {
        // No response is sent until all requests are there, each on a separate connection.
        let all = Gate::default();
        let script = vec![ReadRequest, Wait(all.clone()), write(good())];
        let server = FaultServer::start(Scheme::Http, vec![script; CALLS]);
        let api = api(&server).build().unwrap();
        thread::scope(|scope| {
            scope.spawn(|| {
                server.wait_for_requests(CALLS);
                all.open();
            });
            call_at_once(on, api, CALLS);
        });
        assert_eq!((server.connections(), server.requests()), (CALLS, CALLS), "{on:?}");
    }
}

fn call_at_once(on: TransportKind, api: Api, calls: usize) {
    if on == TransportKind::Hyper {
        let client = hyper(api, Duration::from_secs(10));
        return Runtime::new().unwrap().block_on(async {
            let mut calls: JoinSet<_> =
                (0..calls).map(|_| client.send(ListReissues::new(ORDER_ID))).collect();
            while let Some(list) = calls.join_next().await {
                check_good("one of many", &list.unwrap());
            }
        });
    }
    let client = connect(on, api);
    thread::scope(|scope| {
        for _ in 0..calls {
            let thread = thread::Builder::new().stack_size(512 * 1024);
            let call = || check_good("one of many", &call(&client));
            thread.spawn_scoped(scope, call).unwrap();
        }
    });
}

#[test]
fn many_threads_on_one_client_while_connections_break() {
    const THREADS: usize = 16;
    const CALLS: usize = 10;
    const BROKEN: usize = 16;
    for on in TRANSPORTS {
        let server = FaultServer::start(Scheme::Https, vec![vec![ReadRequest, Reset]; BROKEN]);
        // One call may meet all of them.
        let attempts = u32::try_from(BROKEN + 1).unwrap();
        let retry = RetryPolicy::default().max_attempts(attempts).base_delay(Duration::ZERO);
        let client = connect(on, api(&server).retry(retry).build().unwrap());
        thread::scope(|scope| {
            for _ in 0..THREADS {
                scope.spawn(|| {
                    for _ in 0..CALLS {
                        check_good("one of many", &call(&client));
                    }
                });
            }
        });
        // hyper may keep a connection that it had opened to be ready and never used.
        let least = THREADS * CALLS + 1;
        assert!((least..least + BROKEN).contains(&server.requests()), "{}", server.requests());
    }
}

#[test]
fn a_pause_that_one_transport_is_told_holds_for_the_other() {
    for (first, second) in [TRANSPORTS, [TransportKind::Ureq, TransportKind::Hyper]].map(Into::into)
    {
        let slow_down = answer("429 Slow Down", "Retry-After: 1\r\n", "");
        let server = FaultServer::start(Scheme::Http, [vec![ReadRequest, write(slow_down)]]);
        let api = api(&server).retry(RetryPolicy::none()).build().unwrap();
        let (told, other) = (connect(first, api.clone()), connect(second, api));
        let begun = Instant::now();
        let error = call(&told).unwrap_err();
        assert!(matches!(error, Error::Api(_)) && error.is_rate_limited(), "{error:?}");
        check_good("the other transport's call", &call(&other));
        assert!(begun.elapsed() >= Duration::from_secs(1), "{first:?} was told, not {second:?}");
        assert_eq!(server.requests(), 2);
    }
}
