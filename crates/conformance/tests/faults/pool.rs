//! Connections that are kept, and what can happen to them meanwhile.

use certcentral_conformance::{TRANSPORTS, TransportKind};
use certcentral_core::RetryPolicy;

use crate::{
    answer::{ONE_ROW, answer, good, ok},
    case::check_good,
    script::{Close, CloseNotify, Fin, Gate, Open, ReadRequest, Reset, Stall, Step, Wait, write},
    server::{FaultServer, Scheme},
    setup::{api, call, connect},
};

const SCHEMES: [Scheme; 2] = [Scheme::Http, Scheme::Https];

#[test]
fn closed_while_idle_spends_no_attempt() {
    each_end(|on, scheme, end| {
        let go = Gate::default();
        let script = vec![ReadRequest, write(good()), Wait(go.clone()), end.clone()];
        let server = FaultServer::start(scheme, [script]);
        // With one attempt and no more, a call that had spent it would fail.
        let client = connect(on, api(&server).retry(RetryPolicy::none()).build().unwrap());
        check_good("the first call", &call(&client));
        go.open();
        server.wait_for_ends(1);
        client.settle();
        check_good("the call after", &call(&client));
        assert_eq!((server.connections(), server.requests()), (2, 2), "{on:?} {scheme:?}");
    });
}

#[test]
fn closed_after_reading_the_request_is_retried() {
    each_end(|on, scheme, end| {
        let script = vec![ReadRequest, write(good()), ReadRequest, end.clone()];
        let server = FaultServer::start(scheme, [script]);
        let client = connect(on, api(&server).build().unwrap());
        check_good("the first call", &call(&client));
        check_good("the call that was dropped", &call(&client));
        assert_eq!((server.connections(), server.requests()), (2, 3), "{on:?} {scheme:?}");
    });
}

#[test]
fn a_stray_response_on_an_idle_connection_is_dropped() {
    for (on, scheme) in TRANSPORTS.into_iter().flat_map(|on| SCHEMES.map(|scheme| (on, scheme))) {
        let (go, done) = (Gate::default(), Gate::default());
        let stray = write(ok(ONE_ROW.replace(":1,", ":2,")));
        let idle = [Wait(go.clone()), stray, Open(done.clone()), Stall];
        let script = [vec![ReadRequest, write(good())], idle.to_vec()].concat();
        let server = FaultServer::start(scheme, [script]);
        let client = connect(on, api(&server).retry(RetryPolicy::none()).build().unwrap());
        check_good("the first call", &call(&client));
        go.open();
        done.wait();
        client.settle();
        check_good("the call after", &call(&client));
        assert_eq!((server.connections(), server.requests()), (2, 2), "{on:?} {scheme:?}");
    }
}

/// TLS and the buffers above it can hold what the socket no longer shows.
#[test]
fn a_stray_response_after_a_good_one_is_dropped() {
    let stray = ok(format!("{}{}", " ".repeat(8 * 1024), ONE_ROW.replace(":1,", ":2,")));
    for (on, scheme) in TRANSPORTS.into_iter().flat_map(|on| SCHEMES.map(|scheme| (on, scheme))) {
        for both in [
            vec![write([good(), stray.clone()].concat())],
            vec![write(good()), write(stray.clone())],
        ] {
            let script = [vec![ReadRequest], both, vec![Stall]].concat();
            let server = FaultServer::start(scheme, [script]);
            let client = connect(on, api(&server).retry(RetryPolicy::none()).build().unwrap());
            check_good("the first call", &call(&client));
            client.settle();
            check_good("the call after", &call(&client));
            assert_eq!((server.connections(), server.requests()), (2, 2), "{on:?} {scheme:?}");
        }
    }
}

#[test]
fn a_close_notify_on_an_idle_connection_spends_no_attempt() {
    for on in TRANSPORTS {
        let script = vec![ReadRequest, write(good()), CloseNotify, Stall];
        let server = FaultServer::start(Scheme::Https, [script]);
        let client = connect(on, api(&server).retry(RetryPolicy::none()).build().unwrap());
        check_good("the first call", &call(&client));
        client.settle();
        check_good("the call after", &call(&client));
        assert_eq!((server.connections(), server.requests()), (2, 2), "{on:?}");
    }
}

#[test]
fn responses_of_every_kind_leave_the_connection_usable() {
    let statuses = ["404 Not Found", "301 Moved", "400 Bad Request", "501 What", "200 OK"];
    for on in TRANSPORTS {
        let answers = statuses.map(|status| [ReadRequest, write(answer(status, "", "no JSON"))]);
        let bare = ["204 No Content", "304 Not Modified"]
            .map(|status| [ReadRequest, write(format!("HTTP/1.1 {status}\r\n\r\n"))]);
        let script = [answers.as_flattened(), bare.as_flattened()].concat();
        let server = FaultServer::start(Scheme::Https, [script]);
        let client = connect(on, api(&server).build().unwrap());
        for _ in 0..statuses.len() + bare.len() {
            call(&client).unwrap_err();
        }
        check_good("the next call", &call(&client));
        assert_eq!((server.connections(), server.requests()), (1, 8), "{on:?}");
    }
}

/// Runs `test` for each transport, scheme and way to end a connection.
fn each_end(test: impl Fn(TransportKind, Scheme, &Step)) {
    for on in TRANSPORTS {
        for scheme in SCHEMES {
            for end in [Close, Fin, Reset] {
                test(on, scheme, &end);
            }
        }
    }
}
