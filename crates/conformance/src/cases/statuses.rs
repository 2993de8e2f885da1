//! Responses with a status other than 200.

use std::time::Duration;

use certcentral_core::Error;

use crate::{
    case::{Case, api_with_key, group, require},
    fault_server::{
        FaultServer, Scheme,
        Step::{self, Close, ReadRequest},
        responses::{good, response},
        write,
    },
    log_capture::ECHOED_KEY,
    outcome::{ended, lists, refused_with, retried_status, unreadable},
    row::Row,
};

pub(crate) fn cases() -> Vec<Case> {
    let cases = [
        passing_troubles_are_retried(),
        rate_limited(),
        every_other_refusal_ends_the_call(),
        a_response_that_echoes_the_key(),
        neither_a_list_nor_a_refusal(),
    ];
    cases.into_iter().flatten().collect()
}

fn passing_troubles_are_retried() -> Vec<Case> {
    let json = r#"{"errors":[{"code":"server_error","message":"try again"}]}"#;
    let html = "<html><body><h1>502 Bad Gateway</h1></body></html>";
    let empty = |status| {
        let name = format!("{status}, empty");
        Row::http(name, said(status, "", ""), retried_status(status))
    };
    let mut rows: Vec<_> = [408, 500, 502, 503, 504]
        .into_iter()
        .flat_map(|status| {
            let name = format!("{status} with JSON");
            [empty(status), Row::http(name, said(status, "", json), retried_status(status))]
        })
        .collect();
    let bare = "HTTP/1.1 503 Service Unavailable\r\n\r\n";
    rows.extend([
        Row::http("502 with HTML", said(502, "", html), retried_status(502)),
        Row::https("503 over TLS", said(503, "", json), retried_status(503)),
        Row::http("503 and closed", [ReadRequest, write(bare), Close], retried_status(503)),
        Row::http(
            "503 that asks for a second",
            said(503, "Retry-After: 1\r\n", ""),
            retried_status(503).retry_after(1),
        )
        .takes(Duration::from_secs(2)),
        Row::http(
            "503 that asks for an hour: the call ends at once and says so",
            said(503, "Retry-After: 3600\r\n", ""),
            refused_with(503).retry_after(3600),
        ),
    ]);
    group("status", rows)
}

fn rate_limited() -> Vec<Case> {
    let again = |headers: &str| said(429, headers, "");
    let then_good = |fault: Vec<Step>| [fault, vec![ReadRequest, write(good())]].concat();
    // The call has no time for the pause, so it ends at once and says so.
    let paused = |name, headers, outcome| {
        Row::http(name, again(headers), outcome)
            .with(|api| api.call_timeout(Duration::from_secs(3)))
            .then_paused()
    };
    let overflow = "Retry-After: 18446744073709551615\r\n";
    group(
        "rate limit",
        [
            Row::http(
                "429 five times, with no pause asked for, uses up no attempt",
                then_good(vec![again("Retry-After: 0\r\n"); 5].concat()),
                lists(1),
            ),
            Row::http(
                "429 that asks for a second",
                then_good(again("Retry-After: 1\r\n")),
                lists(1),
            )
            .takes(Duration::from_secs(1)),
            paused(
                "429 that asks for an hour",
                "Retry-After: 3600\r\n",
                refused_with(429).retry_after(3600),
            ),
            paused("429 that asks for ever", overflow, refused_with(429).retry_after(u64::MAX)),
            paused("429 that asks for nothing, which is a pause of 5 s", "", refused_with(429)),
        ],
    )
}

fn every_other_refusal_ends_the_call() -> Vec<Case> {
    let refusals = (400..500).filter(|status| ![408, 429].contains(status));
    let others = [501, 505, 506, 507, 508, 510, 511, 520, 530, 599, 600, 999];
    let row =
        |status: u16| Row::http(status.to_string(), said(status, "", "{}"), refused_with(status));
    let denied = "Access denied due to access_denied_invalid_key.";
    let alone = r#"{"errors":[{"code":"invalid_csr","message":"The CSR is invalid."}]}"#;
    let in_words = [
        Row::http("500 with a refused key in plain text", said(500, "", denied), refused_with(500)),
        Row::http("200 with errors and nothing else", said(200, "", alone), refused_with(200)),
    ];
    group("status", refusals.chain(others).map(row).chain(in_words))
}

fn a_response_that_echoes_the_key() -> Vec<Case> {
    let key = ECHOED_KEY.as_str();
    let list = format!(r#"{{"errors":[{{"code":"{key}","message":"no key {key}"}}],"{key}":1}}"#);
    let page = format!("<p>{key}</p>");
    let row = format!(r#"{{"certificates":[{{"id":"{key}"}}]}}"#);
    let header = format!("Location: https://localhost/{key}\r\nX-Key: {key}\r\n");
    let echo = |name, status, body: &str, outcome| {
        Row::http(name, said(status, &header, body), outcome).echoes_key()
    };
    let mut cases = group(
        "key echoed",
        [
            echo("403", 403, &list, refused_with(403)),
            echo("302", 302, &list, refused_with(302)),
            echo("503", 503, &list, retried_status(503)),
            echo("a page", 200, &page, unreadable("")),
            echo("a row", 200, &row, unreadable("*")),
        ],
    );
    let server = "reads a request, writes a 403 with the key in its body";
    let required = "status 403 with the whole body, but for the key";
    let fault = said(403, &header, &list);
    cases.push(Case::new("key echoed: the body", server, required, move |transport| {
        let server = FaultServer::start(Scheme::Https, [fault.clone()]);
        let api = api_with_key(key, &server.base_url()).build().unwrap();
        let result = transport.connect(api).list();
        let Err(Error::Api(error)) = &result else { return Err(ended(&result)) };
        let body = String::from_utf8_lossy(&error.body);
        require(body == list.replace(key, "[key]"), || format!("the body {body:?}"))
    }));
    cases
}

fn neither_a_list_nor_a_refusal() -> Vec<Case> {
    let bare = |status: &str, headers: &str| {
        vec![ReadRequest, write(format!("HTTP/1.1 {status}\r\n{headers}\r\n"))]
    };
    let upgrade = "Connection: upgrade\r\nUpgrade: h2c\r\n";
    group(
        "status",
        [
            Row::http("101", bare("101 Switching Protocols", upgrade), refused_with(101)),
            Row::http(
                "101 and nothing else",
                bare("101 Switching Protocols", ""),
                refused_with(101),
            ),
            Row::http("204", bare("204 No Content", ""), unreadable("").status(204)),
            Row::http("205", said(205, "", ""), unreadable("").status(205)),
            Row::http(
                "206",
                said(206, "Content-Range: bytes 0-1/9\r\n", "{\""),
                unreadable("").status(206),
            ),
            Row::http("304", bare("304 Not Modified", "Content-Length: 99\r\n"), refused_with(304)),
            Row::http("300", said(300, "", ""), refused_with(300)),
        ],
    )
}

/// One request, and a response to it.
fn said(status: u16, headers: &str, body: &str) -> Vec<Step> {
    vec![ReadRequest, write(response(&format!("{status} Said"), headers, body))]
}
