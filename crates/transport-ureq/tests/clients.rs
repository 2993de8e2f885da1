//! The blocking client: agents, threads, deadlines, accounts, pages.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use std::{
    io::{self, Read, Write},
    net::TcpListener,
    thread,
    time::{Duration, Instant},
};

use certcentral_sandbox::{Sandbox, SandboxBuilder};
use certcentral_transport_ureq::{
    Api, ApiKey, Client, DecodeError, Drive, Endpoint, Error, Failure, InvalidInputError,
    ListReissues, OrderId, Paged, RateLimit, Step,
    bytes::Bytes,
    decode_json,
    http::{Method, Response, StatusCode},
};

const ORDER_ID: OrderId = OrderId(112_233);

#[test]
fn an_agent_keeps_its_settings_and_its_pool() {
    let sandbox = Sandbox::builder().plain_http().start().unwrap();
    let agent: ureq::Agent = ureq::Agent::config_builder()
        .user_agent("not sent, the core's request is complete")
        .http_status_as_error(true)
        .max_redirects(10)
        .build()
        .into();
    let client = Client::with_agent(api(&sandbox), agent.clone());
    assert_eq!(client.send(ListReissues::new(ORDER_ID)).unwrap().len(), 3);

    let error = client.send(ListReissues::new(OrderId(1))).unwrap_err();
    assert!(error.is_not_found(), "an error status is a response with a body: {error}");
    let requests = sandbox.requests();
    assert_eq!(requests.len(), 2);
    assert_eq!(requests.last().unwrap().headers["user-agent"], "certcentral-rs/0.1.0");
    assert_eq!(sandbox.connections(), 1);

    agent.get(&sandbox.base_url()).call().unwrap_err();
    assert_eq!(sandbox.connections(), 1, "the agent's other requests use the same connections");
}

#[test]
fn a_client_is_shared_by_threads() {
    fn shareable<T: Clone + Send + Sync + std::fmt::Debug + 'static>(_: &T) {}
    let sandbox = Sandbox::builder().plain_http().start().unwrap();
    let client = Client::new(api(&sandbox));
    shareable(&client);
    thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| client.send(ListReissues::new(ORDER_ID)).unwrap());
        }
    });
    assert_eq!(sandbox.requests().len(), 8);
}

#[test]
fn another_account_uses_the_same_connections() {
    let sandbox = Sandbox::start().unwrap();
    let client = Client::builder(api(&sandbox)).root_certificates_pem(sandbox.ca_pem().unwrap());
    let client = client.build().unwrap();
    let other = Api::builder(ApiKey::new("Wr0ng-k3y").unwrap());
    let other = other.base_url(sandbox.base_url()).user_agent("other/1").build().unwrap();
    let other = client.with_api(other);

    assert_eq!(client.send(ListReissues::new(ORDER_ID)).unwrap().len(), 3);
    assert!(other.send(ListReissues::new(ORDER_ID)).unwrap_err().is_access_denied());
    assert_eq!(client.send(ListReissues::new(ORDER_ID)).unwrap().len(), 3);
    let sent = sandbox.requests();
    let sent = sent.iter().map(|request| &request.headers["user-agent"]).collect::<Vec<_>>();
    assert_eq!(sent, ["certcentral-rs/0.1.0", "other/1", "certcentral-rs/0.1.0"]);
    assert_eq!(sandbox.connections(), 1);
}

#[test]
fn send_within_ends_a_call_in_time() {
    let silent = TcpListener::bind("127.0.0.1:0").unwrap(); // accepts, and never responds
    let url = format!("http://{}", silent.local_addr().unwrap());
    let client = Client::new(Api::builder(key()).base_url(url).build().unwrap());
    let begun = Instant::now();
    let error = client.send_within(ListReissues::new(ORDER_ID), Duration::from_millis(200));
    let error = error.unwrap_err();
    assert!(error.is_timeout() && error.attempts() == 1, "{error}");
    assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());

    let sandbox = Sandbox::builder().plain_http().start().unwrap();
    let client = Client::new(api(&sandbox));
    for enough in [Duration::from_secs(30), Duration::MAX] {
        assert_eq!(client.send_within(ListReissues::new(ORDER_ID), enough).unwrap().len(), 3);
    }
    let error = client.send_within(ListReissues::new(ORDER_ID), Duration::ZERO).unwrap_err();
    assert!(error.is_timeout() && error.attempts() == 0, "{error}");
    assert_eq!(sandbox.requests().len(), 2);
}

#[test]
fn what_was_driven_within_a_time_has_no_deadline_afterwards() {
    let client = Client::new(Api::new(key()));
    let begun = Instant::now();
    let mut patient = Patient { deadline: None };
    client.drive_within(&mut patient, Duration::from_millis(10)).unwrap_err();
    assert!(begun.elapsed() >= Duration::from_millis(10) && patient.deadline.is_none());
    client.drive(&mut patient).unwrap();
}

/// Waits for its deadline, if it has one.
struct Patient {
    deadline: Option<Instant>,
}

impl Drive for Patient {
    type Output = ();

    fn poll(&mut self, now: Instant) -> Step<()> {
        match self.deadline {
            Some(deadline) if now < deadline => Step::Wait(deadline),
            Some(_) => Step::Done(Err(InvalidInputError::new("too late").into())),
            None => Step::Done(Ok(())),
        }
    }

