//! What a call logs, in virtual time.

use std::{
    io,
    time::{Duration, Instant},
};

use bytes::Bytes;
use certcentral_core::{
    Api, ApiKey, Call, DecodeError, Endpoint, Failure, FailureKind, ListReissues, OrderId,
    Reissues, RetryPolicy, Step, decode_json,
};
use http::Response;

use crate::output;

type Outcome = Result<Response<Bytes>, Failure>;

/// With characters that JSON escapes, of letters that nothing else here has in a row.
const KEY: &str = r#"k3y-"0f\a/c0mm0n-sandb0x"#;

#[test]
fn a_call_tells_of_its_retries_and_why_it_failed() {
    let api = api();
    let start = Instant::now();
    let logged = output::of(|| {
        use_up_the_rate_limit(&api, start);
        let mut call = list(&api);
        let outcomes = [
            Ok(response(429, REFUSED)),
            Err(reset()),
            Ok(response(200, r#"{"certificates": [{"id": 1, "status": "issued"}]}"#)),
        ];
        assert!(drive(&mut call, start, outcomes).is_none());
    });
    assert_eq!(logged, documented());
}

#[test]
fn a_call_that_succeeds_is_no_event() {
    let api = api();
    let logged = output::of(|| {
        drive(&mut list(&api), Instant::now(), [Ok(response(200, LIST))]);
    });
    assert_eq!(logged, closed(r#"attempts=1 status=200 bytes=20 outcome="ok""#));
}

#[test]
fn an_error_is_logged_once_at_the_level_that_fits() {
    let refused =
        r#"{"errors": [{"message": "no"}, {"code": "access_denied|x", "message": "no"}]}"#;
    let missing = r#"{"errors": [{"code": "not_found|order"}]}"#;
    let in_row = r#"{"certificates": [{"id": "x"}]}"#;
    let failure = |kind| Err(Failure::new(kind, "why"));
    for (outcome, event) in [
        (Ok(response(404, missing)), r#" INFO reason="api" status=404 code="not_found|order""#),
        (Ok(response(404, "")), r#"ERROR reason="api" status=404"#),
        (Ok(response(403, refused)), r#"ERROR reason="api" status=403 code="access_denied|x""#),
        (Ok(response(503, "")), r#" WARN reason="api" status=503"#),
        (
            Ok(response(429, REFUSED)),
            r#" WARN reason="api" status=429 code="request_limit_exceeded""#,
        ),
        (Ok(response(200, "<html>")), r#"ERROR reason="decode" status=200"#),
        (
            Ok(response(200, in_row)),
            r#"ERROR reason="decode" status=200 path="certificates[0].id""#,
        ),
        (failure(FailureKind::Closed), r#" WARN reason="closed""#),
        (failure(FailureKind::Connect), r#" WARN reason="connect""#),
        (failure(FailureKind::Timeout), r#" WARN reason="timeout""#),
        (failure(FailureKind::Tls), r#"ERROR reason="tls""#),
        (failure(FailureKind::Proxy), r#"ERROR reason="proxy""#),
        (failure(FailureKind::Protocol), r#"ERROR reason="protocol""#),
        (failure(FailureKind::TooLarge), r#"ERROR reason="too_large""#),
    ] {
        let api = Api::builder(key()).retry(RetryPolicy::none()).build().unwrap();
        let logged = output::of(|| {
            drive(&mut list(&api), Instant::now(), [outcome]);
        });
        assert_eq!(failures(&logged), [event.replacen("reason", "attempts=1 reason", 1)]);
    }
}

#[test]
fn an_error_without_an_attempt_is_logged_too() {
    let api = api();
    let start = Instant::now();
    let logged = output::of(|| {
        drive(&mut list(&api).with_deadline(start), start, []);
        drive(&mut api.call(Post("no slash")), start, []);
    });
    let events = [r#" WARN attempts=0 reason="deadline""#, r#" INFO attempts=0 reason="invalid""#];
    assert_eq!(failures(&logged), events);
    // There is no URL.
    assert!(logged.contains(r#"{endpoint="Post" path="no slash"}"#), "{logged}");
}

#[test]
fn a_post_that_may_have_taken_effect_is_an_error() {
    let api = api();
    let start = Instant::now();
    let logged = output::of(|| {
        drive(&mut api.call(Post("/post")), start, [Ok(response(503, ""))]);
        drive(&mut api.call(Post("/post")), start, [Err(reset())]);
    });
    let events =
        [r#"ERROR attempts=1 reason="api" status=503"#, r#"ERROR attempts=1 reason="closed""#];
    assert_eq!(failures(&logged), events);
    assert!(!logged.contains("retrying"), "{logged}");
}

#[test]
fn a_dropped_call_says_so_and_tells_of_no_retry() {
    let api = api();
    let start = Instant::now();
    let never_polled = output::of(|| drop(list(&api)));
    assert_eq!(never_polled, closed(r#"attempts=0 outcome="dropped""#));

    let dropped = closed(r#"attempts=1 outcome="dropped""#);
    let in_flight = output::of(|| {
        assert!(matches!(list(&api).poll(start), Step::Send(_)));
    });
    assert_eq!(in_flight, dropped);

    let failed = output::of(|| {
        let mut call = list(&api);
        assert!(matches!(call.poll(start), Step::Send(_)));
        call.handle(start, Err(reset()));
    });
    assert_eq!(failed, dropped);

    let in_backoff = output::of(|| {
        let mut call = list(&api);
        assert!(matches!(call.poll(start), Step::Send(_)));
        call.handle(start, Err(reset()));
        assert!(matches!(call.poll(start), Step::Wait(_)));
    });
    assert!(in_backoff.ends_with(&dropped) && in_backoff.contains("retrying"), "{in_backoff}");
}

#[test]
fn a_post_that_is_dropped_in_flight_is_an_error() {
    let api = api();
    let start = Instant::now();
    let in_flight = output::of(|| {
        assert!(matches!(api.call(Post("/post")).poll(start), Step::Send(_)));
    });
    assert_eq!(failures(&in_flight), [r#"ERROR attempts=1 reason="closed""#]);
    assert!(in_flight.contains("dropped while its request was in flight; the request may have"));

    let handled = output::of(|| {
        let mut call = api.call(Post("/post"));
        assert!(matches!(call.poll(start), Step::Send(_)));
        call.handle(start, Err(reset()));
    });
    assert_eq!(failures(&handled), [r#"ERROR attempts=1 reason="closed""#]);

    let unsent = output::of(|| drop(api.call(Post("/post"))));
    assert!(failures(&unsent).is_empty(), "{unsent}");
}

#[test]
fn the_key_is_not_in_it() {
    let api = api();
    let start = Instant::now();
    let echo = r#"{"errors":[{"code":"k3y-\"0f\\a\/c0mm0n-sandb0x","message":"no key"}]}"#;
    let logged = output::of(|| {
        let outcomes = [
            Err(Failure::new(FailureKind::Closed, format!("after X-DC-DEVKEY: {KEY}"))),
            Ok(response(503, echo)),
            Ok(response(200, r#"{"certificates": []}"#)),
        ];
        assert!(drive(&mut list(&api), start, outcomes).is_some());
    });
    assert_eq!(
        logged,
        r#" WARN certcentral_call{endpoint="ListReissues" path="/services/v2/order/certificate/112233/reissue"}: certcentral_core: attempt failed; retrying attempt=1 reason="closed" pause_ms=347 error=the connection to https://www.digicert.com/services/v2/order/certificate/112233/reissue was closed before the response was complete: after X-DC-DEVKEY: [key] error.sources=[after X-DC-DEVKEY: [key]]
 WARN certcentral_call{endpoint="ListReissues" path="/services/v2/order/certificate/112233/reissue"}: certcentral_core: attempt failed; retrying attempt=2 reason="api" status=503 pause_ms=508 error=https://www.digicert.com/services/v2/order/certificate/112233/reissue returned 503 Service Unavailable: [key] (no key)
 INFO certcentral_call{endpoint="ListReissues" path="/services/v2/order/certificate/112233/reissue" attempts=3 status=200 bytes=20 outcome="ok"}: certcentral_core: close
"#
    );
}

const LIST: &str = r#"{"certificates": []}"#;

const REFUSED: &str = r#"{"errors":[{"code":"request_limit_exceeded","message":"Service unavailable, please limit request volume"}]}"#;

/// The line of a list's span that has these fields when it closes.
fn closed(fields: &str) -> String {
    let span = r#"endpoint="ListReissues" path="/services/v2/order/certificate/112233/reissue""#;
    format!(" INFO certcentral_call{{{span} {fields}}}: certcentral_core: close\n")
}

/// The level and the fields of each event that says why a call failed, without the error itself.
fn failures(logged: &str) -> Vec<String> {
    let failure = |line: &str| {
        let (before, fields) = line.split_once("call failed ")?;
        Some(format!("{} {}", &before[..5], fields.split(" error=").next()?))
    };
    logged.lines().filter_map(failure).collect()
}

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
    Api::builder(key()).jitter_seed(7).build().unwrap()
}

fn key() -> ApiKey {
    ApiKey::new(KEY).unwrap()
}

fn reset() -> Failure {
    Failure::new(FailureKind::Closed, io::Error::from(io::ErrorKind::ConnectionReset))
}

fn list(api: &Api) -> Call<ListReissues> {
    api.call(ListReissues::new(OrderId(112_233)))
}

fn response(status: u16, body: &'static str) -> Response<Bytes> {
    Response::builder().status(status).body(Bytes::from(body)).unwrap()
}

/// An endpoint that is not repeatable, at the path that it is given.
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
