//! Versions of TLS and HTTP, and servers that demand a client certificate.

use std::env;

use crate::both::{TRANSPORTS, TransportKind};
use certcentral_core::{Error, FailureKind};
use certcentral_sandbox::Sandbox;

use super::{
    front::{Front, ORDER, assert_listed, sandbox},
    haproxy, nginx,
};

#[test]
fn nginx_with_each_version_of_tls_and_http() {
    each_version(|sandbox, tls, http| {
        let listen = if http == "HTTP/2" { "http2" } else { "" };
        nginx::start(sandbox, listen, &format!("ssl_protocols {tls};"))
    });
}

#[test]
fn haproxy_with_each_version_of_tls_and_http() {
    each_version(|sandbox, tls, http| {
        let alpn = if http == "HTTP/2" { "h2,http/1.1" } else { "http/1.1" };
        let bind = format!("alpn {alpn} ssl-min-ver {tls} ssl-max-ver {tls}");
        haproxy::start(sandbox, &bind, "")
    });
}

fn each_version(start: impl Fn(Sandbox, &str, &str) -> Option<Front>) {
    let versions =
        TLS_VERSIONS.into_iter().flat_map(|tls| ["HTTP/1", "HTTP/2"].map(|http| (tls, http)));
    for ((tls, http), on) in versions.flat_map(|version| TRANSPORTS.map(|on| (version, on))) {
        let Some(front) = start(sandbox(), tls, http) else { return };
        let client = front.client(on);
        for _ in 0..3 {
            assert_listed(ORDER, client.list(ORDER), (on, tls, http));
        }
        let offers_http2 = on == TransportKind::Hyper && env::var_os("CERTCENTRAL_HTTP2").is_some();
        let spoken = if offers_http2 { http } else { "HTTP/1" };
        let passed = front.passed();
        let versions = passed.iter().map(|request| (&*request.tls, &*request.http));
        assert_eq!(versions.collect::<Vec<_>>(), [(tls, spoken); 3], "{on:?}");
        assert_eq!(front.connections(), 1, "{on:?} {tls} {http}");
    }
}

/// nginx completes the handshake, and says it in a page.
#[test]
fn nginx_demands_a_client_certificate() {
    for on in TRANSPORTS {
        let settings = "ssl_verify_client on; ssl_client_certificate root.pem;";
        let Some(front) = nginx::start(sandbox(), "", settings) else { return };
        let error = front.client(on).list(ORDER).unwrap_err();
        assert_eq!((error.status().unwrap().as_u16(), error.attempts()), (400, 1), "{on:?}");
        assert!(error.to_string().contains("No required SSL certificate was sent"), "{error}");
        assert_eq!(front.sandbox.connections(), 0, "{on:?}");
    }
}

/// haproxy ends the handshake with an alert. In TLS 1.3 the client has completed its part by then.
#[test]
fn haproxy_demands_a_client_certificate() {
    for (on, tls) in TRANSPORTS.into_iter().flat_map(|on| TLS_VERSIONS.map(|tls| (on, tls))) {
        let bind = format!("verify required ca-file root.pem ssl-min-ver {tls} ssl-max-ver {tls}");
        let Some(front) = haproxy::start(sandbox(), &bind, "") else { return };
        // What the client is doing when the alert comes differs each time.
        for _ in 0..10 {
            let error = front.client(on).list(ORDER).unwrap_err();
            let Error::Transport(transport) = &error else { panic!("{on:?} {tls}: {error:?}") };
            let outcome = (transport.kind(), error.attempts());
            assert_eq!(outcome, (FailureKind::Tls, 1), "{on:?} {tls}: {error:#}");
            assert!(error.to_string().contains("received fatal alert"), "{on:?} {tls}: {error}");
        }
        assert_eq!(front.sandbox.connections(), 0, "{on:?} {tls}");
    }
}

const TLS_VERSIONS: [&str; 2] = ["TLSv1.2", "TLSv1.3"];
