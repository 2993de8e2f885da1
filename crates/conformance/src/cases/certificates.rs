//! Certificates that are refused, and TLS on the wrong port: never retried, and nothing is sent.

use crate::{
    case::{Case, group},
    fault_server::{
        Identity,
        Step::{Close, HandshakeAs, ReadRequest, ReadSome},
        responses::response,
        write, write_raw,
    },
    outcome::{PROTOCOL, TLS, fails},
    row::Row,
};

pub(crate) fn cases() -> Vec<Case> {
    [refused_under_tls(), tls_on_the_plain_port()].into_iter().flatten().collect()
}

fn refused_under_tls() -> Vec<Case> {
    let refused = |name, identity| {
        // The request that would follow is never sent, so its step is not reached.
        Row::https(name, [HandshakeAs(identity), Close], fails(TLS))
    };
    let not_tls =
        |name, bytes: Vec<u8>| Row::https(name, [ReadSome, write_raw(bytes), Close], fails(TLS));
    group(
        "refused under TLS",
        [
            refused("an unknown authority", Identity::UnknownAuthority),
            refused("another host's certificate", Identity::AnotherHost),
            refused("a certificate that has expired", Identity::Expired),
            refused("a certificate that is not valid yet", Identity::NotYetValid),
            not_tls("plain HTTP on the TLS port", response("400 Bad Request", "", "speak TLS not")),
            not_tls("a banner on the TLS port", b"220 mail.example.com ESMTP ready\r\n".to_vec()),
            not_tls("a fatal alert in the handshake", vec![21, 3, 3, 0, 2, 2, 40]),
        ],
    )
}

fn tls_on_the_plain_port() -> Vec<Case> {
    let alert = write(vec![21, 3, 1, 0, 2, 2, 10]);
    let fault = [ReadRequest, alert, Close];
    group(
        "TLS on the plain port",
        [Row::http("a server that only speaks TLS", fault, fails(PROTOCOL))],
    )
}
