#![doc = include_str!("../README.md")]
#![cfg_attr(
    not(any(feature = "ring", feature = "aws-lc-rs")),
    allow(dead_code, reason = "without a provider of TLS there are no connections of our own")
)]
#![cfg_attr(docsrs, feature(doc_cfg))] // labels what needs a feature

mod failure;
#[cfg(any(feature = "ring", feature = "aws-lc-rs"))]
mod network;
mod pool;
mod veil;

use std::{
    fmt::{self, Debug, Formatter},
    io::Read as _,
    thread,
    time::Instant,
};

use bytes::Bytes;
pub use certcentral_core;
use certcentral_core::{Api, Attempt, Call, Endpoint, Error, Failure, Step};
use http::{Method, Request, Response};
#[cfg(any(feature = "ring", feature = "aws-lc-rs"))]
pub use network::ClientBuilder;
use ureq::{Agent, AsSendBody, config::AutoHeaderValue};
use veil::Veil;

/// A blocking client. Cheap to clone; clones share connections and the rate limiter.
#[derive(Clone)]
pub struct Client {
    api: Api,
    agent: Agent,
    /// Whether the agent's connections are ours, and unveil the key.
    is_ours: bool,
}

impl Client {
    /// A client on your agent, with its TLS, proxy, pool and time-outs.
    ///
    /// Redirects, answers with an error status, and the bounds of each attempt are set per
    /// request all the same. An agent that queues requests voids the promise of the rate limit. At
    /// log level `TRACE`, `ureq_proto` logs what an agent of yours sends, the key included.
    ///
    /// ```
    /// use certcentral_transport_ureq::{Client, certcentral_core};
    /// use certcentral_core::{Api, ApiKey};
    ///
    /// let agent = ureq::Agent::config_builder()
    ///     .ip_family(ureq::config::IpFamily::Ipv4Only)
    ///     .build()
    ///     .into();
    /// let client = Client::with_agent(Api::new(ApiKey::new("0123456789ABCDEF")?), agent);
    /// # let _ = client;
    /// # Ok::<(), certcentral_core::Error>(())
    /// ```
    pub fn with_agent(api: Api, agent: Agent) -> Self {
        Self { api, agent, is_ours: false }
    }

    /// Performs one call, and blocks until it is over.
    ///
    /// An attempt takes 30 s at most, but the whole call has no bound unless
    /// [`call_timeout`](certcentral_core::ApiBuilder::call_timeout) sets one, because in a bulk
    /// run a call may rightly wait long for the rate limit.
    ///
    /// # Errors
    ///
    /// See [`Error`]: what may be repeated has been repeated by then.
    pub fn send<E: Endpoint>(&self, endpoint: E) -> Result<E::Output, Error> {
        self.send_call(self.api.call(endpoint))
    }

    /// As [`send`](Self::send), for a call that was prepared by hand, with a deadline perhaps.
    ///
    /// ```no_run
    /// # use certcentral_transport_ureq::{Client, certcentral_core};
    /// # use certcentral_core::{Error, ListReissues, OrderId, Reissues};
    /// use std::time::{Duration, Instant};
    ///
    /// fn soon(client: &Client, order: OrderId) -> Result<Reissues, Error> {
    ///     let call = client.api().call(ListReissues::new(order));
    ///     client.send_call(call.with_deadline(Instant::now() + Duration::from_secs(10)))
    /// }
    /// ```
    ///
    /// # Errors
    ///
    /// As for [`send`](Self::send).
    pub fn send_call<E: Endpoint>(&self, mut call: Call<E>) -> Result<E::Output, Error> {
        loop {
            match call.poll(Instant::now()) {
                Step::Send(attempt) => {
                    let outcome = call.within_span(|| self.exchange(attempt));
                    call.handle(Instant::now(), outcome);
                }
                Step::Wait(until) => thread::sleep(until.saturating_duration_since(Instant::now())),
                Step::Done(result) => return result,
            }
        }
    }

    /// The service that this client calls.
    pub fn api(&self) -> &Api {
        &self.api
    }

    fn exchange(&self, attempt: Attempt) -> Result<Response<Bytes>, Failure> {
        let (mut head, body) = attempt.request.into_parts();
        let _veil = self.is_ours.then(|| Veil::draw(&mut head.headers));
        let has_body =
            !body.is_empty() || matches!(head.method, Method::PATCH | Method::POST | Method::PUT);
        let response = if has_body {
            self.run(Request::from_parts(head, &*body), attempt.deadline)
        } else {
            self.run(Request::from_parts(head, ()), attempt.deadline)
        };
        let (mut head, body) = response.map_err(failure::classify)?.into_parts();
        let mut body = read(body, attempt.body_limit).map_err(failure::classify)?;
        veil::lift(&mut head.headers, &mut body);
        Ok(Response::from_parts(head, body.into()))
    }

    fn run(
        &self,
        request: Request<impl AsSendBody>,
        deadline: Instant,
    ) -> Result<Response<ureq::Body>, ureq::Error> {
        let request = self
            .agent
            .configure_request(request)
            .timeout_global(Some(deadline.saturating_duration_since(Instant::now())))
            // A redirect would take the key to another host; an error's body says what is wrong.
            .max_redirects(0)
            .http_status_as_error(false)
            .allow_non_standard_methods(true)
            // The core's request is complete.
            .accept(AutoHeaderValue::None)
            .accept_encoding(AutoHeaderValue::None)
            .build();
        self.agent.run(request)
    }
}

/// Reads all of `body`, or stops once it is longer than `limit`.
fn read(body: ureq::Body, limit: usize) -> Result<Vec<u8>, ureq::Error> {
    let limit = u64::try_from(limit).unwrap_or(u64::MAX);
    let announced = body.content_length().unwrap_or_default();
    if limit < announced {
        return Err(ureq::Error::BodyExceedsLimit(limit));
    }
    let announced = usize::try_from(announced).unwrap_or(usize::MAX);
    let mut bytes = Vec::with_capacity(announced.min(LARGEST_AT_ONCE));
    body.into_with_config().limit(limit).reader().read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// What a server announces is taken at its word only so far.
const LARGEST_AT_ONCE: usize = 32 * 1024 * 1024;

impl Debug for Client {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("api", &self.api).finish_non_exhaustive()
    }
}
