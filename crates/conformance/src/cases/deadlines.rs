//! Servers that stall or trickle: each attempt ends at its deadline, never early and hardly late.

use std::time::Duration;

use crate::{
    case::{Case, group},
    fault_server::{
        Step::{self, Handshake, ReadRequest, ReadSome, Stall, TrickleHandshake},
        responses::CHUNKED,
        trickle, write, write_without_end,
    },
    outcome::{CONNECT, TIMEOUT, retried},
    row::Row,
};

pub(crate) fn cases() -> Vec<Case> {
    let cases = [stalled_trickled_or_endless(), the_connect_timeout_comes_first_if_it_is_shorter()];
    cases.into_iter().flatten().collect()
}

/// Short, and yet long enough for a request to arrive at a server on a busy machine.
const ATTEMPT: Duration = Duration::from_millis(1500);

fn stalled_trickled_or_endless() -> Vec<Case> {
    let steps = |steps: &[Step]| steps.to_vec();
    let late = |name, fault| {
        Row::https(name, fault, retried(TIMEOUT))
            .with(|api| api.attempt_timeout(ATTEMPT))
            .takes(3 * ATTEMPT)
    };
    let head = "HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n";
    group(
        "deadline",
        [
            late("a stall before the handshake", steps(&[Stall])),
            late("a stall in the handshake", steps(&[ReadSome, Stall])),
            late("a trickle in the handshake", steps(&[TrickleHandshake])),
            late("a stall before the request is read", steps(&[Handshake, Stall])),
            late("a stall before the headers", steps(&[ReadRequest, Stall])),
            late("a stall in the status line", steps(&[ReadRequest, write("HTTP/1."), Stall])),
            late(
                "a stall in the headers",
                steps(&[ReadRequest, write("HTTP/1.1 200 OK\r\nX: "), Stall]),
            ),
            late(
                "a trickle in the headers",
                steps(&[ReadRequest, write("HTTP/1.1 200 OK\r\n"), trickle("X: y\r\n")]),
            ),
            late("a stall before the body", steps(&[ReadRequest, write(head), Stall])),
            late("a stall in the body", steps(&[ReadRequest, write(head), write("{"), Stall])),
            late(
                "a trickle in the body",
                steps(&[
                    ReadRequest,
                    write("HTTP/1.1 200 OK\r\nContent-Length: 99999\r\n\r\n"),
                    trickle(" "),
                ]),
            ),
            late(
                "a stall in the chunks",
                steps(&[ReadRequest, write(CHUNKED), write("1\r\n{\r\n"), Stall]),
            ),
            late(
                "a trickle of chunks",
                steps(&[ReadRequest, write(CHUNKED), trickle("1\r\n \r\n")]),
            ),
            late(
                "a trickle in a chunk's size",
                steps(&[ReadRequest, write(CHUNKED), trickle("0")]),
            ),
            late(
                "1xx without end, each at once",
                steps(&[ReadRequest, write_without_end("HTTP/1.1 103 Early Hints\r\n\r\n")]),
            ),
            late(
                "1xx without end, in a trickle",
                steps(&[ReadRequest, trickle("HTTP/1.1 102 Processing\r\n\r\n")]),
            ),
        ],
    )
}

fn the_connect_timeout_comes_first_if_it_is_shorter() -> Vec<Case> {
    let connect_timeout = Duration::from_millis(1500);
    let late = |name, fault: &[Step]| {
        Row::https(name, fault, retried(CONNECT))
            .connect_timeout(connect_timeout)
            .takes(3 * connect_timeout)
    };
    group(
        "connect timeout",
        [
            late("a stall before the handshake", &[Stall]),
            late("a stall in the handshake", &[ReadSome, Stall]),
            late("a trickle in the handshake", &[TrickleHandshake]),
        ],
    )
}
