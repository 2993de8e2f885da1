//! A case of the suite: its name, a description, and the check that a transport must pass.

use std::time::Duration;

use certcentral_core::{Api, ApiBuilder, ApiKey, BaseUrl, RateLimit, RetryPolicy};

use crate::{fault_server::FaultServer, log_capture::KEY, transport::Connector};

/// What the server does, what is required of the transport, and a check of it.
pub(crate) struct Case {
    pub(crate) name: String,
    pub(crate) server: String,
    pub(crate) required: String,
    check: Box<Check>,
}

type Check = dyn Fn(&Connector) -> Result<(), String> + Send + Sync;

impl Case {
    pub(crate) fn new(
        name: impl Into<String>,
        server: impl Into<String>,
        required: impl Into<String>,
        check: impl Fn(&Connector) -> Result<(), String> + Send + Sync + 'static,
    ) -> Self {
        Self {
            name: name.into(),
            server: server.into(),
            required: required.into(),
            check: Box::new(check),
        }
    }

    /// Checks a transport. The error says what happened instead of what is required.
    pub(crate) fn check(&self, transport: &Connector) -> Result<(), String> {
        (self.check)(transport)
    }
}

/// Puts the name of a group before the names of its cases.
pub(crate) fn group(name: &str, cases: impl IntoIterator<Item = impl Into<Case>>) -> Vec<Case> {
    let named = |case: Case| Case { name: format!("{name}: {}", case.name), ..case };
    cases.into_iter().map(|case| named(case.into())).collect()
}

/// Fails with `found` if the condition is not met.
pub(crate) fn require(is_met: bool, found: impl FnOnce() -> String) -> Result<(), String> {
    if is_met { Ok(()) } else { Err(found()) }
}

/// Returns a builder for `server`, without a rate limit and with short pauses.
pub(crate) fn api(server: &FaultServer) -> ApiBuilder {
    api_at(&server.base_url())
}

pub(crate) fn api_at(base_url: &str) -> ApiBuilder {
    api_with_key(KEY.as_str(), base_url)
}

pub(crate) fn api_with_key(key: &str, base_url: &str) -> ApiBuilder {
    Api::builder(ApiKey::new(key).unwrap())
        .base_url(BaseUrl::parse(base_url).unwrap())
        .rate_limit(RateLimit::unlimited())
        .retry(RetryPolicy::default().base_delay(Duration::from_millis(1)))
}
