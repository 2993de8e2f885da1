//! Answers with a status other than 200.

use std::time::Duration;

use certcentral_both_transports::TRANSPORTS;
use certcentral_core::Error;

use crate::{
    answer::{answer, good},
    case::{Case, lists, refused_with, retried_status, run, unreadable},
    log_capture,
    script::{Close, ReadRequest, Step, write},
    server::{FaultServer, Scheme},
    setup::{api, call, connect},
};

#[test]
fn passing_troubles_are_retried() {
    let json = r#"{"errors":[{"code":"server_error","message":"try again"}]}"#;
    let html = "<html><body><h1>502 Bad Gateway</h1></body></html>";
    let empty = |status| {
        let name = format!("{status}, empty");
        Case::http(name, said(status, "", ""), retried_status(status))
    };
    let mut cases: Vec<_> = [408, 500, 502, 503, 504]
        .into_iter()
        .flat_map(|status| {
            let name = format!("{status} with JSON");
            [empty(status), Case::http(name, said(status, "", json), retried_status(status))]
        })
        .collect();
    let bare = "HTTP/1.1 503 Service Unavailable\r\n\r\n";
    cases.extend([
        Case::http("502 with HTML", said(502, "", html), retried_status(502)),
        Case::https("503 over TLS", said(503, "", json), retried_status(503)),
        Case::http("503 and closed", [ReadRequest, write(bare), Close], retried_status(503)),
        Case::http(
            "503 that asks for a second",
            said(503, "Retry-After: 1\r\n", ""),
            retried_status(503).retry_after(1),
        )
        .takes(Duration::from_secs(2)),
        Case::http(
            "503 that asks for an hour: the call ends at once and says so",
            said(503, "Retry-After: 3600\r\n", ""),
            refused_with(503).retry_after(3600),
        ),
    ]);
    run(&cases);
}

#[test]
fn rate_limited() {
    let again = |headers: &str| said(429, headers, "");
    let then_good = |fault: Vec<Step>| [fault, vec![ReadRequest, write(good())]].concat();
    // The call has no time for the pause, so it ends at once and says so.
    let paused = |name, headers, outcome| {
        Case::http(name, again(headers), outcome)
            .with(|api| api.call_timeout(Duration::from_secs(3)))
            .then_paused()
    };
    let overflow = "Retry-After: 18446744073709551615\r\n";
    run(&[
        Case::http(
            "429 five times, with no pause asked for, uses up no attempt",
            then_good(vec![again("Retry-After: 0\r\n"); 5].concat()),
            lists(1),
        ),
        Case::http("429 that asks for a second", then_good(again("Retry-After: 1\r\n")), lists(1))
            .takes(Duration::from_secs(1)),
        paused(
            "429 that asks for an hour",
            "Retry-After: 3600\r\n",
            refused_with(429).retry_after(3600),
        ),
        paused("429 that asks for ever", overflow, refused_with(429).retry_after(u64::MAX)),
        paused("429 that asks for nothing, which is a pause of 5 s", "", refused_with(429)),
    ]);
}

#[test]
fn every_other_refusal_ends_the_call() {
    let refusals = (400..500).filter(|status| ![408, 429].contains(status));
    let others = [501, 505, 506, 507, 508, 510, 511, 520, 530, 599, 600, 999];
    let cases: Vec<_> = refusals
        .chain(others)
        .map(|status| Case::http(status.to_string(), said(status, "", "{}"), refused_with(status)))
        .collect();
    run(&cases);
}

#[test]
fn a_response_that_echoes_the_key() {
    let key = log_capture::key();
    let list = format!(r#"{{"errors":[{{"code":"{key}","message":"no key {key}"}}],"{key}":1}}"#);
    let row = format!(r#"{{"certificates":[{{"id":"{key}"}}]}}"#);
    let header = format!("Location: https://localhost/{key}\r\nX-Key: {key}\r\n");
    run(&[
        Case::http("403 that echoes it", said(403, &header, &list), refused_with(403)).echoes_key(),
        Case::http("302 that echoes it", said(302, &header, &list), refused_with(302)).echoes_key(),
        Case::http("503 that echoes it", said(503, &header, &list), retried_status(503))
            .echoes_key(),
        Case::http(
            "a page that echoes it",
            said(200, &header, &format!("<p>{key}</p>")),
            unreadable(""),
        )
        .echoes_key(),
        Case::http("a row that echoes it", said(200, &header, &row), unreadable("*")).echoes_key(),
    ]);
    for on in TRANSPORTS {
        let server = FaultServer::start(Scheme::Https, [said(403, &header, &list)]);
        let client = connect(on, api(&server).build().unwrap());
        let Err(Error::Api(error)) = log_capture::paused(|| call(&client)) else {
            panic!("403 is an answer");
        };
        let kept = list.replace(key, "[key]");
        assert_eq!(String::from_utf8_lossy(&error.body), kept, "all but the key is kept, {on:?}");
    }
}

#[test]
fn neither_a_list_nor_a_refusal() {
    let bare = |status: &str, headers: &str| {
        vec![ReadRequest, write(format!("HTTP/1.1 {status}\r\n{headers}\r\n"))]
    };
    let upgrade = "Connection: upgrade\r\nUpgrade: h2c\r\n";
    run(&[
        Case::http("101", bare("101 Switching Protocols", upgrade), refused_with(101)),
        Case::http("101 and nothing else", bare("101 Switching Protocols", ""), refused_with(101)),
        Case::http("204", bare("204 No Content", ""), unreadable("").status(204)),
        Case::http("205", said(205, "", ""), unreadable("").status(205)),
        Case::http(
            "206",
            said(206, "Content-Range: bytes 0-1/9\r\n", "{\""),
            unreadable("").status(206),
        ),
        Case::http("304", bare("304 Not Modified", "Content-Length: 99\r\n"), refused_with(304)),
        Case::http("300", said(300, "", ""), refused_with(300)),
    ]);
}

/// One request, and a response to it.
fn said(status: u16, headers: &str, body: &str) -> Vec<Step> {
    vec![ReadRequest, write(answer(&format!("{status} Said"), headers, body))]
}
