//! Refusals whose body is too long, cut off or stalls: the status counts, and the bytes that came are
//! kept.

use std::time::Duration;

use certcentral_core::Error;

use crate::{
    case::{Case, api, group, require},
    fault_server::{
        FaultServer, Scheme,
        Step::{self, Close, ReadRequest, Reset, Stall},
        in_words,
        responses::{CHUNKED, chunk},
        write, write_without_end,
    },
    outcome::{ended, refused_with, retried_status},
    row::Row,
};

pub(crate) fn cases() -> Vec<Case> {
    let cases = [
        a_long_429_pauses_the_api(),
        a_long_503_is_retried(),
        any_other_long_refusal_ends_the_call(),
        the_first_bytes_of_a_long_refusal_are_kept(),
        a_refusal_whose_body_is_cut_off_keeps_its_status(),
        a_refusal_whose_body_stalls_keeps_its_status(),
    ];
    cases.into_iter().flatten().collect()
}

const LIMIT: usize = 1000;

fn a_long_429_pauses_the_api() -> Vec<Case> {
    let paused = |(name, fault): (String, Vec<Step>)| {
        Row::http(name, fault, refused_with(429))
            .with(|api| api.body_limit(LIMIT).call_timeout(Duration::from_secs(3)))
            .then_paused()
    };
    group("long refusal", long("429 Slow Down").map(paused))
}

fn a_long_503_is_retried() -> Vec<Case> {
    let retried = |(name, fault): (String, Vec<Step>)| {
        Row::http(name, fault, retried_status(503)).with(|api| api.body_limit(LIMIT))
    };
    group("long refusal", long("503 Busy").map(retried))
}

fn any_other_long_refusal_ends_the_call() -> Vec<Case> {
    let statuses = [(301, "301 Moved"), (400, "400 Bad Request"), (404, "404 Not Found")];
    let rows = statuses.into_iter().flat_map(|(status, name)| {
        long(name).map(|(name, fault)| {
            Row::http(name, fault, refused_with(status)).with(|api| api.body_limit(LIMIT))
        })
    });
    group("long refusal", rows)
}

fn the_first_bytes_of_a_long_refusal_are_kept() -> Vec<Case> {
    let required = format!("status 404 with the first {LIMIT} bytes of its body");
    let case = |(name, fault): (String, Vec<Step>)| {
        Case::new(name, in_words(&fault), &required, move |transport| {
            let server = FaultServer::start(Scheme::Http, [fault.clone()]);
            let client = transport.connect(api(&server).body_limit(LIMIT).build().unwrap());
            let result = client.list();
            let Err(Error::Api(error)) = &result else { return Err(ended(&result)) };
            let is_right = error.status == 404 && error.body == text().as_bytes()[..LIMIT];
            require(is_right, || format!("{}, {} bytes", error.status, error.body.len()))
        })
    };
    group("first bytes of a refusal", long("404 Not Found").map(case))
}

/// A refusal is certain at the end of its head. To drop it for its body would be to send again what
/// was refused, and at once where a pause is due.
fn a_refusal_whose_body_is_cut_off_keeps_its_status() -> Vec<Case> {
    let mut rows = Vec::new();
    for (name, fault) in cut("429 Slow Down") {
        let row = Row::http(name, fault, refused_with(429));
        rows.push(row.with(|api| api.call_timeout(Duration::from_secs(3))).then_paused());
    }
    for (status, outcome) in
        [("503 Busy", retried_status(503)), ("404 Not Found", refused_with(404))]
    {
        rows.extend(cut(status).map(|(name, fault)| Row::http(name, fault, outcome.clone())));
    }
    group("refusal cut off", rows)
}

fn a_refusal_whose_body_stalls_keeps_its_status() -> Vec<Case> {
    let head = |status| write(format!("HTTP/1.1 {status}\r\nContent-Length: 9\r\n\r\nabc"));
    let stalled =
        |status, outcome| Row::http(status, [ReadRequest, head(status), Stall], outcome).hasty();
    let rows =
        [stalled("503 Busy", retried_status(503)), stalled("404 Not Found", refused_with(404))];
    group("refusal stalls", rows)
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
