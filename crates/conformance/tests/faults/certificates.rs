//! Servers that are not who they should be: never retried, and no request is sent.

use crate::{
    answer::answer,
    case::{Case, PROTOCOL, TLS, fails, run},
    identity,
    script::{Close, HandshakeAs, ReadRequest, ReadSome, write, write_raw},
};

#[test]
fn refused_under_tls() {
    let refused = |name, config| {
        // The request that would follow is never sent, so its step is not reached.
        Case::https(name, [HandshakeAs(config), Close], fails(TLS))
    };
    let not_tls =
        |name, bytes: Vec<u8>| Case::https(name, [ReadSome, write_raw(bytes), Close], fails(TLS));
    run(&[
        refused("an unknown authority", identity::of_unknown_authority()),
        refused("another host's certificate", identity::of_another_host()),
        refused("a certificate that has expired", identity::expired()),
        refused("a certificate that is not valid yet", identity::not_yet_valid()),
        not_tls("plain HTTP on the TLS port", answer("400 Bad Request", "", "speak TLS not")),
        not_tls("a banner on the TLS port", b"220 mail.example.com ESMTP ready\r\n".to_vec()),
        not_tls("a fatal alert in the handshake", vec![21, 3, 3, 0, 2, 2, 40]),
    ]);
}

#[test]
fn tls_on_the_plain_port() {
    let alert = write(vec![21, 3, 1, 0, 2, 2, 10]);
    let fault = [ReadRequest, alert, Close];
    run(&[Case::http("a server that only speaks TLS", fault, fails(PROTOCOL))]);
}
