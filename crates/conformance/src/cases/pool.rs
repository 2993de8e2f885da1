//! Idle connections that the server uses, closes or writes to.

use certcentral_core::RetryPolicy;

use crate::{
    case::{Case, api, group, require},
    cases::settle,
    fault_server::{
        FaultServer, Gate, Scheme,
        Step::{self, Close, CloseNotify, Fin, Open, ReadRequest, Reset, Stall, Wait},
        in_words,
        responses::{ONE_ROW, good, ok, response},
        write,
    },
    outcome::ended,
    row::check_good,
    transport::Connector,
};

const SCHEMES: [Scheme; 2] = [Scheme::Http, Scheme::Https];

pub(crate) fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for scheme in SCHEMES {
        for end in [Close, Fin, Reset] {
            cases.push(closed_while_idle_spends_no_attempt(scheme, end.clone()));
            cases.push(closed_after_reading_the_request_is_retried(scheme, end));
        }
        cases.push(a_stray_response_on_an_idle_connection_is_dropped(scheme));
        cases.extend(a_stray_response_after_a_good_one_is_dropped(scheme));
    }
    cases.push(a_close_notify_on_an_idle_connection_spends_no_attempt());
    cases.push(responses_of_every_kind_leave_the_connection_usable());
    group("kept connection", cases)
}

fn closed_while_idle_spends_no_attempt(scheme: Scheme, end: Step) -> Case {
    let name = format!("{end} while it is idle, {scheme:?}");
    let server = format!("responds, {end}");
    Case::new(name, server, "two lists, without a retry", move |transport| {
        let go = Gate::default();
        let script = vec![ReadRequest, write(good()), Wait(go.clone()), end.clone()];
        let server = FaultServer::start(scheme, [script]);
        two_lists_without_a_retry(transport, &server, || {
            go.open();
            server.wait_for_ends(1);
        })
    })
}

fn closed_after_reading_the_request_is_retried(scheme: Scheme, end: Step) -> Case {
    let name = format!("{end} after a request, {scheme:?}");
    let server = format!("responds, reads a request, {end}");
    let script = vec![ReadRequest, write(good()), ReadRequest, end];
    Case::new(name, server, "two lists, the second after a retry", move |transport| {
        let server = FaultServer::start(scheme, [script.clone()]);
        let client = transport.connect(api(&server).build().unwrap());
        check_good("the first call", &client.list())?;
        settle();
        check_good("the call that was dropped", &client.list())?;
        check_seen(&server, (2, 3))
    })
}

fn a_stray_response_on_an_idle_connection_is_dropped(scheme: Scheme) -> Case {
    let name = format!("a stray response while it is idle, {scheme:?}");
    let server = "responds, and later once more";
    Case::new(name, server, "two lists, each its own", move |transport| {
        let (go, done) = (Gate::default(), Gate::default());
        let idle = [Wait(go.clone()), write(ok(another_list())), Open(done.clone()), Stall];
        let script = [vec![ReadRequest, write(good())], idle.to_vec()].concat();
        let server = FaultServer::start(scheme, [script]);
        two_lists_without_a_retry(transport, &server, || {
            go.open();
            done.wait();
        })
    })
}

/// TLS and the buffers above it can hold what the socket no longer shows.
fn a_stray_response_after_a_good_one_is_dropped(scheme: Scheme) -> [Case; 2] {
    // Longer than what is read at once.
    let stray = ok(format!("{}{}", " ".repeat(8 * 1024), another_list()));
    let at_once = vec![write([good(), stray.clone()].concat())];
    let after_it = vec![write(good()), write(stray)];
    [("with", at_once), ("right after", after_it)].map(|(when, writes)| {
        let name = format!("a stray response {when} a good one, {scheme:?}");
        let script = [vec![ReadRequest], writes, vec![Stall]].concat();
        Case::new(name, in_words(&script), "two lists, each its own", move |transport| {
            let server = FaultServer::start(scheme, [script.clone()]);
            two_lists_without_a_retry(transport, &server, || {})
        })
    })
}

fn another_list() -> String {
    ONE_ROW.replace(":1,", ":2,")
}

fn a_close_notify_on_an_idle_connection_spends_no_attempt() -> Case {
    let script = vec![ReadRequest, write(good()), CloseNotify, Stall];
    let required = "two lists, without a retry";
    Case::new("close_notify without FIN", in_words(&script), required, move |transport| {
        let server = FaultServer::start(Scheme::Https, [script.clone()]);
        two_lists_without_a_retry(transport, &server, || {})
    })
}

fn responses_of_every_kind_leave_the_connection_usable() -> Case {
    let statuses = ["404 Not Found", "301 Moved", "400 Bad Request", "501 What", "200 OK"];
    let responses = statuses.map(|status| response(status, "", "no JSON"));
    let bare = ["204 No Content", "304 Not Modified"]
        .map(|status| format!("HTTP/1.1 {status}\r\n\r\n").into_bytes());
    let script: Vec<_> = [&responses[..], &bare]
        .concat()
        .into_iter()
        .flat_map(|response| [ReadRequest, write(response)])
        .collect();
    let server = "responds with 404, 301, 400, 501, 200 without a list, 204, 304";
    let required = "seven errors and a list, on one connection";
    Case::new("after responses of every kind", server, required, move |transport| {
        let server = FaultServer::start(Scheme::Https, [script.clone()]);
        let client = transport.connect(api(&server).build().unwrap());
        for _ in 0..7 {
            let result = client.list();
            require(result.is_err(), || ended(&result))?;
            settle();
        }
        check_good("the next call", &client.list())?;
        check_seen(&server, (1, 8))
    })
}

/// Lists twice on one client, with something done to the connection between the two calls. With one
/// attempt and no more, a call that had spent it would fail.
fn two_lists_without_a_retry(
    transport: &Connector,
    server: &FaultServer,
    meanwhile: impl FnOnce(),
) -> Result<(), String> {
    let api = api(server).retry(RetryPolicy::none()).build().unwrap();
    let client = transport.connect(api);
    check_good("the first call", &client.list())?;
    meanwhile();
    settle();
    check_good("the call after", &client.list())?;
    check_seen(server, (2, 2))
}

fn check_seen(server: &FaultServer, required: (usize, usize)) -> Result<(), String> {
    let seen = (server.connections(), server.requests());
    require(seen == required, || format!("{seen:?} connections and requests, not {required:?}"))
}
