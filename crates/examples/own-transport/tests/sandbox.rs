//! The transport against the sandbox.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

use std::sync::Arc;

use certcentral_core::{
    Api, ApiBuilder, ApiKey, BaseUrl, Error, FailureKind, ListReissues, OrderId, Reissues,
};
use certcentral_own_transport::send;
use certcentral_sandbox::Sandbox;
use reqwest::redirect;
use rustls::pki_types::{CertificateDer, pem::PemObject};
use rustls::{ClientConfig, RootCertStore, crypto::ring};
use tokio::runtime;

#[test]
fn an_order_is_listed() {
    let sandbox = Sandbox::start().unwrap();
    let reissues = list(&sandbox, sandbox.ca_pem().unwrap(), 112_233, |api| api).unwrap();
    assert_eq!(reissues.certificates.len(), 3);
    let requests = sandbox.requests();
    assert_eq!(requests.len(), 1);
    assert_eq!(requests[0].headers["accept"], "application/json");
    assert_eq!(requests[0].headers["x-dc-devkey"], sandbox.api_key());
}

#[test]
fn a_refusal_is_not_retried() {
    let sandbox = Sandbox::start().unwrap();
    let error = list(&sandbox, sandbox.ca_pem().unwrap(), 1, |api| api).unwrap_err();
    assert!(error.is_not_found(), "{error}");
    assert_eq!(sandbox.requests().len(), 1);
}

#[test]
fn an_unknown_authority_is_sent_nothing() {
    let (sandbox, other) = (Sandbox::start().unwrap(), Sandbox::start().unwrap());
    let error = list(&sandbox, other.ca_pem().unwrap(), 112_233, |api| api).unwrap_err();
    let Error::Transport(error) = error else { panic!("{error}") };
    assert_eq!(error.kind(), FailureKind::Tls);
    assert!(sandbox.requests().is_empty());
}

#[test]
fn a_body_beyond_the_limit_is_refused() {
    let sandbox = Sandbox::start().unwrap();
    let error = list(&sandbox, sandbox.ca_pem().unwrap(), 112_233, |api| api.body_limit(1000));
    let Err(Error::Transport(error)) = error else { panic!("{error:?}") };
    assert_eq!(error.kind(), FailureKind::TooLarge);
}

fn list(
    sandbox: &Sandbox,
    ca_pem: &str,
    order_id: u64,
    choices: impl FnOnce(ApiBuilder) -> ApiBuilder,
) -> Result<Reissues, Error> {
    let api = Api::builder(ApiKey::new(sandbox.api_key()).unwrap())
        .base_url(BaseUrl::parse(&sandbox.base_url()).unwrap());
    let api = choices(api).build().unwrap();
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(ca_pem.as_bytes()).unwrap()).unwrap();
    let tls = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let client = reqwest::Client::builder()
        .tls_backend_preconfigured(tls)
        .redirect(redirect::Policy::none())
        .no_proxy()
        .build()
        .unwrap();
    let runtime = runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(send(&client, api.call(ListReissues::new(OrderId(order_id)))))
}
