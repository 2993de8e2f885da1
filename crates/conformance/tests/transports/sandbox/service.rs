//! The service's responses, as each transport returns them.

use std::time::Duration;

use crate::both::{Client, TRANSPORTS};
use certcentral_core::{
    BaseUrl, CertificateId, Error, ListReissues, OrderId, ReissueStatus, Reissues,
};
use certcentral_sandbox::Sandbox;
use http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};

use super::sandboxes::{api, client, each, order_7, sandbox, unlimited};

#[test]
fn the_sample_order_has_three_reissues_over_tls() {
    each(sandbox, |_, client| {
        let reissues = client.list(112_233).unwrap();
        let rows: Vec<_> = reissues.into_iter().map(|row| (row.id, row.status)).collect();
        let expected = [
            (CertificateId(12345), ReissueStatus::Issued),
            (CertificateId(23456), ReissueStatus::Rejected),
            (CertificateId(34567), ReissueStatus::Pending),
        ];
        assert_eq!(rows, expected, "{:?}", client.kind());
    });
}

#[test]
fn the_request_arrives_exactly_as_the_core_built_it() {
    each(sandbox, |sandbox, client| {
        client.send(ListReissues::new(OrderId(112_233)).show_archived(true)).unwrap();
        let [request] = sandbox.requests().try_into().unwrap();
        let host = sandbox.base_url().split('/').nth(2).unwrap().to_owned();
        let json = HeaderValue::from_static("application/json");
        let agent = concat!("certcentral-rs/", env!("CARGO_PKG_VERSION"));
        let headers = HeaderMap::from_iter([
            (header::HOST, host.parse().unwrap()),
            (header::HeaderName::from_static("x-dc-devkey"), sandbox.api_key().parse().unwrap()),
            (header::ACCEPT, json.clone()),
            (header::ACCEPT_ENCODING, HeaderValue::from_static("identity")),
            (header::CONTENT_TYPE, json),
            (header::USER_AGENT, HeaderValue::from_static(agent)),
        ]);
        let uri = "/services/v2/order/certificate/112233/reissue?show_archived=true";
        assert_eq!(
            (request.method, request.uri, request.headers, &*request.body),
            (Method::GET, Uri::from_static(uri), headers, &b""[..]),
            "{:?}",
            client.kind()
        );
    });
}

#[test]
fn the_error_of_a_wrong_base_url_names_it() {
    for kind in TRANSPORTS {
        let login = "<!DOCTYPE html><title>Log in</title>";
        let sandbox = order_7(Sandbox::builder(), StatusCode::OK, login);
        let bare = sandbox.base_url().replace("/services/v2", "");
        let elsewhere = unlimited(&sandbox).base_url(BaseUrl::parse(&bare).unwrap());
        let errors = [
            client(kind, elsewhere.build().unwrap(), &sandbox).list(112_233).unwrap_err(),
            client(kind, api(&sandbox), &sandbox).list(7).unwrap_err(),
        ];
        for (error, base) in errors.iter().zip([bare, sandbox.base_url()]) {
            let text = error.to_string();
            assert!(text.contains("the base URL, which usually ends in /services/v2"), "{text}");
            assert!(text.contains(&format!("{base}/order/certificate/")), "{text}");
            assert!(error.url().is_some_and(|url| text.contains(url)), "{text}");
        }
    }
}

#[test]
fn bad_root_certificates_and_timeouts_are_refused() {
    let sandbox = sandbox();
    let bad_der = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    for pem in ["", "no PEM", bad_der] {
        for kind in TRANSPORTS {
            let builder = Client::builder(kind, api(&sandbox)).root_certificates_pem(pem);
            let error = builder.build().unwrap_err();
            assert!(error.to_string().contains("root certificate"), "{error}");
        }
    }
    for kind in TRANSPORTS {
        let builder = Client::builder(kind, api(&sandbox)).connect_timeout(Duration::ZERO);
        assert!(matches!(builder.build(), Err(Error::Invalid(_))), "{kind:?}");
    }
}

#[test]
fn both_transports_return_the_same_list() {
    let sandbox = sandbox();
    let api = api(&sandbox);
    let lists: [Reissues; 2] =
        TRANSPORTS.map(|kind| client(kind, api.clone(), &sandbox).list(112_301).unwrap());
    assert_eq!(lists[0], lists[1]);
    assert_eq!(lists[0].len(), 300);
}
