//! Refusals whose body is longer than the limit, or does not end as it should: the status counts, and
//! what came of the body is kept.

use std::time::Duration;

use certcentral_conformance::TRANSPORTS;
use certcentral_core::Error;

use crate::{
    answer::{CHUNKED, chunk},
    case::{Case, refused_with, retried_status, run},
    script::{Close, ReadRequest, Reset, Stall, Step, write, write_without_end},
    server::{FaultServer, Scheme},
    setup::{api, call, connect},
};

const LIMIT: usize = 1000;

#[test]
fn a_long_429_pauses_the_api() {
    let paused = |(name, fault): (String, Vec<Step>)| {
        Case::http(name, fault, refused_with(429))
            .with(|api| api.body_limit(LIMIT).call_timeout(Duration::from_secs(3)))
            .then_paused()
    };
    run(&long("429 Slow Down").map(paused));
}

#[test]
fn a_long_503_is_retried() {
    let retried = |(name, fault): (String, Vec<Step>)| {
        Case::http(name, fault, retried_status(503)).with(|api| api.body_limit(LIMIT))
    };
    run(&long("503 Busy").map(retried));
}

#[test]
fn any_other_long_refusal_ends_the_call() {
    for (status, name) in [(301, "301 Moved"), (400, "400 Bad Request"), (404, "404 Not Found")] {
        let refused = |(name, fault): (String, Vec<Step>)| {
            Case::http(name, fault, refused_with(status)).with(|api| api.body_limit(LIMIT))
        };
        run(&long(name).map(refused));
    }
}

#[test]
fn the_first_bytes_of_a_long_refusal_are_kept() {
    for on in TRANSPORTS {
        for (name, fault) in long("404 Not Found") {
            let server = FaultServer::start(Scheme::Http, [fault]);
            let client = connect(on, api(&server).body_limit(LIMIT).build().unwrap());
            let Err(Error::Api(error)) = call(&client) else { panic!("{name} on {on:?}") };
            assert_eq!(error.status, 404, "{name} on {on:?}");
            assert_eq!(error.body, &text().as_bytes()[..LIMIT], "{name} on {on:?}");
        }
    }
}

/// A refusal is certain at the end of its head. To drop it for its body would be to send again what
/// was refused, and at once where a pause is due.
#[test]
fn a_refusal_whose_body_is_cut_off_keeps_its_status() {
    let mut cases = Vec::new();
    for (name, fault) in cut("429 Slow Down") {
        let case = Case::http(name, fault, refused_with(429));
        cases.push(case.with(|api| api.call_timeout(Duration::from_secs(3))).then_paused());
    }
    let outcomes =
        [("503 Busy", retried_status(503)), ("404 Not Found", refused_with(404))].into_iter();
    for (status, outcome) in outcomes {
        cases.extend(cut(status).map(|(name, fault)| Case::http(name, fault, outcome.clone())));
    }
    run(&cases);
}

#[test]
fn a_refusal_whose_body_stalls_keeps_its_status() {
    let head = |status| write(format!("HTTP/1.1 {status}\r\nContent-Length: 9\r\n\r\nabc"));
    let stalled = |status, outcome| {
        Case::http(status, [ReadRequest, head(status), Stall], outcome)
            .with(|api| api.attempt_timeout(Duration::from_secs(1)))
    };
    run(&[stalled("503 Busy", retried_status(503)), stalled("404 Not Found", refused_with(404))]);
}

/// Responses with `status` that end inside the body, or are malformed there.
fn cut(status: &str) -> [(String, Vec<Step>); 4] {
    let sized = format!("HTTP/1.1 {status}\r\nContent-Length: 9\r\n\r\nabc");
    let chunks = |chunks| format!("{}{chunks}", CHUNKED.replace("200 OK", status));
    [
        ("cut by FIN", sized.clone(), Close),
        ("cut by RST", sized, Reset),
        ("cut in its chunks", chunks("9\r\nabc"), Close),
        ("with malformed chunks", chunks("3\r\nabc\r\nzz\r\n"), Close),
    ]
    .map(|(how, bytes, end)| (format!("{status} {how}"), vec![ReadRequest, write(bytes), end]))
}

/// Responses with `status` that are longer than the limit, framed in each way.
fn long(status: &str) -> [(String, Vec<Step>); 5] {
    let text = text();
    let sized = format!("HTTP/1.1 {status}\r\nContent-Length: {}\r\n\r\n{text}", text.len());
    let far = format!("HTTP/1.1 {status}\r\nContent-Length: 4611686018427387904\r\n\r\n{text}");
    let chunked = CHUNKED.replace("200 OK", status);
    let close = format!("HTTP/1.1 {status}\r\n\r\n{text}");
    let endless = || write_without_end(text.clone());
    [
        ("a few bytes more", vec![ReadRequest, write(sized), Close]),
        ("a length far beyond", vec![ReadRequest, write(far), endless()]),
        ("chunks", vec![ReadRequest, write(chunked.clone() + &chunk(&text)), Close]),
        ("endless chunks", vec![ReadRequest, write(chunked), write_without_end(chunk(&text))]),
        ("an endless body", vec![ReadRequest, write(close), endless()]),
    ]
    .map(|(name, fault)| (format!("{status}, {name}"), fault))
}

/// A text that is longer than the limit, and has no two parts alike.
fn text() -> String {
    let numbers: Vec<_> = (1000..1000 + LIMIT / 3).map(|number| number.to_string()).collect();
    numbers.concat()
}
