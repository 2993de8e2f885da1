//! The custom transport of the examples.

use std::sync::Arc;

use certcentral_conformance::{Setup, Suite, Transport};
use certcentral_core::{Call, Endpoint, Error};
use reqwest::{Client, redirect};
use rustls::{
    ClientConfig, RootCertStore,
    crypto::ring,
    pki_types::{CertificateDer, pem::PemObject},
};

use crate::runtime::RUNTIME;

#[test]
fn the_custom_transport_over_reqwest_passes() {
    Suite::new(OnReqwest::new).run().assert_passed();
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
    fn send<E: Endpoint>(&self, call: Call<E>) -> Result<E::Output, Error> {
        RUNTIME.block_on(certcentral_own_transport::send(&self.0, call))
    }
}
