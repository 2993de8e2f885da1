//! Kept connections that fail at their next request. A retry goes on a new connection, and those as
//! old as the one that failed are not trusted.

use std::{thread, time::Duration};

use bytes::Bytes;
use certcentral_conformance::{Client, TRANSPORTS, TransportKind};
use certcentral_core::{ApiBuilder, DecodeError, Endpoint, Error, FailureKind, RetryPolicy};
use http::{Method, Response};

use crate::{
    answer::good,
    case::check_good,
    script::{Close, Fin, Gate, ReadRequest, Reset, Stall, Step, Wait, write},
    server::{FaultServer, Scheme},
    setup::{api, call, connect},
};

#[test]
fn kept_connections_that_are_reset_fail_no_call() {
    for on in TRANSPORTS {
        for count in [6, 100] {
            let (client, server) =
                keep(on, Scheme::Http, count, &[Reset], |api| api.retry(RetryPolicy::none()));
            check_good("the first call", &call(&client));
            check_good("the second call", &call(&client));
            assert_eq!(server.requests(), count + 3, "one met a reset, {on:?}, {count} kept");
        }
    }
}

#[test]
fn a_kept_connection_that_ends_with_the_request_uses_no_attempt() {
    for_each_end(|on, scheme, end| {
        let (client, server) =
            keep(on, scheme, 1, std::slice::from_ref(end), |api| api.retry(RetryPolicy::none()));
        check_good("the call that was dropped", &call(&client));
        assert_eq!((server.connections(), server.requests()), (2, 3), "{on:?} {scheme:?}");
    });
}

#[test]
fn a_post_on_a_kept_connection_that_ends_is_sent_once() {
    for_each_end(|on, scheme, end| {
        let (client, server) = keep(on, scheme, 1, std::slice::from_ref(end), |api| api);
        let error = client.send(Post).unwrap_err();
        let Error::Transport(transport) = &error else { panic!("{error:?}") };
        assert_eq!((transport.kind(), error.attempts()), (FailureKind::Stale, 1), "{on:?}");
        assert!(error.may_have_taken_effect() && !error.is_transient(), "{on:?} {scheme:?}");
        assert_eq!(server.requests(), 2, "{on:?} {scheme:?}");
        check_good("the next call", &call(&client));
    });
}

#[test]
fn a_retry_after_silence_uses_a_new_connection() {
    for on in TRANSPORTS {
        let (client, server) =
            keep(on, Scheme::Http, 3, &[Stall], |api| api.attempt_timeout(Duration::from_secs(1)));
        check_good("the call that met silence", &call(&client));
        assert_eq!(server.requests(), 3 + 2, "{on:?}");
    }
}

#[test]
fn a_retry_after_half_a_response_uses_a_new_connection() {
    for_each_end(|on, scheme, end| {
        let (client, server) =
            keep(on, scheme, 3, &[write("HTTP/1.1 200 OK\r\nContent-"), end.clone()], |api| api);
        check_good("the call that was cut off", &call(&client));
        assert_eq!(server.requests(), 3 + 2, "{on:?} {scheme:?}");
    });
}

/// Returns a client with `count` idle connections to a server that reads one more request on each,
/// and then does `fault`.
fn keep(
    on: TransportKind,
    scheme: Scheme,
    count: usize,
    fault: &[Step],
    settings: fn(ApiBuilder) -> ApiBuilder,
) -> (Client, FaultServer) {
    // No response is sent until all requests are there, each on a separate connection.
    let all = Gate::default();
    let first = [ReadRequest, Wait(all.clone()), write(good()), ReadRequest];
    let script = [&first[..], fault].concat();
    let server = FaultServer::start(scheme, vec![script; count]);
    let client = connect(on, settings(api(&server)).build().unwrap());
    thread::scope(|scope| {
        for _ in 0..count {
            scope.spawn(|| check_good("a first call", &call(&client)));
        }
        server.wait_for_requests(count);
        all.open();
    });
    client.settle();
    (client, server)
}

/// Runs `test` for each transport, scheme and way to end a connection.
fn for_each_end(test: impl Fn(TransportKind, Scheme, &Step)) {
    for on in TRANSPORTS {
        for scheme in [Scheme::Http, Scheme::Https] {
            for end in [Close, Fin, Reset] {
                test(on, scheme, &end);
            }
        }
    }
}

/// A call that must not be sent twice.
struct Post;

impl Endpoint for Post {
    type Output = ();

    fn method(&self) -> Method {
        Method::POST
    }

    fn path(&self) -> String {
        "/order".to_owned()
    }

    fn parse(&self, _: &Response<Bytes>) -> Result<(), DecodeError> {
        Ok(())
    }
}
