//! Calls in virtual time.

use std::{
    io,
    time::{Duration, Instant},
};

use bytes::Bytes;
use certcentral_core::{
    Api, ApiKey, Call, DecodeError, Endpoint, Failure, FailureKind, ListReissues, OrderId,
    Reissues, Step, decode_json,
};
use http::Response;

use crate::output;

type Outcome = Result<Response<Bytes>, Failure>;

/// With characters that JSON escapes, of letters that nothing else here has in a row.
const KEY: &str = r#"k3y-"0f\a/c0mm0n-sandb0x"#;

#[test]
fn a_call_tells_what_held_it_up() {
    let api = api();
    let start = Instant::now();
    let logged = output::of(|| {
        use_up_the_rate_limit(&api, start);
        let mut call = list(&api);
        let reset = || {
            Err(Failure::new(FailureKind::Closed, io::Error::from(io::ErrorKind::ConnectionReset)))
        };
        let list = || Ok(answer(200, r#"{"certificates": []}"#));
        let outcomes = [|| Ok(answer(429, REFUSED)), reset, list];
        assert!(drive(&mut call, start, outcomes.map(|outcome| outcome())).is_some());
    });
    assert_eq!(logged, documented());
}

#[test]
fn calls_that_end_without_a_list_say_why() {
    let api = api();
    let start = Instant::now();
    let logged = output::of(|| {
        drive(&mut list(&api), start, [Ok(answer(404, ""))]);
        drive(&mut list(&api), start, [Ok(answer(200, "<html>"))]);
        drive(&mut list(&api), start, [Err(Failure::new(FailureKind::Tls, "unknown authority"))]);
        drive(&mut list(&api).with_deadline(start), start, []);
        drive(&mut api.call(Post("no slash")), start, []);
        // Dropped by its transport: during an attempt, and before the first.
        drive(&mut list(&api), start, []);
        drop(list(&api));
    });
    assert_eq!(
        logged,
        r#" INFO certcentral_call{endpoint="ListReissues" path="/services/v2/order/certificate/112233/reissue" attempts=1 status=404 bytes=0 limiter_wait_ms=0 backoff_wait_ms=0 outcome="api"}: certcentral_core: close
 INFO certcentral_call{endpoint="ListReissues" path="/services/v2/order/certificate/112233/reissue" attempts=1 status=200 bytes=6 limiter_wait_ms=0 backoff_wait_ms=0 outcome="decode"}: certcentral_core: close
 INFO certcentral_call{endpoint="ListReissues" path="/services/v2/order/certificate/112233/reissue" attempts=1 limiter_wait_ms=0 backoff_wait_ms=0 outcome="tls"}: certcentral_core: close
 INFO certcentral_call{endpoint="ListReissues" path="/services/v2/order/certificate/112233/reissue" attempts=0 limiter_wait_ms=0 backoff_wait_ms=0 outcome="deadline"}: certcentral_core: close
 INFO certcentral_call{endpoint="Post" path="/" attempts=0 limiter_wait_ms=0 backoff_wait_ms=0 outcome="invalid"}: certcentral_core: close
 INFO certcentral_call{endpoint="ListReissues" path="/services/v2/order/certificate/112233/reissue" attempts=1 limiter_wait_ms=0 backoff_wait_ms=0 outcome="dropped"}: certcentral_core: close
 INFO certcentral_call{endpoint="ListReissues" path="/services/v2/order/certificate/112233/reissue" attempts=0 limiter_wait_ms=0 backoff_wait_ms=0 outcome="dropped"}: certcentral_core: close
"#
    );
}

#[test]
fn what_is_not_repeated_is_no_event() {
    let api = api();
    let start = Instant::now();
    let logged = output::of(|| {
        drive(&mut api.call(Post("/post")), start, [Ok(answer(503, ""))]);
        let mut hurried = list(&api).with_deadline(start + Duration::from_secs(1));
        drive(&mut hurried, start, [Ok(answer(429, ""))]);
    });
    assert_eq!(
        logged,
        r#" INFO certcentral_call{endpoint="Post" path="/services/v2/post" attempts=1 status=503 bytes=0 limiter_wait_ms=0 backoff_wait_ms=0 outcome="api"}: certcentral_core: close
 INFO certcentral_call{endpoint="ListReissues" path="/services/v2/order/certificate/112233/reissue" attempts=1 status=429 bytes=0 limiter_wait_ms=0 backoff_wait_ms=0 outcome="api"}: certcentral_core: close
"#
    );
}

#[test]
fn the_key_is_not_in_it() {
    let api = api();
    let start = Instant::now();
    let echo = r#"{"errors":[{"code":"k3y-\"0f\\a\/c0mm0n-sandb0x","message":"no key"}]}"#;
    let logged = output::of(|| {
        let outcomes = [
            Err(Failure::new(FailureKind::Closed, format!("after X-DC-DEVKEY: {KEY}"))),
            Ok(answer(503, echo)),
            Ok(answer(200, r#"{"certificates": []}"#)),
        ];
        assert!(drive(&mut list(&api), start, outcomes).is_some());
    });
    assert_eq!(
        logged,
        r#" WARN certcentral_call{endpoint="ListReissues" path="/services/v2/order/certificate/112233/reissue"}: certcentral_core: attempt failed; retrying attempt=1 reason="closed" pause_ms=194 error=connection closed before the response was complete from https://www.digicert.com/services/v2/order/certificate/112233/reissue: after X-DC-DEVKEY: [key] error.sources=[after X-DC-DEVKEY: [key]]
 WARN certcentral_call{endpoint="ListReissues" path="/services/v2/order/certificate/112233/reissue"}: certcentral_core: attempt failed; retrying attempt=2 reason="api" status=503 pause_ms=16 error=https://www.digicert.com/services/v2/order/certificate/112233/reissue returned 503 Service Unavailable: [key] (no key)
 INFO certcentral_call{endpoint="ListReissues" path="/services/v2/order/certificate/112233/reissue" attempts=3 status=200 bytes=20 limiter_wait_ms=0 backoff_wait_ms=211 outcome="ok"}: certcentral_core: close
"#
    );
}

const REFUSED: &str = r#"{"errors":[{"code":"request_limit_exceeded","message":"Service unavailable, please limit request volume"}]}"#;

/// The output that the documentation of `Call` shows.
fn documented() -> String {
    let page = include_str!("../../../core/src/docs/tracing.md");
    let (_, rest) = page.split_once("```text\n").unwrap();
    rest.split_once("```").unwrap().0.to_owned()
}

/// Drives `call` until it is over, or there is no outcome left for its next attempt. Each comes
/// 80 ms after the attempt was sent.
fn drive<E: Endpoint>(
    call: &mut Call<E>,
    start: Instant,
    outcomes: impl IntoIterator<Item = Outcome>,
) -> Option<E::Output> {
    let mut outcomes = outcomes.into_iter();
    let mut now = start;
    loop {
        match call.poll(now) {
            Step::Send(_) => {
                let outcome = outcomes.next()?;
                now += Duration::from_millis(80);
                call.handle(now, outcome);
            }
            Step::Wait(at) => now = at,
            Step::Done(result) => return result.ok(),
        }
    }
}

/// Sends the hundred requests that may go at once, with their spans out of sight.
fn use_up_the_rate_limit(api: &Api, now: Instant) {
    let unseen = tracing::subscriber::NoSubscriber::default();
    tracing::subscriber::with_default(unseen, || {
        for _ in 0..100 {
            assert!(matches!(list(api).poll(now), Step::Send(_)));
        }
    });
}

fn api() -> Api {
    Api::builder(ApiKey::new(KEY).unwrap()).jitter_seed(7).build().unwrap()
}

fn list(api: &Api) -> Call<ListReissues> {
    api.call(ListReissues::new(OrderId(112_233)))
}

fn answer(status: u16, body: &'static str) -> Response<Bytes> {
    Response::builder().status(status).body(Bytes::from(body)).unwrap()
}

/// An endpoint that says nothing of itself, and may not be retried; at the path that it is given.
struct Post(&'static str);

impl Endpoint for Post {
    type Output = Reissues;

    fn method(&self) -> http::Method {
        http::Method::POST
    }

    fn path(&self) -> String {
        self.0.to_owned()
    }

    fn parse(&self, response: &Response<Bytes>) -> Result<Reissues, DecodeError> {
        decode_json(response)
    }
}
