//! The options for root certificates.

use crate::both::{Builder, Client, TRANSPORTS, TransportKind};
use certcentral_core::{Error, FailureKind};
use certcentral_sandbox::Sandbox;

use super::sandboxes::{sandbox, unlimited};

#[test]
fn each_certificate_of_a_bundle_is_trusted() {
    let [a, b] = [sandbox(), sandbox()];
    let [a_pem, b_pem] = [&a, &b].map(|sandbox| sandbox.ca_pem().unwrap().trim_end());
    for pem in [format!("{a_pem}{b_pem}"), format!("\u{feff}{a_pem}\r\n\u{feff}{b_pem}")] {
        for on in TRANSPORTS {
            for sandbox in [&a, &b] {
                let client = builder(on, sandbox).root_certificates_pem(&pem).build().unwrap();
                assert_eq!(client.list(112_233).unwrap().certificates.len(), 3, "{on:?}");
            }
        }
    }
}

#[test]
fn added_certificates_are_trusted_beside_the_others() {
    let [a, b] = [sandbox(), sandbox()];
    for on in TRANSPORTS {
        let to_a = |choose: fn(Builder, [&str; 2]) -> Builder| {
            choose(builder(on, &a), [&a, &b].map(|sandbox| sandbox.ca_pem().unwrap()))
                .build()
                .unwrap()
        };
        for client in [
            to_a(|builder, [a, _]| builder.add_root_certificates_pem(a)),
            to_a(|builder, [a, b]| {
                builder.add_root_certificates_pem(a).add_root_certificates_pem(b)
            }),
            to_a(|builder, [a, b]| builder.root_certificates_pem(a).add_root_certificates_pem(b)),
            to_a(|builder, [a, b]| builder.add_root_certificates_pem(a).root_certificates_pem(b)),
            to_a(|builder, [a, _]| builder.add_root_certificates_pem(a).platform_roots()),
        ] {
            assert_eq!(client.list(112_233).unwrap().certificates.len(), 3, "{on:?}");
        }
        for client in [
            to_a(|builder, _| builder),
            to_a(|builder, [_, b]| builder.add_root_certificates_pem(b)),
            to_a(|builder, [a, b]| builder.root_certificates_pem(a).root_certificates_pem(b)),
        ] {
            assert_untrusted(&client);
        }
    }
}

#[test]
fn an_untrusted_certificate_says_what_to_do() {
    let sandbox = sandbox();
    let reason = ": invalid peer certificate: UnknownIssuer; \
                  add the issuer's root certificate with `add_root_certificates_pem`";
    for on in TRANSPORTS {
        let error = builder(on, &sandbox).build().unwrap().list(112_233).unwrap_err();
        for printed in [format!("{error}"), format!("{error:#}")] {
            assert!(printed.ends_with(reason), "{printed}");
        }
    }
}

#[test]
fn an_entry_that_cannot_be_used_is_refused_with_its_number() {
    let sandbox = sandbox();
    let good = sandbox.ca_pem().unwrap();
    let bad = [good, &good.replace("CERTIFICATE", "TRUSTED CERTIFICATE")].concat();
    for on in TRANSPORTS {
        for builder in [
            builder(on, &sandbox).root_certificates_pem(&bad),
            builder(on, &sandbox).add_root_certificates_pem(&bad),
        ] {
            let error = builder.build().err().unwrap();
            assert!(matches!(error, Error::Invalid(_)), "{on:?}: {error:?}");
            assert!(error.to_string().contains("root certificate 2"), "{on:?}: {error}");
        }
    }
}

fn builder(on: TransportKind, sandbox: &Sandbox) -> Builder {
    Client::builder(on, unlimited(sandbox).build().unwrap())
}

fn assert_untrusted(client: &Client) {
    let error = client.list(112_233).unwrap_err();
    let Error::Transport(transport) = &error else { panic!("{error:?}") };
    assert_eq!((transport.kind(), error.attempts()), (FailureKind::Tls, 1), "{:?}", client.kind());
}
