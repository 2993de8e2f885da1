//! Faults that a call gets over without an error.

use std::time::Duration;

use certcentral_both_transports::TransportKind;

use crate::{
    answer::{CHUNKED, ONE_ROW, answer, chunk, good},
    case::{Case, PROTOCOL, fails, lists, run},
    script::{Close, Fin, ReadRequest, Step, write},
};

#[test]
fn informational_responses_come_first() {
    let after = |name, first: &str| {
        let all = [first.repeat(1000).into_bytes(), good()].concat();
        Case::http(name, [ReadRequest, write(all)], lists(1))
    };
    run(&[
        after("a thousand 100", "HTTP/1.1 100 Continue\r\n\r\n"),
        after("a thousand 102", "HTTP/1.1 102 Processing\r\n\r\n"),
        after("a thousand 103 with headers", "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n"),
        after("a thousand 199", "HTTP/1.1 199 What\r\n\r\n"),
        after("a thousand 100 with headers", "HTTP/1.1 100 Continue\r\nX: y\r\n\r\n").except(
            TransportKind::Ureq,
            fails(PROTOCOL),
            "ureq takes a 100 with headers for a broken answer, although RFC 9110 15.2 allows them",
        ),
    ]);
}

#[test]
fn more_than_was_announced() {
    let with = |name, more: Vec<u8>| {
        let all = [good(), more].concat();
        Case::http(name, [ReadRequest, write(all)], lists(1))
    };
    let twin = ONE_ROW.replace(":1,", ":2,");
    let tail = |name, end| Case::http(name, [ReadRequest, write(good()), end], lists(1));
    let chunked = [CHUNKED, &chunk(ONE_ROW), "0\r\n\r\n"].concat().into_bytes();
    run(&[
        with("a line end after the body", b"\r\n".to_vec()),
        with("garbage after the body", b"garbage".to_vec()),
        with("another order's answer after the body", answer("200 OK", "", twin)),
        Case::http(
            "garbage after the last chunk",
            [ReadRequest, write([chunked, b"garbage".to_vec()].concat())],
            lists(1),
        ),
        tail("an answer, and closed", Close),
        tail("an answer, and FIN", Fin),
    ]);
}

#[test]
fn slow_but_in_time() {
    let bytes = |answer: Vec<u8>| answer.into_iter().map(|byte| write(vec![byte]));
    let each = |name, answer| {
        let steps: Vec<Step> = [ReadRequest].into_iter().chain(bytes(answer)).collect();
        Case::http(name, steps, lists(1))
    };
    let chunked = [CHUNKED, &chunk(ONE_ROW), "0\r\n\r\n"].concat().into_bytes();
    run(&[each("one byte at a time", good()), each("one byte of chunks at a time", chunked)]);
}

/// The client's clock plays no part, however wrong the server's is.
#[test]
fn a_server_decades_off() {
    let dates =
        "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\nRetry-After: Sun, 06 Nov 1994 08:49:38 GMT\r\n";
    let past =
        "Date: Fri, 31 Dec 9999 23:59:59 GMT\r\nRetry-After: Sun, 06 Nov 1994 08:49:38 GMT\r\n";
    let asked = |name, headers: &str| {
        let refused = answer("429 Slow Down", headers, "");
        Case::http(name, [ReadRequest, write(refused), ReadRequest, write(good())], lists(1))
    };
    run(&[
        asked("429 for a second, as dates in 1994", dates).takes(Duration::from_secs(1)),
        asked("429 until a date that is past", past).takes(Duration::ZERO),
    ]);
}
