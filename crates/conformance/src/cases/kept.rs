//! Kept connections that fail at their next request. A retry uses a new connection, and no other that
//! is as old as the one that failed.

use std::{slice::from_ref, thread};

use certcentral_core::{ApiBuilder, FailureKind, RetryPolicy};

use crate::{
    case::{Case, api, group, require},
    cases::settle,
    fault_server::{
        FaultServer, Gate, Scheme,
        Step::{self, Close, Fin, ReadRequest, Reset, Stall, Wait},
        in_words,
        responses::good,
        write,
    },
    outcome::{error_in_words, kind},
    row::check_good,
    transport::{Client, Connector},
};

pub(crate) fn cases() -> Vec<Case> {
    let mut uses_no_attempt = Vec::new();
    let mut is_sent_once = Vec::new();
    let mut on_a_new_one = vec![a_retry_after_silence_uses_a_new_connection()];
    for scheme in [Scheme::Http, Scheme::Https] {
        for end in [Close, Fin, Reset] {
            let name = format!("{end}, {scheme:?}");
            uses_no_attempt.push(a_get_uses_no_attempt(&name, scheme, &end));
            is_sent_once.push(a_post_is_sent_once(&name, scheme, &end));
            on_a_new_one
                .push(a_retry_after_half_a_response_uses_a_new_connection(&name, scheme, &end));
        }
    }
    let groups = [
        group("kept connections reset", [6, 100].map(kept_connections_that_are_reset_fail_no_call)),
        group("kept connection ends at a GET", uses_no_attempt),
        group("kept connection ends at a POST", is_sent_once),
        group("kept connection fails", on_a_new_one),
    ];
    groups.into_iter().flatten().collect()
}

fn kept_connections_that_are_reset_fail_no_call(count: usize) -> Case {
    let kept = Kept::new(Scheme::Http, count, &[Reset], |api| api.retry(RetryPolicy::none()));
    kept.case(format!("{count} of them"), "two lists, one reset", move |client, server| {
        check_good("the first call", &client.list())?;
        check_good("the second call", &client.list())?;
        check_requests(server, count + 3)
    })
}

fn a_get_uses_no_attempt(name: &str, scheme: Scheme, end: &Step) -> Case {
    let kept = Kept::new(scheme, 1, from_ref(end), |api| api.retry(RetryPolicy::none()));
    kept.case(name, "a list on a new connection", |client, server| {
        check_good("the call that was dropped", &client.list())?;
        check_requests(server, 3)?;
        let connections = server.connections();
        require(connections == 2, || format!("{connections} connections, not 2"))
    })
}

fn a_post_is_sent_once(name: &str, scheme: Scheme, end: &Step) -> Case {
    let kept = Kept::new(scheme, 1, from_ref(end), |api| api);
    let required = "Stale, 1 attempt, may have taken effect";
    kept.case(name, required, |client, server| {
        let error = client.post().err().ok_or("a response")?;
        let is_stale = kind(&error) == Some(FailureKind::Stale) && error.attempts() == 1;
        let is_open = error.may_have_taken_effect() && !error.is_transient();
        require(is_stale && is_open, || error_in_words(&error))?;
        check_requests(server, 2)?;
        check_good("the next call", &client.list())
    })
}

fn a_retry_after_silence_uses_a_new_connection() -> Case {
    let kept = Kept::new(Scheme::Http, 3, &[Stall], |api| api);
    let (server, required) = (kept.in_words(), "a list after one timeout");
    Case::new("silence", server, required, move |transport| {
        transport.with_patience(|time| {
            let (client, server) = kept.connect(transport, |api| api.attempt_timeout(time))?;
            check_good("the call that met silence", &client.list())?;
            check_requests(&server, 3 + 2)
        })
    })
}

fn a_retry_after_half_a_response_uses_a_new_connection(
    name: &str,
    scheme: Scheme,
    end: &Step,
) -> Case {
    let half = [write("HTTP/1.1 200 OK\r\nContent-"), end.clone()];
    let kept = Kept::new(scheme, 3, &half, |api| api);
    kept.case(format!("in the headers, {name}"), "a list after one retry", |client, server| {
        check_good("the call that was cut off", &client.list())?;
        check_requests(server, 3 + 2)
    })
}

/// A client with idle connections to a server that reads one more request on each, and then does
/// something.
struct Kept {
    scheme: Scheme,
    count: usize,
    fault: Vec<Step>,
    settings: fn(ApiBuilder) -> ApiBuilder,
}

impl Kept {
    fn new(
        scheme: Scheme,
        count: usize,
        fault: &[Step],
        settings: fn(ApiBuilder) -> ApiBuilder,
    ) -> Self {
        Self { scheme, count, fault: fault.to_vec(), settings }
    }

    fn case(
        self,
        name: impl Into<String>,
        required: &str,
        check: impl Fn(&Client, &FaultServer) -> Result<(), String> + Send + Sync + 'static,
    ) -> Case {
        Case::new(name, self.in_words(), required, move |transport| {
            let (client, server) = self.connect(transport, self.settings)?;
            check(&client, &server)
        })
    }

    fn in_words(&self) -> String {
        format!(
            "keeps {} connections, at the next request on each {}",
            self.count,
            in_words(&self.fault)
        )
    }

    fn connect(
        &self,
        transport: &Connector,
        settings: impl FnOnce(ApiBuilder) -> ApiBuilder,
    ) -> Result<(Client, FaultServer), String> {
        // No response is sent until all requests are there, each on a separate connection.
        let all = Gate::default();
        let first = [ReadRequest, Wait(all.clone()), write(good()), ReadRequest];
        let script = [&first[..], &self.fault].concat();
        let server = FaultServer::start(self.scheme, vec![script; self.count]);
        let client = transport.connect(settings(api(&server)).build().unwrap());
        thread::scope(|scope| {
            let call = || check_good("a first call", &client.list());
            let calls: Vec<_> = (0..self.count).map(|_| scope.spawn(call)).collect();
            server.wait_for_requests(self.count);
            all.open();
            calls.into_iter().try_for_each(|call| call.join().unwrap())
        })?;
        settle();
        Ok((client, server))
    }
}

fn check_requests(server: &FaultServer, required: usize) -> Result<(), String> {
    let seen = server.requests();
    require(seen == required, || format!("{seen} requests, not {required}"))
}
