//! Many calls at once on one client, and both transports on one `Api`.

use std::{
    convert::Infallible,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::{Duration, Instant},
};

use crate::both::{TRANSPORTS, TransportKind};
use bytes::Bytes;
use certcentral_core::{Error, ListReissues, RetryPolicy};
use certcentral_transport_hyper as on_hyper;
use http::{Request, Response};
use http_body_util::Full;
use tokio::{runtime::Runtime, sync::Barrier, task::JoinSet};
use tower_service::Service;

use certcentral_conformance::fault_server::{
    FaultServer, Scheme,
    Step::ReadRequest,
    responses::{ONE_ROW, response},
    write,
};

use super::setup::{ORDER_ID, api, api_at, call, check_good, connect};

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
fn a_pause_that_one_transport_is_told_holds_for_the_other() {
    for (first, second) in [TRANSPORTS, [TransportKind::Ureq, TransportKind::Hyper]].map(Into::into)
    {
        let slow_down = response("429 Slow Down", "Retry-After: 1\r\n", "");
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
