//! Connections that are refused, closed or reset: retried.

use std::{
    net::{Ipv4Addr, SocketAddr, TcpListener},
    slice::from_ref,
};

use certcentral_core::FailureKind;
use socket2::{Domain, Socket, Type};

use crate::{
    case::{Case, api_at, group, require},
    fault_server::{
        FaultServer, Scheme,
        Step::{self, Close, Fin, HalfHandshake, Handshake, ReadRequest, ReadSome, Reset},
        responses::{CHUNKED, ONE_ROW, UNTIL_CLOSE, chunk, half_of_good},
        write,
    },
    outcome::{CLOSED, CONNECT, Outcome, retried, retried_cut},
    row::{Row, check_good},
};

pub(crate) fn cases() -> Vec<Case> {
    let mut cases = closed_or_reset_by_the_server();
    cases.extend(a_body_until_close_that_is_cut());
    cases.push(nobody_listens());
    cases
}

fn closed_or_reset_by_the_server() -> Vec<Case> {
    let mut rows = Vec::new();
    for (how, end) in [("FIN", Fin), ("RST", Reset)] {
        rows.extend(before_the_request(how, &end));
        for scheme in [Scheme::Http, Scheme::Https] {
            rows.extend(after_the_request(how, &end, scheme));
        }
    }
    // Under TLS an orderly close is not the same as FIN.
    rows.extend(after_the_request("close_notify", &Close, Scheme::Https));
    group("connection", rows)
}

/// Whether the request was sent by then is a race that neither side can decide, so either kind is
/// right: both are retried.
const EITHER: &[FailureKind] = &[FailureKind::Connect, FailureKind::Closed];

fn before_the_request(how: &str, end: &Step) -> Vec<Row> {
    let row = |when, steps: &[Step]| {
        let fault = [steps, from_ref(end)].concat();
        Row::https(format!("{how} {when}"), fault, retried(EITHER))
    };
    vec![
        Row::http(format!("{how} at once"), [end.clone()], retried(EITHER)),
        row("at once, for TLS", &[]),
        row("after the client's half of the handshake", &[ReadSome]),
        row("inside the server's half of the handshake", &[HalfHandshake]),
        row("after the handshake", &[Handshake]),
    ]
}

fn after_the_request(how: &str, end: &Step, scheme: Scheme) -> Vec<Row> {
    let row = |when: &str, bytes: Vec<u8>, outcome: Outcome| {
        let fault = [ReadRequest, write(bytes), end.clone()];
        let name = format!("{how} {when}, {scheme:?}");
        match scheme {
            Scheme::Http => Row::http(name, fault, outcome),
            Scheme::Https => Row::https(name, fault, outcome),
        }
    };
    let half = &ONE_ROW[..40];
    let chunked = |body: String| [CHUNKED, &body].concat().into_bytes();
    let closed = || retried(CLOSED);
    vec![
        row("before the headers", Vec::new(), closed()),
        row("inside the status line", b"HTTP/1.1 2".to_vec(), closed()),
        row("inside the headers", b"HTTP/1.1 200 OK\r\nContent-Le".to_vec(), closed()),
        row(
            "after the headers",
            b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n".to_vec(),
            closed(),
        ),
        row("inside a body with Content-Length", half_of_good(), closed()),
        row("inside a chunk's size", chunked("5".to_owned()), closed()),
        row("inside a chunk", chunked(format!("ff\r\n{half}")), closed()),
        row("inside a chunk's end", chunked(format!("{:x}\r\n{half}\r", half.len())), closed()),
        row("after a chunk, without the last one", chunked(chunk(half)), closed()),
        row("after all the chunks but the last", chunked(chunk(ONE_ROW)), closed()),
        row("inside the last chunk", chunked(chunk(ONE_ROW) + "0"), closed()),
    ]
}

fn a_body_until_close_that_is_cut() -> Vec<Case> {
    let body = [UNTIL_CLOSE, &ONE_ROW[..40]].concat();
    let row =
        |name, end, outcome| Row::https(name, [ReadRequest, write(body.clone()), end], outcome);
    group(
        "until close",
        [
            // Only the list's own end tells that it is not whole, and it does.
            row("a short body until close_notify", Close, retried_cut("certificates[0].status")),
            row("a body until close, cut by FIN", Fin, retried(CLOSED)),
            row("a body until close, cut by RST", Reset, retried(CLOSED)),
        ],
    )
}

fn nobody_listens() -> Case {
    let required = format!("{}, then a list", retried(CONNECT));
    Case::new("connection: refused", "refuses connections, then listens", required, |transport| {
        // Bound, so that the port stays ours, but not listening yet.
        let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
        socket.bind(&SocketAddr::from((Ipv4Addr::LOCALHOST, 0)).into()).unwrap();
        let port = socket.local_addr().unwrap().as_socket().unwrap().port();
        let api = api_at(&format!("http://127.0.0.1:{port}/services/v2"));
        let client = transport.connect(api.build().unwrap());
        retried(CONNECT).check(&client.list())?;

        socket.listen(8).unwrap();
        let server = FaultServer::listen(TcpListener::from(socket), Scheme::Http, []);
        check_good("the next call", &client.list())?;
        let seen = (server.connections(), server.requests());
        require(seen == (1, 1), || format!("{seen:?} connections and requests, not (1, 1)"))
    })
}
