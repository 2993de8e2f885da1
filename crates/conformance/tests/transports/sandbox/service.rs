//! The service's responses, as each transport returns them.

use std::time::{Duration, Instant};

use crate::both::{Client, TRANSPORTS};
use certcentral_core::{
    BaseUrl, CertificateId, Error, FailureKind, ListReissues, OrderId, ReissueStatus, Reissues,
};
use certcentral_sandbox::{Sandbox, fixtures};
use certcentral_transport_hyper as on_hyper;
use certcentral_transport_ureq as on_ureq;
use http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};

use super::sandboxes::{api, api_builder, client, each, order_7, sandbox, unlimited};

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
fn archived_reissues_are_listed_on_request() {
    each(sandbox, |_, client| {
        let archived = |show| -> Vec<bool> {
            let reissues = client.send(ListReissues::new(OrderId(112_300)).show_archived(show));
            reissues.unwrap().into_iter().map(|row| row.archived).collect()
        };
        assert!(archived(true).contains(&true), "{:?}", client.kind());
        assert!(!archived(false).contains(&true) && !archived(false).is_empty());
    });
}

#[test]
fn a_long_list_is_complete() {
    each(sandbox, |_, client| {
        let reissues = client.list(112_301).unwrap();
        assert_eq!(reissues.certificates.len(), 300, "{:?}", client.kind());
    });
}

#[test]
fn not_found_and_access_denied_are_told_apart() {
    each(sandbox, |sandbox, client| {
        let error = client.list(1).unwrap_err();
        assert!(error.is_not_found() && codes(&error) == ["not_found|order"], "{error}");
        assert_eq!((error.attempts(), sandbox.requests().len()), (1, 1), "{:?}", client.kind());
    });
    for kind in TRANSPORTS {
        let sandbox = sandbox();
        let client = client(kind, api_builder(&sandbox, "Wr0ngKey").build().unwrap(), &sandbox);
        let error = client.list(112_233).unwrap_err();
        assert!(error.is_access_denied() && !error.is_transient(), "{error}");
        assert_eq!(codes(&error), ["access_denied|access_denied_invalid_key"]);
        assert_eq!(sandbox.requests().len(), 1, "{:?}", client.kind());
    }
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
fn a_refusal_without_a_key_is_access_denied() {
    // No client of ours leaves the key out, so the sandbox says what the service would.
    let missing = fixtures::get("errors/401-key-missing.json").unwrap();
    let start = || order_7(Sandbox::builder(), StatusCode::UNAUTHORIZED, missing.body);
    each(start, |_, client| {
        let error = client.list(7).unwrap_err();
        assert!(
            error.is_access_denied() && error.status() == Some(StatusCode::UNAUTHORIZED),
            "{error}"
        );
    });
}

#[test]
fn a_rate_limit_of_the_service_pauses_or_ends_the_call() {
    let start =
        || Sandbox::builder().rate_limit(&[(1, Duration::from_secs(3600))]).start().unwrap();
    for kind in TRANSPORTS {
        let sandbox = start();
        let api = api_builder(&sandbox, sandbox.api_key()).call_timeout(Duration::from_secs(4));
        let client = client(kind, api.build().unwrap(), &sandbox);
        client.list(112_233).unwrap();
        let begun = Instant::now();
        let error = client.list(112_233).unwrap_err();
        assert!(error.is_rate_limited() && codes(&error) == ["request_limit_exceeded"], "{error}");
        assert!(begun.elapsed() < Duration::from_secs(4), "a pause of 5 s is not begun");
        assert_eq!(sandbox.requests().len(), 2, "{:?}", client.kind());
    }
}

#[test]
fn an_unknown_authority_is_refused_before_any_request() {
    let sandbox = sandbox();
    for client in [
        Client::from(on_hyper::Client::new(api(&sandbox))),
        Client::from(on_ureq::Client::new(api(&sandbox))),
    ] {
        let error = client.list(112_233).unwrap_err();
        let Error::Transport(transport) = &error else { panic!("{error:?}") };
        assert_eq!(
            (transport.kind(), error.attempts()),
            (FailureKind::Tls, 1),
            "{:?}",
            client.kind()
        );
        assert!(!error.is_transient() && sandbox.requests().is_empty());
    }
}

#[test]
fn connections_are_reused() {
    each(sandbox, |sandbox, client| {
        for order_id in [112_233, 1, 112_301, 112_310, 112_233] {
            let _ = client.list(order_id);
        }
        assert_eq!(
            (sandbox.requests().len(), sandbox.connections()),
            (5, 1),
            "{:?}",
            client.kind()
        );
    });
}

#[test]
fn a_body_beyond_the_limit_is_refused() {
    for kind in TRANSPORTS {
        let sandbox = sandbox();
        let body = fixtures::get("list_reissues/112233-seed-example.json").unwrap().body;
        let send = |limit| {
            let api = unlimited(&sandbox).body_limit(limit).build().unwrap();
            client(kind, api, &sandbox).list(112_233)
        };
        assert!(send(body.len()).is_ok(), "a body of exactly the limit");
        let Err(Error::Transport(error)) = send(body.len() - 1) else {
            panic!("one byte too many")
        };
        assert_eq!(error.kind(), FailureKind::TooLarge);
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
}

fn codes(error: &Error) -> Vec<&str> {
    let Error::Api(error) = error else { panic!("{error:?}") };
    error.errors.iter().map(|detail| detail.code.as_str()).collect()
}
