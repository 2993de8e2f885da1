//! TLS that fails after the client's part of the handshake.

use crate::{
    case::{Case, group},
    fault_server::{
        Identity,
        Step::{Close, HandshakeAs, ReadRequest},
        responses::half_of_good,
        write, write_raw,
    },
    outcome::{CLOSED, TLS, fails, retried},
    row::Row,
};

pub(crate) fn cases() -> Vec<Case> {
    let mut cases = a_missing_client_certificate_ends_the_call();
    cases.extend(a_record_that_is_broken_counts_as_closed());
    cases
}

/// Under TLS 1.3 the server refuses after the client's part of the handshake is over, and maybe
/// after the request was sent. It has not read it then.
fn a_missing_client_certificate_ends_the_call() -> Vec<Case> {
    let row = |name, identity| Row::https(name, [HandshakeAs(identity), Close], fails(TLS));
    group(
        "no client certificate",
        [
            row("TLS 1.2", Identity::ForClientCertificateTls12),
            row("TLS 1.3", Identity::ForClientCertificateTls13),
        ],
    )
}

/// The request may have been read by then.
fn a_record_that_is_broken_counts_as_closed() -> Vec<Case> {
    let record = |kind: u8| write_raw([&[kind, 3, 3, 0, 40][..], &[7; 40]].concat());
    let row = |name, fault: Vec<_>| Row::https(name, fault, retried(CLOSED));
    group(
        "broken record",
        [
            row("in place of a response", vec![ReadRequest, record(23), Close]),
            row("an alert that nobody can read", vec![ReadRequest, record(21), Close]),
            row(
                "plain text",
                vec![ReadRequest, write_raw("HTTP/1.1 400 Bad Request\r\n\r\n"), Close],
            ),
            row("inside a response", vec![ReadRequest, write(half_of_good()), record(23), Close]),
        ],
    )
}
