//! The async transport.

use certcentral_conformance::{Setup, Suite, Transport};
use certcentral_core::{Call, Endpoint, Error};
use certcentral_transport_hyper::Client;

use crate::runtime::RUNTIME;

#[test]
fn hyper_passes() {
    Suite::new(OnHyper::new).run().assert_passed();
}

struct OnHyper(Client);

impl OnHyper {
    fn new(setup: &Setup) -> Self {
        let builder = Client::builder(setup.api.clone()).connect_timeout(setup.connect_timeout);
        Self(builder.root_certificates_pem(setup.root_certificate_pem).build().unwrap())
    }
}

impl Transport for OnHyper {
    fn send<E: Endpoint>(&self, call: Call<E>) -> Result<E::Output, Error> {
        RUNTIME.block_on(self.0.drive(call))
    }
}
