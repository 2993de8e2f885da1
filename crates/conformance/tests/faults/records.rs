//! TLS that fails once the client takes the handshake for done.

use rustls::version::{TLS12, TLS13};

use crate::{
    answer::half_of_good,
    case::{CLOSED, Case, TLS, fails, retried, run},
    identity::demanding_a_client_certificate,
    script::{Close, HandshakeAs, ReadRequest, write, write_raw},
};

/// Under TLS 1.3 the server refuses after the client's part of the handshake is over, and maybe
/// after the request was sent. It has not read it then.
#[test]
fn a_missing_client_certificate_ends_the_call() {
    run(&[("TLS 1.2", &TLS12), ("TLS 1.3", &TLS13)].map(|(name, version)| {
        let refusal = HandshakeAs(demanding_a_client_certificate(version));
        Case::https(name, [refusal, Close], fails(TLS))
    }));
}

/// The request may have been read by then.
#[test]
fn a_record_that_is_broken_counts_as_closed() {
    let record = |kind: u8| write_raw([&[kind, 3, 3, 0, 40][..], &[7; 40]].concat());
    let row = |name, fault: Vec<_>| Case::https(name, fault, retried(CLOSED));
    run(&[
        row("in place of a response", vec![ReadRequest, record(23), Close]),
        row("an alert that nobody can read", vec![ReadRequest, record(21), Close]),
        row("plain text", vec![ReadRequest, write_raw("HTTP/1.1 400 Bad Request\r\n\r\n"), Close]),
        row("inside a response", vec![ReadRequest, write(half_of_good()), record(23), Close]),
    ]);
}
