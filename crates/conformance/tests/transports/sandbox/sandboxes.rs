//! Sandboxes, and clients that call them.

use crate::both::{Builder, Client, TRANSPORTS, TransportKind};
use certcentral_core::{Api, ApiBuilder, ApiKey, BaseUrl, RateLimit};
use certcentral_sandbox::{Sandbox, SandboxBuilder, bytes::Bytes};
use http::{Method, Response, StatusCode};

/// Runs `test` once for each transport, each time with a new sandbox.
pub(crate) fn each(start: impl Fn() -> Sandbox, test: impl Fn(&Sandbox, Client)) {
    for kind in TRANSPORTS {
        let sandbox = start();
        test(&sandbox, client(kind, api(&sandbox), &sandbox));
    }
}

/// A client that trusts the certificate of `sandbox`.
pub(crate) fn client(kind: TransportKind, api: Api, sandbox: &Sandbox) -> Client {
    trusting(kind, api, sandbox).build().unwrap()
}

/// A builder of such a client.
pub(crate) fn trusting(kind: TransportKind, api: Api, sandbox: &Sandbox) -> Builder {
    let builder = Client::builder(kind, api);
    // Without TLS there is nothing to trust.
    match sandbox.ca_pem() {
        None => builder,
        Some(pem) => builder.root_certificates_pem(pem),
    }
}

/// The sandbox as a service, with the sandbox's key and the default policies.
pub(crate) fn api(sandbox: &Sandbox) -> Api {
    api_builder(sandbox, sandbox.api_key()).build().unwrap()
}

/// The same, to be changed.
pub(crate) fn api_builder(sandbox: &Sandbox, key: &str) -> ApiBuilder {
    Api::builder(ApiKey::new(key).unwrap()).base_url(BaseUrl::parse(&sandbox.base_url()).unwrap())
}

/// The same without a rate limit, for tests of other things.
pub(crate) fn unlimited(sandbox: &Sandbox) -> ApiBuilder {
    api_builder(sandbox, sandbox.api_key()).rate_limit(RateLimit::unlimited())
}

/// A sandbox whose list of order 7 is this response.
pub(crate) fn order_7(
    sandbox: SandboxBuilder,
    status: StatusCode,
    body: impl Into<Bytes>,
) -> Sandbox {
    let response = Response::builder().status(status).body(body.into()).unwrap();
    sandbox.respond(Method::GET, "/order/certificate/7/reissue", response).start().unwrap()
}

pub(crate) fn sandbox() -> Sandbox {
    Sandbox::start().unwrap()
}
