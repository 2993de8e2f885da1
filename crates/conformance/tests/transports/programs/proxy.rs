//! A program as the proxy on the way to the sandbox, and clients that go through it.

use crate::both::{Client, TransportKind};
use certcentral_core::ApiBuilder;
use certcentral_sandbox::Sandbox;

use super::{front, process::Process};

/// Who may use a proxy, and for what.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Access {
    Open,
    /// For `user` with the password `S3cret`.
    Password,
    /// For port 443 only. No server here has it.
    Https,
}

/// A running proxy.
pub(crate) struct Proxy(pub(crate) Process);

impl Proxy {
    /// Its `host:port`.
    pub(crate) fn address(&self) -> String {
        format!("127.0.0.1:{}", self.0.port.number())
    }

    /// A client that goes through it to `sandbox`. `user` is as in a URL: empty, or with `@`.
    pub(crate) fn client(&self, on: TransportKind, user: &str, sandbox: &Sandbox) -> Client {
        let api = front::api(&sandbox.base_url(), sandbox);
        self.client_of(on, user, api, sandbox.ca_pem().unwrap())
    }

    /// A client that goes through it to another service.
    pub(crate) fn client_of(
        &self,
        on: TransportKind,
        user: &str,
        api: ApiBuilder,
        root_pem: &str,
    ) -> Client {
        Client::builder(on, api.build().unwrap())
            .root_certificates_pem(root_pem)
            .proxy(&format!("http://{user}{}", self.address()))
            .build()
            .unwrap()
    }
}

/// A sandbox with TLS. A proxy is asked for nothing else.
pub(crate) fn sandbox() -> Sandbox {
    Sandbox::builder().without_rate_limit().start().unwrap()
}
