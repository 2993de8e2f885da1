//! A program in front of the sandbox, and clients that call it.

use std::{collections::BTreeSet, fmt::Debug, sync::LazyLock, thread, time::Duration};

use crate::both::{Client, TRANSPORTS, TransportKind};
use certcentral_core::{Api, ApiBuilder, ApiKey, Error, RateLimit, Reissues, RetryPolicy};
use certcentral_sandbox::Sandbox;

use super::{authority, process::Process};

/// An order of the sandbox with three reissues.
pub(crate) const ORDER: u64 = 112_233;

/// One with three hundred: more than fits into a buffer anywhere.
pub(crate) const LONG_ORDER: u64 = 112_301;

/// A program in front of a sandbox.
pub(crate) struct Front {
    pub(crate) sandbox: Sandbox,
    pub(crate) process: Process,
}

/// What the program said of a request that it passed on.
pub(crate) struct Passed {
    /// Such as `TLSv1.3`.
    pub(crate) tls: String,
    /// `HTTP/1` or `HTTP/2`.
    pub(crate) http: String,
    /// The client's port, which tells connections apart.
    pub(crate) port: String,
}

impl Front {
    pub(crate) fn new(sandbox: Sandbox, process: Process) -> Self {
        Self { sandbox, process }
    }

    /// A client with three attempts, and pauses too short to notice.
    pub(crate) fn client(&self, on: TransportKind) -> Client {
        self.client_with(on, |api| api)
    }

    /// A client with one attempt.
    pub(crate) fn client_without_retries(&self, on: TransportKind) -> Client {
        self.client_with(on, |api| api.retry(RetryPolicy::none()))
    }

    pub(crate) fn client_with(
        &self,
        on: TransportKind,
        change: impl FnOnce(ApiBuilder) -> ApiBuilder,
    ) -> Client {
        let builder = Client::builder(on, change(self.api()).build().unwrap());
        builder.root_certificates_pem(&authority::root_pem()).build().unwrap()
    }

    pub(crate) fn api(&self) -> ApiBuilder {
        let port = self.process.port.number();
        api(&format!("https://localhost:{port}/services/v2"), &self.sandbox)
    }

    /// The requests that reached the sandbox.
    pub(crate) fn passed(&self) -> Vec<Passed> {
        let requests = self.sandbox.requests();
        let passed = requests.iter().map(|request| {
            let header = |name: &str| request.headers[name].to_str().unwrap().to_owned();
            // nginx names the minor version too.
            let http = header("x-front-http").split('.').next().unwrap().to_owned();
            Passed { tls: header("x-front-tls"), http, port: header("x-front-port") }
        });
        passed.collect()
    }

    /// The client's connections that brought a request to the sandbox.
    pub(crate) fn connections(&self) -> usize {
        self.passed().into_iter().map(|passed| passed.port).collect::<BTreeSet<_>>().len()
    }
}

/// A sandbox as programs stand in front of it.
pub(crate) fn sandbox() -> Sandbox {
    Sandbox::builder().plain_http().without_rate_limit().start().unwrap()
}

/// A service at `base_url` with the key of `sandbox`, without a rate limit.
pub(crate) fn api(base_url: &str, sandbox: &Sandbox) -> ApiBuilder {
    Api::builder(ApiKey::new(sandbox.api_key()).unwrap())
        .base_url(base_url)
        .rate_limit(RateLimit::unlimited())
        .retry(RetryPolicy::default().base_delay(Duration::from_millis(1)))
}

/// Runs `test` on all transports at once, because it waits more than it works.
pub(crate) fn at_once(test: impl Fn(TransportKind) + Sync) {
    thread::scope(|scope| {
        for on in TRANSPORTS {
            let test = &test;
            scope.spawn(move || test(on));
        }
    });
}

/// Asserts that a call returned the list of `order`, as the sandbox itself sends it.
pub(crate) fn assert_listed(order: u64, result: Result<Reissues, Error>, what: impl Debug) {
    static EXPECTED: LazyLock<[(u64, Reissues); 2]> = LazyLock::new(|| {
        let sandbox = sandbox();
        let api = api(&sandbox.base_url(), &sandbox).build().unwrap();
        let client = Client::builder(TransportKind::Ureq, api).build().unwrap();
        [ORDER, LONG_ORDER].map(|order| (order, client.list(order).unwrap()))
    });
    let (_, expected) = EXPECTED.iter().find(|(known, _)| *known == order).unwrap();
    match result {
        Ok(list) => assert_eq!(list, *expected, "{what:?}"),
        Err(error) => panic!("{what:?}: {error:#}\n{error:?}"),
    }
}