    fn handle(&mut self, _: Instant, _: Result<Response<Bytes>, Failure>) {}

    fn set_deadline(&mut self, deadline: Option<Instant>) {
        self.deadline = deadline;
    }
}

#[test]
fn pages_come_in_order_and_end_with_the_last() {
    let sandbox = pages([OK, OK, OK]);
    let client = Client::new(api(&sandbox));
    let mut pages = client.pages(List { page: 1 });
    assert!(sandbox.requests().is_empty(), "nothing is sent before it is asked for");
    assert_eq!(pages.by_ref().map(Result::unwrap).collect::<Vec<_>>(), [1, 2, 3]);
    assert!(pages.next().is_none());
    assert_eq!(paths(&sandbox), ["/list/1", "/list/2", "/list/3"]);
}

#[test]
fn pages_end_after_an_error() {
    let sandbox = pages([OK, StatusCode::FORBIDDEN, OK]);
    let client = Client::new(api(&sandbox));
    let mut pages = client.pages(List { page: 1 });
    assert!(pages.next().unwrap().is_ok());
    assert_eq!(pages.next().unwrap().unwrap_err().status(), Some(StatusCode::FORBIDDEN));
    assert!(pages.next().is_none() && pages.next().is_none());
    assert_eq!(paths(&sandbox), ["/list/1", "/list/2"]);
}

#[test]
fn a_request_says_how_long_it_is_and_wants_no_encoding() {
    for (method, length) in [
        (Method::GET, None),
        (Method::DELETE, None),
        (Method::POST, Some("content-length: 0")),
        (Method::PUT, Some("content-length: 0")),
        (Method::PATCH, Some("content-length: 0")),
    ] {
        let head = head_of(method.clone());
        assert!(head.starts_with(&format!("{method} /archive http/1.1").to_lowercase()), "{head}");
        let lengths = head.lines().filter(|line| line.starts_with("content-length"));
        assert_eq!(lengths.collect::<Vec<_>>(), Vec::from_iter(length), "{head}");
        assert!(!head.contains("transfer-encoding"), "{head}");
        assert_eq!(head.matches("accept-encoding: identity\r\n").count(), 1, "{head}");
    }
}

/// The head of a request with this method and no body, in lowercase.
fn head_of(method: Method) -> String {
    struct Archive(Method);
    impl Endpoint for Archive {
        type Output = ();
        fn method(&self) -> Method {
            self.0.clone()
        }
        fn path(&self) -> String {
            "/archive".to_owned()
        }
        fn parse(&self, _: &Response<Bytes>) -> Result<(), DecodeError> {
            Ok(())
        }
    }
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let server = thread::spawn(move || -> io::Result<String> {
        let (mut socket, _) = listener.accept()?;
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            let byte = &mut [0];
            socket.read_exact(byte)?;
            head.extend_from_slice(byte);
        }
        socket.write_all(b"HTTP/1.1 204 No Content\r\n\r\n")?;
        Ok(String::from_utf8(head).unwrap().to_lowercase())
    });
    let client = Client::new(Api::builder(key()).base_url(url).build().unwrap());
    client.send(Archive(method)).unwrap();
    server.join().unwrap().unwrap()
}

#[test]
fn one_dependency_and_one_use_are_enough() {
    fn error<T: std::error::Error + Send + Sync + 'static>() {}
    error::<Error>();
    let builder: certcentral_transport_ureq::ClientBuilder = Client::builder(Api::new(key()));
    assert!(builder.build().is_ok());
}

const OK: StatusCode = StatusCode::OK;

/// A list of three pages, each of which is its own number.
struct List {
    page: u64,
}

impl Endpoint for List {
    type Output = u64;

    fn path(&self) -> String {
        format!("/list/{}", self.page)
    }

    fn parse(&self, response: &Response<Bytes>) -> Result<u64, DecodeError> {
        decode_json(response)
    }
}

impl Paged for List {
    fn next_page(&self, page: &u64) -> Option<Self> {
        (*page < 3).then(|| Self { page: page + 1 })
    }
}

/// A sandbox with these pages.
fn pages(statuses: [StatusCode; 3]) -> Sandbox {
    let start = Sandbox::builder().plain_http();
    let add = |sandbox: SandboxBuilder, (page, status): (u64, StatusCode)| {
        let response = Response::builder().status(status).body(page.to_string().into());
        sandbox.respond(Method::GET, format!("/list/{page}"), response.unwrap())
    };
    (1..).zip(statuses).fold(start, add).start().unwrap()
}

/// The paths that were asked for, below the base URL.
fn paths(sandbox: &Sandbox) -> Vec<String> {
    let requests = sandbox.requests();
    requests.iter().map(|r| r.uri.path().replace("/services/v2", "")).collect()
}

fn api(sandbox: &Sandbox) -> Api {
    let api = Api::builder(ApiKey::new(sandbox.api_key()).unwrap()).base_url(sandbox.base_url());
    api.rate_limit(RateLimit::unlimited()).build().unwrap()
}

fn key() -> ApiKey {
    ApiKey::new("0123456789ABCDEF").unwrap()
}
