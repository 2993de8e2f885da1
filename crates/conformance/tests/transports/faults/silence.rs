//! Servers and proxies that say nothing: an attempt ends at its deadline, and says that it was one.

use std::{
    thread,
    time::{Duration, Instant},
};

use crate::both::{TRANSPORTS, TransportKind};
use certcentral_conformance::fault_server::{
    FaultServer, Scheme,
    Step::{self, ReadRequest, Stall},
    trickle, write,
};
use certcentral_core::{Error, FailureKind, RetryPolicy};

use super::setup::{api, api_at, call, check_good, connect, trusting};

/// How late an attempt may end.
const MOST: Duration = Duration::from_millis(250);

#[test]
fn a_deadline_is_kept_within_250_ms() {
    let late = |on, deadline| {
        let server = FaultServer::start(Scheme::Https, [vec![ReadRequest, Stall]]);
        let api = api(&server).attempt_timeout(deadline).retry(RetryPolicy::none());
        let client = connect(on, api.build().unwrap());
        let begun = Instant::now();
        let error = call(&client).unwrap_err();
        let took = begun.elapsed();
        assert!(error.is_timeout(), "{on:?}: {error:?}");
        took.checked_sub(deadline).unwrap_or_else(|| panic!("{on:?}: {took:?} is too early"))
    };
    let check = |on: TransportKind, deadline| {
        // Again if need be, because a busy machine can be late too.
        let late: Vec<_> =
            (0..3).map(|_| late(on, deadline)).take_while(|&late| late > MOST).collect();
        assert!(late.len() < 3, "{on:?}: {late:?} after {deadline:?}");
    };
    thread::scope(|scope| {
        for on in TRANSPORTS {
            for deadline in [2, 5].map(Duration::from_secs) {
                scope.spawn(move || check(on, deadline));
            }
        }
    });
}

/// What is announced is refused before it comes, and not at the deadline because it comes slowly.
#[test]
fn a_body_announced_beyond_the_limit_is_not_waited_for() {
    for on in TRANSPORTS {
        let head = "HTTP/1.1 200 OK\r\nContent-Length: 1001\r\n\r\n{";
        let server = FaultServer::start(Scheme::Http, [vec![ReadRequest, write(head), Stall]]);
        let client = connect(on, api(&server).body_limit(1000).build().unwrap());
        let begun = Instant::now();
        let error = call(&client).unwrap_err();
        let Error::Transport(transport) = &error else { panic!("{error:?}") };
        assert_eq!(transport.kind(), FailureKind::TooLarge, "{on:?}: {error:#}");
        assert!(begun.elapsed() < Duration::from_secs(10), "{on:?}: {:?}", begun.elapsed());
        check_good("the next call", &call(&client));
    }
}

#[test]
fn a_silent_proxy_times_out_at_the_deadline() {
    let silences: [(&str, Vec<Step>); 4] = [
        ("before the request", vec![Stall]),
        ("after the request", vec![ReadRequest, Stall]),
        ("in the head", vec![ReadRequest, write("HTTP/1.1 200 OK\r\nX"), Stall]),
        ("a trickle", vec![ReadRequest, write("HTTP/1.1 200 OK\r\n"), trickle("X: y\r\n")]),
    ];
    let check = |on, name: &str, silence| {
        let proxy = FaultServer::start(Scheme::Http, [silence]);
        let api = api_at("https://localhost/services/v2")
            .attempt_timeout(Duration::from_millis(500))
            .retry(RetryPolicy::none());
        let url = proxy.base_url().replace("/services/v2", "");
        let client = trusting(on, api.build().unwrap()).proxy(&url).build().unwrap();
        let error = call(&client).unwrap_err();
        let Error::Transport(transport) = &error else { panic!("{error:?}") };
        assert_eq!(transport.kind(), FailureKind::Timeout, "{on:?}, {name}: {error:#}");
        assert!(error.is_timeout() && error.is_transient(), "{on:?}, {name}: {error:#}");
    };
    thread::scope(|scope| {
        for on in TRANSPORTS {
            for (name, silence) in &silences {
                scope.spawn(move || check(on, name, silence.clone()));
            }
        }
    });
}
