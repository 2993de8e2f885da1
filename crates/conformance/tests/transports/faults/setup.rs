//! Clients that call a fault server.

use std::time::Duration;

use crate::both::{Builder, Client, TransportKind};
use certcentral_conformance::fault_server::{FaultServer, root_certificate_pem};
use certcentral_core::{
    Api, ApiBuilder, ApiKey, BaseUrl, Error, OrderId, RateLimit, Reissues, RetryPolicy,
};
use certcentral_transport_hyper as on_hyper;

use super::log_capture;

/// The order that every call here asks for.
pub(crate) const ORDER_ID: OrderId = OrderId(112_233);

/// A client that trusts the fault servers.
pub(crate) fn connect(kind: TransportKind, api: Api) -> Client {
    trusting(kind, api).build().unwrap()
}

pub(crate) fn trusting(kind: TransportKind, api: Api) -> Builder {
    Client::builder(kind, api).root_certificates_pem(root_certificate_pem())
}

/// The same on hyper, for tests that bring a runtime.
pub(crate) fn hyper(api: Api, connect_timeout: Duration) -> on_hyper::Client {
    let builder = on_hyper::Client::builder(api).connect_timeout(connect_timeout);
    builder.root_certificates_pem(root_certificate_pem()).build().unwrap()
}

pub(crate) fn call(client: &Client) -> Result<Reissues, Error> {
    client.list(ORDER_ID.0)
}

/// `server` as a service, without a rate limit and with pauses too short to notice.
pub(crate) fn api(server: &FaultServer) -> ApiBuilder {
    api_at(&server.base_url())
}

pub(crate) fn api_at(base_url: &str) -> ApiBuilder {
    Api::builder(ApiKey::new(log_capture::key()).unwrap())
        .base_url(BaseUrl::parse(base_url).unwrap())
        .rate_limit(RateLimit::unlimited())
        .retry(RetryPolicy::default().base_delay(Duration::from_millis(1)))
}

/// Asserts that `result` is what a good server responds, and that the key is seen nowhere.
pub(crate) fn check_good(which: &str, result: &Result<Reissues, Error>) {
    log_capture::check(result);
    let ids: Vec<_> = match result {
        Ok(list) => list.certificates.iter().map(|reissue| reissue.id.0).collect(),
        Err(error) => panic!("{which} failed: {error:?}"),
    };
    assert_eq!(ids, [1], "{which} read the response of another");
}
