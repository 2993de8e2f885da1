//! Squid and Tinyproxy on the way to the service.

use crate::both::TRANSPORTS;
use certcentral_core::{Error, FailureKind};

use super::{
    authority,
    front::{self, LONG_ORDER, ORDER, assert_listed},
    nginx,
    port::Port,
    proxy::{
        Access::{self, Https, Open, Password},
        Proxy, sandbox,
    },
    squid, tinyproxy,
};

#[test]
fn squid_opens_a_tunnel() {
    opened(squid::start);
}

#[test]
fn tinyproxy_opens_a_tunnel() {
    opened(tinyproxy::start);
}

fn opened(start: Start) {
    for (access, user) in [(Open, ""), (Password, "user:S3cret@")] {
        let Some(proxy) = start(access) else { return };
        for on in TRANSPORTS {
            let sandbox = sandbox();
            let client = proxy.client(on, user, &sandbox);
            for order in [ORDER, LONG_ORDER, ORDER] {
                assert_listed(order, client.list(order), (on, access));
            }
            assert_eq!(sandbox.connections(), 1, "{on:?} {access:?}");
        }
    }
}

#[test]
fn nginx_is_reached_through_squid() {
    nginx_through(squid::start);
}

#[test]
fn nginx_is_reached_through_tinyproxy() {
    nginx_through(tinyproxy::start);
}

fn nginx_through(start: Start) {
    for on in TRANSPORTS {
        let Some(proxy) = start(Open) else { return };
        let Some(front) = nginx::start(front::sandbox(), "http2", "keepalive_requests 3;") else {
            return;
        };
        let client = proxy.client_of(on, "", front.api(), &authority::root_pem());
        for _ in 0..6 {
            assert_listed(ORDER, client.list(ORDER), on);
        }
        assert_eq!((front.connections(), front.passed().len()), (2, 6), "{on:?}");
    }
}

#[test]
fn squid_refuses_a_client_without_its_password() {
    refused(squid::start, Password, "", "407 Proxy Authentication Required; it offers Basic; put");
    let check = "407 Proxy Authentication Required; it offers Basic; check the user and password";
    refused(squid::start, Password, "user:wr0ng@", check);
}

/// It says 401 to a wrong password, though that is a server's word.
#[test]
fn tinyproxy_refuses_a_client_without_its_password() {
    let put = "407 Proxy Authentication Required; it offers Basic; put a user and password";
    refused(tinyproxy::start, Password, "", put);
    refused(tinyproxy::start, Password, "user:wr0ng@", "401 Unauthorized (");
}

#[test]
fn squid_refuses_a_port() {
    let words = "403 Forbidden (\"ERROR: The requested URL could not be retrieved";
    refused(squid::start, Https, "", words);
}

#[test]
fn tinyproxy_refuses_a_port() {
    refused(tinyproxy::start, Https, "", "CONNECT method not allowed with the port");
}

fn refused(start: Start, access: Access, user: &str, words: &str) {
    let Some(proxy) = start(access) else { return };
    for on in TRANSPORTS {
        let sandbox = sandbox();
        let error = proxy.client(on, user, &sandbox).list(ORDER).unwrap_err();
        // Once only: a password that is tried again and again locks an account.
        assert_eq!((kind_of(&error), error.attempts()), (FailureKind::Proxy, 1), "{on:?}: {error}");
        assert_quotes(&error, &proxy, words);
        assert!(!format!("{error:#} {error:?}").contains("wr0ng"), "{on:?}: {error:?}");
        assert_eq!(sandbox.connections(), 0, "{on:?}");
    }
}

#[test]
fn squid_cannot_reach_the_service() {
    unreachable(squid::start, "503 Service Unavailable (\"ERROR: The requested URL could not");
}

#[test]
fn tinyproxy_cannot_reach_the_service() {
    unreachable(tinyproxy::start, "Tinyproxy was unable to connect to the remote web server");
}

fn unreachable(start: Start, words: &str) {
    let Some(proxy) = start(Open) else { return };
    let down = Port::reserve();
    for on in TRANSPORTS {
        let sandbox = sandbox();
        let api = front::api(&format!("https://localhost:{}", down.number()), &sandbox);
        let client = proxy.client_of(on, "", api, sandbox.ca_pem().unwrap());
        let error = client.list(ORDER).unwrap_err();
        assert_eq!((kind_of(&error), error.attempts()), (FailureKind::Connect, 3), "{on:?}");
        assert_quotes(&error, &proxy, words);
    }
}

#[test]
fn squid_is_restarted_between_calls() {
    restarted(squid::start);
}

#[test]
fn tinyproxy_is_restarted_between_calls() {
    restarted(tinyproxy::start);
}

fn restarted(start: Start) {
    for on in TRANSPORTS {
        let Some(mut proxy) = start(Open) else { return };
        let sandbox = sandbox();
        let client = proxy.client(on, "", &sandbox);
        assert_listed(ORDER, client.list(ORDER), on);
        proxy.0.kill();
        let error = client.list(ORDER).unwrap_err();
        assert_eq!(kind_of(&error), FailureKind::Connect, "{on:?}: {error}");
        let whole = format!("{error:#}");
        let named = whole.contains(&format!("proxy {}", proxy.address()));
        assert!(named && whole.contains("Connection refused"), "{on:?}: {whole}");
        proxy.0.restart();
        assert_listed(ORDER, client.list(ORDER), on);
        assert_eq!((sandbox.connections(), sandbox.requests().len()), (2, 2), "{on:?}");
    }
}

type Start = fn(Access) -> Option<Proxy>;

fn kind_of(error: &Error) -> FailureKind {
    let Error::Transport(transport) = error else { panic!("{error:?}") };
    transport.kind()
}

/// Asserts that one line names the proxy and has `words` in it.
fn assert_quotes(error: &Error, proxy: &Proxy, words: &str) {
    let line = error.to_string();
    let named = line.contains(&format!("the proxy {} ", proxy.address()));
    assert!(named && line.contains(words), "{words}: {line}");
}
