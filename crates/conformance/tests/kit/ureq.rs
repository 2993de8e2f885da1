//! The blocking transport.

use certcentral_conformance::{Setup, Suite, Transport};
use certcentral_core::{Drive, Error};
use certcentral_transport_ureq::Client;

#[test]
fn ureq_passes_but_for_one_case() {
    let report = Suite::new(OnUreq::new)
        .except(
            "key logged: when it is echoed",
            "TRACE ureq",
            "ureq logs what the service sends as it is",
        )
        .run();
    report.assert_passed();
}

pub(crate) struct OnUreq(Client);

impl OnUreq {
    pub(crate) fn new(setup: &Setup) -> Self {
        let builder = Client::builder(setup.api.clone()).connect_timeout(setup.connect_timeout);
        Self(builder.root_certificates_pem(setup.root_certificate_pem).build().unwrap())
    }
}

impl Transport for OnUreq {
    fn drive<D: Drive>(&self, drive: D) -> Result<D::Output, Error> {
        self.0.drive(drive)
    }
}
