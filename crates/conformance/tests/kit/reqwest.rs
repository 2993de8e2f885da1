//! The custom transport of the examples.

use std::sync::Arc;

use certcentral_conformance::{Setup, Suite, Transport};
use certcentral_core::{Drive, Error};
use reqwest::{Client, redirect};
use rustls::{
    ClientConfig, RootCertStore,
    crypto::ring,
    pki_types::{CertificateDer, pem::PemObject},
};

use crate::runtime::RUNTIME;

#[test]
fn reqwest_passes_but_for_what_its_pool_does_not_tell() {
    let pool =
        "reqwest does not tell that a connection was a kept one, and goes on with the others";
    Suite::new(OnReqwest::new)
        .except("kept connections reset", "Closed, 1 attempt", pool)
        .except("kept connection ends at a GET", "Closed, 1 attempt", pool)
        .except("kept connection ends at a POST", "Closed, 1 attempt", pool)
        .except("kept connection fails: silence", "Timeout, 3 attempts", pool)
        .except("kept connection fails: in the headers", "Closed, 3 attempts", pool)
        .except(
            "post: no connection before the deadline",
            "Timeout, 1 attempt",
            "a future of reqwest does not tell how far it was when its time was over",
        )
        .except_sometimes(
            "no client certificate: TLS 1.3",
            "a list of 1; 1 requests, not 0",
            "the refusal comes after the handshake, and reqwest does not always tell that it was one",
        )
        .run()
        .assert_passed();
}

struct OnReqwest(Client);

impl OnReqwest {
    fn new(setup: &Setup) -> Self {
        let root = CertificateDer::from_pem_slice(setup.root_certificate_pem.as_bytes()).unwrap();
        let mut roots = RootCertStore::empty();
        roots.add(root).unwrap();
        let tls = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        let client = Client::builder()
            .tls_backend_preconfigured(tls)
            .connect_timeout(setup.connect_timeout)
            .redirect(redirect::Policy::none())
            .no_proxy()
            .build();
        Self(client.unwrap())
    }
}

impl Transport for OnReqwest {
    fn drive<D: Drive>(&self, drive: D) -> Result<D::Output, Error> {
        RUNTIME.block_on(certcentral_own_transport::send(&self.0, drive))
    }
}
