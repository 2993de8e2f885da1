//! A call that is not repeatable: it is sent again only if the service cannot have processed it.

use std::time::Duration;

use certcentral_core::Error;

use crate::{
    case::{Case, api, group, require},
    fault_server::{
        FaultServer, Scheme,
        Step::{self, Close, Fin, ReadRequest, Reset, Stall, TrickleHandshake},
        in_words,
        responses::{good, half_of_good, response},
        write,
    },
    outcome::{error_in_words, kind},
    row::check_good,
    transport::Connector,
};

pub(crate) fn cases() -> Vec<Case> {
    let closed = [Close, Fin, Reset].into_iter().flat_map(|end| {
        let inside = vec![ReadRequest, write(half_of_good()), end.clone()];
        [
            open(format!("{end} after the request"), "Closed", vec![ReadRequest, end.clone()]),
            open(format!("{end} inside the response"), "Closed", inside),
        ]
    });
    let silent = [
        open("silence after the request", "Timeout", vec![ReadRequest, Stall]),
        open(
            "silence inside the response",
            "Timeout",
            vec![ReadRequest, write(half_of_good()), Stall],
        ),
    ];
    let other = [
        open("no HTTP", "Protocol", vec![ReadRequest, write("no HTTP\r\n\r\n"), Close]),
        open("a body beyond the limit", "TooLarge", said(200, &" ".repeat(2 * LIMIT))),
    ];
    let troubles = [408, 500, 502, 503, 504].map(|status| {
        open(format!("{status}"), &format!("status {status}"), said(status, "<h1>sorry</h1>"))
    });
    let refusals = [400, 401, 403, 404, 409, 422].map(|status| {
        let fault = said(status, r#"{"errors":[{"code":"invalid_param"}]}"#);
        Post { is_open: false, ..open(format!("{status}"), &format!("status {status}"), fault) }
    });
    let once = closed.chain(silent).chain(other).chain(troubles).chain(refusals);
    let mut cases = group("post", once);
    let unsent = [without_a_connection(), without_a_connection_in_time()];
    cases.extend(group("post", [after_a_429()].into_iter().chain(unsent)));
    cases
}

const LIMIT: usize = 1000;

/// A `POST` that is sent once.
struct Post {
    name: String,
    /// How it ends: a kind of failure, or a status.
    end: String,
    fault: Vec<Step>,
    /// Whether nothing tells if the service has processed it.
    is_open: bool,
}

fn open(name: impl Into<String>, end: &str, fault: Vec<Step>) -> Post {
    Post { name: name.into(), end: end.to_owned(), fault, is_open: true }
}

impl Post {
    fn check(&self, transport: &Connector) -> Result<(), String> {
        let server = FaultServer::start(Scheme::Https, [self.fault.clone()]);
        let api = api(&server).attempt_timeout(Duration::from_secs(1)).body_limit(LIMIT);
        let client = transport.connect(api.build().unwrap());
        let error = client.post().err().ok_or("a response")?;
        let is_end = error_end(&error) == self.end && error.attempts() == 1;
        let is_open = error.may_have_taken_effect() && !error.is_transient();
        require(is_end && is_open == self.is_open, || error_in_words(&error))?;
        let requests = server.requests();
        require(requests == 1, || format!("{requests} requests, not 1"))?;
        check_good("the next call", &client.list())
    }
}

impl From<Post> for Case {
    fn from(post: Post) -> Self {
        let (name, server) = (post.name.clone(), in_words(&post.fault));
        let effect = if post.is_open { "may have taken effect" } else { "took no effect" };
        let required = format!("{}, 1 attempt, {effect}", post.end);
        Self::new(name, server, required, move |transport| post.check(transport))
    }
}

fn error_end(error: &Error) -> String {
    match (kind(error), error.status()) {
        (Some(kind), _) => format!("{kind:?}"),
        (None, Some(status)) => format!("status {}", status.as_u16()),
        (None, None) => "neither".to_owned(),
    }
}

/// A 429 says that the request was not processed.
fn after_a_429() -> Case {
    let fault = [ReadRequest, write(response("429 Slow Down", "Retry-After: 1\r\n", ""))];
    let scripts = [fault.to_vec(), vec![ReadRequest, write(good())]];
    Case::new("429", in_words(&fault), "a response after 2 requests", move |transport| {
        let server = FaultServer::start(Scheme::Https, scripts.clone());
        let client = transport.connect(api(&server).build().unwrap());
        client.post().map_err(|error| error_in_words(&error))?;
        let requests = server.requests();
        require(requests == 2, || format!("{requests} requests, not 2"))
    })
}

/// Without a connection, nothing was sent.
fn without_a_connection() -> Case {
    let fault = vec![TrickleHandshake];
    let required = "Connect, 3 attempts, took no effect";
    Case::new("no connection", in_words(&fault), required, move |transport| {
        let server = FaultServer::start(Scheme::Https, vec![fault.clone(); 3]);
        let api = api(&server).build().unwrap();
        let client = transport.connect_within(api, Duration::from_millis(300));
        let error = client.post().err().ok_or("a response")?;
        let is_connect = error_end(&error) == "Connect" && error.attempts() == 3;
        let is_unsent = error.is_transient() && !error.may_have_taken_effect();
        require(is_connect && is_unsent, || error_in_words(&error))
    })
}

/// The call's own time is over before that for a connection.
fn without_a_connection_in_time() -> Case {
    let fault = vec![TrickleHandshake];
    let required = "Timeout, 1 attempt, took no effect";
    Case::new("no connection before the deadline", in_words(&fault), required, move |transport| {
        let server = FaultServer::start(Scheme::Https, [fault.clone()]);
        let api = api(&server).call_timeout(Duration::from_millis(300)).build().unwrap();
        let error = transport.connect(api).post().err().ok_or("a response")?;
        let is_late = error_end(&error) == "Timeout" && error.attempts() == 1;
        require(is_late && !error.may_have_taken_effect(), || error_in_words(&error))
    })
}

fn said(status: u16, body: &str) -> Vec<Step> {
    vec![ReadRequest, write(response(&format!("{status} Said"), "", body))]
}
