//! Connections that a program ends: after some requests, when they are idle, when it restarts.
//!
//! That is no failure of the service, so it uses up no attempt: each call here has one.

use std::{
    thread,
    time::{Duration, Instant},
};

use crate::both::TRANSPORTS;
use certcentral_core::{Error, FailureKind};
use certcentral_sandbox::Sandbox;

use super::{
    front::{Front, ORDER, assert_listed, at_once, sandbox},
    haproxy, nginx,
};

/// nginx without HTTP/2 and with it.
const LISTEN: [&str; 2] = ["", "http2"];

#[test]
fn nginx_closes_after_three_requests() {
    const CALLS: usize = 12;
    for (on, listen) in TRANSPORTS.into_iter().flat_map(|on| LISTEN.map(|listen| (on, listen))) {
        let Some(front) = nginx::start(sandbox(), listen, "keepalive_requests 3;") else { return };
        let client = front.client_without_retries(on);
        for call in 1..=CALLS {
            assert_listed(ORDER, client.list(ORDER), (on, listen, call));
        }
        assert_eq!((front.connections(), front.passed().len()), (CALLS / 3, CALLS), "{on:?}");
    }
}

#[test]
fn nginx_closes_after_three_requests_of_many_at_once() {
    const THREADS: usize = 8;
    const CALLS: usize = 6;
    for (on, listen) in TRANSPORTS.into_iter().flat_map(|on| LISTEN.map(|listen| (on, listen))) {
        let Some(front) = nginx::start(sandbox(), listen, "keepalive_requests 3;") else { return };
        let client = front.client_without_retries(on);
        thread::scope(|scope| {
            for _ in 0..THREADS {
                scope.spawn(|| {
                    for call in 1..=CALLS {
                        assert_listed(ORDER, client.list(ORDER), (on, listen, call));
                    }
                });
            }
        });
        assert_eq!(front.passed().len(), THREADS * CALLS, "{on:?} {listen}");
    }
}

#[test]
fn nginx_closes_after_each_response() {
    closed_after_each_response(|sandbox| nginx::start(sandbox, "", "keepalive_timeout 0;"));
}

#[test]
fn haproxy_closes_after_each_response() {
    closed_after_each_response(|sandbox| haproxy::start(sandbox, "", "option httpclose"));
}

fn closed_after_each_response(start: impl Fn(Sandbox) -> Option<Front>) {
    for on in TRANSPORTS {
        let Some(front) = start(sandbox()) else { return };
        let client = front.client_without_retries(on);
        for _ in 0..3 {
            assert_listed(ORDER, client.list(ORDER), on);
        }
        assert_eq!((front.connections(), front.passed().len()), (3, 3), "{on:?}");
    }
}

#[test]
fn haproxy_closes_the_connections_behind_it() {
    for on in TRANSPORTS {
        let settings = "option http-server-close";
        let Some(front) = haproxy::start(sandbox(), "", settings) else { return };
        let client = front.client_without_retries(on);
        for _ in 0..3 {
            assert_listed(ORDER, client.list(ORDER), on);
        }
        assert_eq!((front.connections(), front.sandbox.connections()), (1, 3), "{on:?}");
    }
}

#[test]
fn nginx_closes_an_idle_connection_as_it_is_used() {
    for listen in LISTEN {
        closed_when_idle(|sandbox| nginx::start(sandbox, listen, "keepalive_timeout 10ms;"));
    }
}

#[test]
fn haproxy_closes_an_idle_connection_as_it_is_used() {
    for alpn in ["alpn http/1.1", "alpn h2,http/1.1"] {
        closed_when_idle(|sandbox| haproxy::start(sandbox, alpn, "timeout http-keep-alive 10ms"));
    }
}

/// Calls around the time at which the program closes: before, after, and sometimes right then.
fn closed_when_idle(start: impl Fn(Sandbox) -> Option<Front> + Sync) {
    const CALLS: u64 = 40;
    at_once(|on| {
        let Some(front) = start(sandbox()) else { return };
        let client = front.client_without_retries(on);
        for call in 1..=CALLS {
            assert_listed(ORDER, client.list(ORDER), (on, call));
            thread::sleep(Duration::from_micros(9_000 + 50 * call));
        }
        assert_eq!(front.passed().len() as u64, CALLS, "{on:?}");
    });
}

/// Small packets must not wait until the last one is acknowledged (`TCP_NODELAY`): the peer may take
/// 40 ms for that, because it hopes to send something with it.
#[test]
fn a_new_connection_takes_no_pause() {
    const PAUSE: Duration = Duration::from_millis(40);
    for on in TRANSPORTS {
        let Some(front) = nginx::start(sandbox(), "", "keepalive_timeout 0;") else { return };
        let client = front.client_without_retries(on);
        // Only that nearly all calls are slow says so: a busy machine makes some slow, too.
        let fifth_of_twenty = || {
            let mut times = [(); 20].map(|()| {
                let begun = Instant::now();
                assert_listed(ORDER, client.list(ORDER), on);
                begun.elapsed()
            });
            times.sort_unstable();
            times[4]
        };
        let slow: Vec<_> =
            (0..5).map(|_| fifth_of_twenty()).take_while(|&time| time >= PAUSE).collect();
        assert!(slow.len() < 5, "{on:?}: {slow:?}");
    }
}

#[test]
fn nginx_is_restarted_between_calls() {
    restarted(|sandbox| nginx::start(sandbox, "http2", ""));
}

#[test]
fn haproxy_is_restarted_between_calls() {
    restarted(|sandbox| haproxy::start(sandbox, "alpn h2,http/1.1", ""));
}

fn restarted(start: impl Fn(Sandbox) -> Option<Front>) {
    for on in TRANSPORTS {
        let Some(mut front) = start(sandbox()) else { return };
        let client = front.client_without_retries(on);
        assert_listed(ORDER, client.list(ORDER), on);
        front.process.kill();
        let error = client.list(ORDER).unwrap_err();
        let Error::Transport(transport) = &error else { panic!("{on:?}: {error:?}") };
        assert_eq!(transport.kind(), FailureKind::Connect, "{on:?}: {error:#}");
        front.process.restart();
        assert_listed(ORDER, client.list(ORDER), on);
        assert_eq!((front.connections(), front.passed().len()), (2, 2), "{on:?}");
    }
}
