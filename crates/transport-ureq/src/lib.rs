#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))] // labels what needs a feature

mod builder;
mod failure;

use std::{
    fmt::{self, Debug, Formatter},
    thread,
    time::Instant,
};

pub use builder::ClientBuilder;
use bytes::Bytes;
pub use certcentral_core;
use certcentral_core::{Api, Attempt, Call, Endpoint, Error, Failure, Step};
use http::{Method, Request, Response};
use ureq::{Agent, AsSendBody, config::AutoHeaderValue};

/// A blocking client. Cheap to clone; clones share connections and the rate limiter.
#[derive(Clone)]
pub struct Client {
    api: Api,
    agent: Agent,
}

impl Client {
    /// A client with the Mozilla root certificates, TLS by ring, HTTP/1.1 and kept connections.
    ///
    /// No proxy is used, whatever the environment says.
    pub fn new(api: Api) -> Self {
        let agent = builder::agent(ureq::tls::RootCerts::WebPki, Attempt::CONNECT_TIMEOUT);
        Self::with_agent(api, agent)
    }

    /// A client with choices of its own.
    pub fn builder(api: Api) -> ClientBuilder {
        ClientBuilder::new(api)
    }

    /// A client on your agent, with its TLS, proxy, pool and time-outs.
    ///
    /// Redirects, answers with an error status, and the bounds of each attempt are set per
    /// request all the same. An agent that queues requests voids the promise of the rate limit.
    pub fn with_agent(api: Api, agent: Agent) -> Self {
        Self { api, agent }
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
        let (head, body) = attempt.request.into_parts();
        let has_body =
            !body.is_empty() || matches!(head.method, Method::PATCH | Method::POST | Method::PUT);
        let response = if has_body {
            self.run(Request::from_parts(head, &*body), attempt.deadline)
        } else {
            self.run(Request::from_parts(head, ()), attempt.deadline)
        };
        let (head, body) = response.map_err(failure::classify)?.into_parts();
        let limit = u64::try_from(attempt.body_limit).unwrap_or(u64::MAX);
        if body.content_length().is_some_and(|length| limit < length) {
            return Err(failure::classify(ureq::Error::BodyExceedsLimit(limit)));
        }
        let body = body.into_with_config().limit(limit).read_to_vec().map_err(failure::classify)?;
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

impl Debug for Client {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("api", &self.api).finish_non_exhaustive()
    }
}
