//! Oddities of a server that are ignored: the call succeeds.

use std::time::Duration;

use crate::{
    case::{Case, group},
    fault_server::{
        Step::{self, Close, Fin, ReadRequest},
        responses::{CHUNKED, ONE_ROW, chunk, good, response},
        write,
    },
    outcome::lists,
    row::Row,
};

pub(crate) fn cases() -> Vec<Case> {
    let cases = [
        informational_responses_come_first(),
        more_than_was_announced(),
        slow_but_in_time(),
        a_server_decades_off(),
    ];
    cases.into_iter().flatten().collect()
}

fn informational_responses_come_first() -> Vec<Case> {
    let after = |name, first: &str| {
        let all = [first.repeat(1000).into_bytes(), good()].concat();
        Row::http(name, [ReadRequest, write(all)], lists(1))
    };
    group(
        "informational",
        [
            after("a thousand 100", "HTTP/1.1 100 Continue\r\n\r\n"),
            after("a thousand 102", "HTTP/1.1 102 Processing\r\n\r\n"),
            after("a thousand 103 with headers", "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n"),
            after("a thousand 199", "HTTP/1.1 199 What\r\n\r\n"),
            after("a thousand 100 with headers", "HTTP/1.1 100 Continue\r\nX: y\r\n\r\n"),
        ],
    )
}

fn more_than_was_announced() -> Vec<Case> {
    let with = |name, more: Vec<u8>| {
        let all = [good(), more].concat();
        Row::http(name, [ReadRequest, write(all)], lists(1))
    };
    let twin = ONE_ROW.replace(":1,", ":2,");
    let tail = |name, end| Row::http(name, [ReadRequest, write(good()), end], lists(1));
    let chunked = [CHUNKED, &chunk(ONE_ROW), "0\r\n\r\n"].concat().into_bytes();
    group(
        "more than announced",
        [
            with("a line end after the body", b"\r\n".to_vec()),
            with("garbage after the body", b"garbage".to_vec()),
            with("another order's response after the body", response("200 OK", "", twin)),
            Row::http(
                "garbage after the last chunk",
                [ReadRequest, write([chunked, b"garbage".to_vec()].concat())],
                lists(1),
            ),
            tail("a response, and closed", Close),
            tail("a response, and FIN", Fin),
        ],
    )
}

fn slow_but_in_time() -> Vec<Case> {
    let bytes = |response: Vec<u8>| response.into_iter().map(|byte| write(vec![byte]));
    let each = |name, response| {
        let steps: Vec<Step> = [ReadRequest].into_iter().chain(bytes(response)).collect();
        Row::http(name, steps, lists(1))
    };
    let chunked = [CHUNKED, &chunk(ONE_ROW), "0\r\n\r\n"].concat().into_bytes();
    group(
        "slow",
        [each("one byte at a time", good()), each("one byte of chunks at a time", chunked)],
    )
}

/// The client's clock plays no part, however wrong the server's is.
fn a_server_decades_off() -> Vec<Case> {
    let dates =
        "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\nRetry-After: Sun, 06 Nov 1994 08:49:38 GMT\r\n";
    let past =
        "Date: Fri, 31 Dec 9999 23:59:59 GMT\r\nRetry-After: Sun, 06 Nov 1994 08:49:38 GMT\r\n";
    let asked = |name, headers: &str| {
        let refused = response("429 Slow Down", headers, "");
        Row::http(name, [ReadRequest, write(refused), ReadRequest, write(good())], lists(1))
    };
    group(
        "clock",
        [
            asked("429 for a second, as dates in 1994", dates).takes(Duration::from_secs(1)),
            asked("429 until a date that is past", past).takes(Duration::ZERO),
        ],
    )
}
