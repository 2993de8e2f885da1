//! Faults on demand.

use std::thread;
use std::time::{Duration, Instant};

use certcentral_sandbox::Sandbox;
use certcentral_sandbox::bytes::Bytes;
use certcentral_sandbox::http::{Method, Response, StatusCode};

use crate::client::{Reply, connect, get, target};

const HOUR: Duration = Duration::from_secs(3600);

#[test]
fn failures_come_in_the_order_they_were_set_and_once_each() {
    let sandbox = plain();
    sandbox.fail_next(StatusCode::BAD_GATEWAY, "<html></html>");
    sandbox.fail_next(StatusCode::OK, "{");
    let mut connection = connect(&sandbox);
    let replies = [(); 3].map(|()| connection.get("112310", sandbox.api_key()));
    let html = Some("text/html".to_owned());
    let json = Some("application/json".to_owned());
    assert_eq!(replies[0], Reply { status: 502, content_type: html, body: "<html></html>".into() });
    assert_eq!(replies[1], Reply { status: 200, content_type: json, body: "{".into() });
    assert_eq!((replies[2].status, replies[2].body.as_slice()), (200, &b"{}\n"[..]));
}

#[test]
fn custom_responses_missing_orders_and_unknown_routes_fail_too() {
    let custom = Response::new(Bytes::from("{}"));
    let builder = Sandbox::builder().plain_http();
    let sandbox =
        builder.respond(Method::GET, "/order/certificate/7/reissue", custom).start().unwrap();
    for order in ["7", "1", "no-route"] {
        sandbox.fail_next(StatusCode::INTERNAL_SERVER_ERROR, "");
        assert_eq!(get(&sandbox, order).status, 500);
    }
}

#[test]
fn the_next_response_can_be_given_whole() {
    let sandbox = plain();
    let response = Response::builder()
        .status(StatusCode::FOUND)
        .header("Content-Type", "text/plain")
        .header("Location", "https://example.com/")
        .body(Bytes::from("moved"))
        .unwrap();
    sandbox.respond_next(response);
    let plain = Some("text/plain".to_owned());
    let moved = Reply { status: 302, content_type: plain, body: b"moved".to_vec() };
    assert_eq!(get(&sandbox, "112233"), moved);
    assert_eq!(get(&sandbox, "112233").status, 200);
}

#[test]
fn a_refused_request_uses_up_no_fault() {
    let sandbox = Sandbox::builder().plain_http().rate_limit(&[(2, HOUR)]).start().unwrap();
    sandbox.fail_next(StatusCode::BAD_GATEWAY, "");
    sandbox.fail_next(StatusCode::GATEWAY_TIMEOUT, "");
    sandbox.drop_next();
    let key = sandbox.api_key();
    let mut connection = connect(&sandbox);
    let statuses = [("112233", "wrong"), ("112233", key), ("1", key), ("112233", key)]
        .map(|(order, key)| connection.get(order, key).status);
    assert_eq!(statuses, [403, 502, 504, 429]);
}

#[test]
fn a_dropped_request_gets_no_response_and_the_next_one_does() {
    let sandbox = plain();
    sandbox.drop_next();
    let mut connection = connect(&sandbox);
    let key = sandbox.api_key();
    connection.write(&format!("GET {} HTTP/1.1\r\nX-DC-DEVKEY: {key}\r\n\r\n", target("112233")));
    assert!(connection.is_closed());
    assert_eq!(get(&sandbox, "112233").status, 200);

    assert_eq!(sandbox.orders_asked(), [112_233, 112_233]);
    let seen: Vec<_> = sandbox.requests().iter().map(|one| (one.status, one.dropped)).collect();
    assert_eq!(seen, [(StatusCode::OK, true), (StatusCode::OK, false)]);
}

#[test]
fn a_delayed_response_is_late_and_holds_up_no_other() {
    let sandbox = plain();
    let delay = Duration::from_millis(100);
    sandbox.delay_next(delay);
    let asked = Instant::now();
    let mut late = connect(&sandbox);
    let key = sandbox.api_key();
    late.write(&format!("GET {} HTTP/1.1\r\nX-DC-DEVKEY: {key}\r\n\r\n", target("112233")));
    while sandbox.requests().is_empty() {
        thread::yield_now();
    }
    assert_eq!(get(&sandbox, "112310").status, 200);
    assert_eq!(late.read().status, 200);
    assert!(asked.elapsed() >= delay);
}

#[test]
fn latency_makes_every_response_late_and_refusals_too() {
    let latency = Duration::from_millis(20);
    let sandbox = Sandbox::builder().plain_http().latency(latency).rate_limit(&[(1, HOUR)]).start();
    let sandbox = sandbox.unwrap();
    for status in [200, 429] {
        let asked = Instant::now();
        assert_eq!(get(&sandbox, "112233").status, status);
        assert!(asked.elapsed() >= latency);
    }
}

#[test]
fn a_held_response_is_sent_once_it_is_released() {
    let sandbox = plain();
    let held = sandbox.hold_next();
    thread::scope(|scope| {
        let reply = scope.spawn(|| get(&sandbox, "112233"));
        held.wait();
        assert_eq!(sandbox.orders_asked(), [112_233]);
        assert_eq!(get(&sandbox, "112310").status, 200);
        held.wait();
        assert!(!reply.is_finished());
        drop(held);
        assert_eq!(reply.join().unwrap().status, 200);
    });
}

#[test]
fn a_response_that_is_released_early_is_not_held() {
    let sandbox = plain();
    drop(sandbox.hold_next());
    assert_eq!(get(&sandbox, "112233").status, 200);
}

#[test]
fn a_sandbox_can_be_dropped_while_it_holds_a_request() {
    let sandbox = plain();
    let (held, never) = (sandbox.hold_next(), sandbox.hold_next());
    let mut waiting = connect(&sandbox);
    let key = sandbox.api_key();
    waiting.write(&format!("GET {} HTTP/1.1\r\nX-DC-DEVKEY: {key}\r\n\r\n", target("112233")));
    held.wait();
    drop(sandbox);
    assert!(waiting.is_closed());
    never.wait();
}

fn plain() -> Sandbox {
    Sandbox::builder().plain_http().start().unwrap()
}
