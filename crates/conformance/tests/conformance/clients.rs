//! The transports behind one blocking face.

use certcentral_core::{
    Api, ApiBuilder, ApiKey, BaseUrl, Endpoint, Error, ListReissues, OrderId, RateLimit, Reissues,
};
use certcentral_sandbox::{Sandbox, SandboxBuilder, bytes::Bytes};
use certcentral_transport_hyper as on_hyper;
use certcentral_transport_ureq as on_ureq;
use http::{Method, Response, StatusCode};
use tokio::{
    runtime::{Builder, Runtime},
    task::yield_now,
};

pub(crate) enum Client {
    Hyper(on_hyper::Client, Runtime),
    Ureq(on_ureq::Client),
}

impl Client {
    /// A client on hyper that trusts what `sandbox` shows.
    pub(crate) fn hyper(api: Api, sandbox: &Sandbox) -> Self {
        let client = on_hyper::Client::builder(api).root_certificates_pem(root_of(sandbox));
        Self::on_hyper(client.build().unwrap())
    }

    /// A client on ureq that trusts what `sandbox` shows.
    pub(crate) fn ureq(api: Api, sandbox: &Sandbox) -> Self {
        let client = on_ureq::Client::builder(api).root_certificates_pem(root_of(sandbox));
        Self::Ureq(client.build().unwrap())
    }

    pub(crate) fn on_hyper(client: on_hyper::Client) -> Self {
        // On one thread, so that what connections do after a call is done when `send` says.
        Self::Hyper(client, Builder::new_current_thread().enable_all().build().unwrap())
    }

    pub(crate) fn send<E: Endpoint>(&self, endpoint: E) -> Result<E::Output, Error> {
        match self {
            Self::Hyper(client, runtime) => runtime.block_on(async {
                let result = client.send(endpoint).await;
                // The connection's own task puts it back for the next call, or closes it.
                for _ in 0..3 {
                    yield_now().await;
                }
                result
            }),
            Self::Ureq(client) => client.send(endpoint),
        }
    }

    pub(crate) fn list(&self, order_id: u64) -> Result<Reissues, Error> {
        self.send(ListReissues::new(OrderId(order_id)))
    }

    /// What this transport calls itself in a failed assertion.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Hyper(..) => "hyper",
            Self::Ureq(_) => "ureq",
        }
    }
}

/// Runs `test` once for each transport, each time with a sandbox of its own.
pub(crate) fn each(start: impl Fn() -> Sandbox, test: impl Fn(&Sandbox, Client)) {
    for client in [Client::hyper, Client::ureq] {
        let sandbox = start();
        test(&sandbox, client(api(&sandbox), &sandbox));
    }
}

/// The sandbox as a service, with the sandbox's key and the default policies.
pub(crate) fn api(sandbox: &Sandbox) -> Api {
    builder(sandbox, sandbox.api_key()).build().unwrap()
}

/// The same, to be changed.
pub(crate) fn builder(sandbox: &Sandbox, key: &str) -> ApiBuilder {
    Api::builder(ApiKey::new(key).unwrap()).base_url(BaseUrl::parse(&sandbox.base_url()).unwrap())
}

/// A sandbox and no rate limit on either side, for tests of other things.
pub(crate) fn unlimited(sandbox: &Sandbox) -> ApiBuilder {
    builder(sandbox, sandbox.api_key()).rate_limit(RateLimit::unlimited())
}

/// The root certificate of a sandbox with TLS.
fn root_of(sandbox: &Sandbox) -> &[u8] {
    sandbox.ca_pem().unwrap().as_bytes()
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
