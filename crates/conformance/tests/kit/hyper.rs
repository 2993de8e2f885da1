//! The async transport.

use certcentral_conformance::{Setup, Suite, Transport};
use certcentral_core::{Drive, Error};
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
    fn drive<D: Drive>(&self, drive: D) -> Result<D::Output, Error> {
        RUNTIME.block_on(self.0.drive(drive))
    }
}
