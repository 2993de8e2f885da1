//! What an error says to do, where the status and the service's own words do not tell.

use std::time::{Duration, Instant};

use bytes::Bytes;
use certcentral_core::{
    Api, ApiKey, Endpoint, Error, Failure, FailureKind, OrderId, RequestId, RetryPolicy, Step,
    order::{OrderInfo, ReissueCertificate},
    request::UpdateRequestStatus,
};
use http::Response;

use crate::{fixture, parse};

const PAGE: &str = "check what is between this program and the service";
const REDIRECT: &str = "redirects are not followed";
const ROUTE: &str = "there is no such route";
const STRANGER: &str = "this is not a response of the service";

#[test]
fn a_refusal_says_what_to_check() {
    let route = r#"{"errors": {"code": "not_found|route", "message": "No such route."}}"#;
    let order = r#"{"errors": [{"code": "not_found|order", "message": "No such order."}]}"#;
    for (status, body, advice) in [
        (301, "moved", Some(REDIRECT)),
        (302, "<html>", Some(REDIRECT)),
        (308, "", Some(REDIRECT)),
        (304, "", Some(STRANGER)),
        (404, route, Some(ROUTE)),
        (404, order, None),
        (403, order, None),
        (403, "<html>", Some(PAGE)),
        (404, "\u{feff}\n<!DOCTYPE html>", Some(PAGE)),
        (406, "<?xml version='1.0'?>", Some(PAGE)),
        (404, "Not Found", Some(STRANGER)),
        (404, "", Some(STRANGER)),
        (403, r#"{"message": "Forbidden"}"#, Some(STRANGER)),
        (404, r#"{"error": {"code": 404, "message": "Not Found"}}"#, Some(STRANGER)),
        (600, "", Some(STRANGER)),
        // Cut off, so it may be the service's.
        (403, &order[..40], None),
        (400, r#"{"errors": ["#, None),
        // A status that a proxy gives too.
        (429, "<html>", None),
        (502, "<html>", None),
        (503, "", None),
        (408, "Request Timeout", None),
    ] {
        let error = parse(&OrderInfo::new(OrderId(7)), status, body.to_owned()).unwrap_err();
        let said = error.to_string();
        for one in [PAGE, REDIRECT, ROUTE, STRANGER] {
            assert_eq!(said.contains(one), advice == Some(one), "{said}");
        }
    }
}

#[test]
fn a_response_that_cannot_be_read_says_what_to_check() {
    for (body, advice) in [
        ("<html>", Some(PAGE)),
        ("\u{feff} <p>", Some(PAGE)),
        ("OK", Some(STRANGER)),
        ("callback({})", Some(STRANGER)),
        ("", None),
        (r#"{"id": 7, "sta"#, None),
        (r#"{"id": 7}"#, None),
        ("null", None),
    ] {
        let error = parse(&OrderInfo::new(OrderId(7)), 200, body.to_owned()).unwrap_err();
        let said = error.to_string();
        for one in [PAGE, STRANGER] {
            assert_eq!(said.contains(one), advice == Some(one), "{said}");
        }
    }
}

#[test]
fn a_refused_key_says_where_accounts_of_the_other_region_are() {
    let us = "https://www.digicert.com/services/v2";
    let eu = "https://certcentral.digicert.eu/services/v2";
    for (base_url, advice) in [
        (us, format!("; check the API key; if its account is in Europe, the base URL is {eu}")),
        (
            eu,
            format!(
                "; check the API key; if its account is in the United States, the base URL is {us}"
            ),
        ),
        (
            "https://gateway.example/digicert",
            format!(
                "; check the API key, and that the base URL leads to the region of its account: \
                 {us} is for the United States, {eu} for Europe"
            ),
        ),
    ] {
        let api = Api::builder(ApiKey::new("S3cretKey").unwrap()).base_url(base_url);
        let body = Bytes::from(fixture("errors/403-invalid-key.json"));
        let refused = Response::builder().status(403).body(body).unwrap();
        let order = OrderInfo::new(OrderId(7));
        let error = api.build().unwrap().parse_response(&order, refused).unwrap_err();
        assert!(error.to_string().ends_with(&advice), "{error}");
    }
}

#[test]
fn a_refusal_of_the_service_says_what_to_do() {
    let approval = UpdateRequestStatus::approve(RequestId(9));
    let error = parse(&approval, 403, fixture("errors/403-invalid-approver.json")).unwrap_err();
    let advice = "; ask somebody who may approve it, or use the API key of such a user";
    assert!(error.to_string().ends_with(advice), "{error}");
    for (status, body, advice) in [
        (401, "401-key-missing", "; check the API key and its permissions"),
        (403, "403-missing-permission", "; check the API key and its permissions"),
        (
            404,
            "404-not-found-order",
            "; check the id, and that the API key is of the account that has it",
        ),
        (400, "400-csr-invalid", ")"),
        (500, "500-internal-error", "; try again later"),
    ] {
        let body = fixture(&format!("errors/{body}.json"));
        let error = parse(&OrderInfo::new(OrderId(7)), status, body).unwrap_err();
        assert!(error.to_string().ends_with(advice), "{error}");
        assert!(!error.public_message().contains("://"), "{error}");
    }
}

#[test]
fn what_was_sent_for_good_is_never_to_be_tried_again() {
    let csr = "-----BEGIN CERTIFICATE REQUEST-----\nMIIB\n-----END CERTIFICATE REQUEST-----\n";
    let reissue = || ReissueCertificate::new(OrderId(7), csr);
    let refused = parse(&reissue(), 503, "").unwrap_err();
    let timed_out = ended(&api(), None, FailureKind::Timeout, reissue());
    for error in [refused, timed_out] {
        let said = error.to_string();
        assert!(said.ends_with("processed: find out before you send it again"), "{said}");
        assert!(!said.contains("try again later"), "{said}");
    }
}

#[test]
fn a_timeout_says_whose_time_is_over() {
    let order = || OrderInfo::new(OrderId(7));
    let url = "https://www.digicert.com/services/v2/order/certificate/7";
    let attempt = ended(&api(), None, FailureKind::Timeout, order());
    assert_eq!(
        attempt.to_string(),
        format!(
            "timed out waiting for the response from {url} within the attempt's 30 s: why; raise \
             the attempt timeout, or try again later"
        )
    );
    let call = ended(&api(), Some(Duration::from_millis(2500)), FailureKind::Timeout, order());
    assert_eq!(
        call.to_string(),
        format!(
            "timed out waiting for the response from {url} within the call's 2.5 s: why; give the \
             call more time, or each attempt less"
        )
    );
}

#[test]
fn a_timeout_of_a_layer_is_nobodys_deadline() {
    let mut call = api().call(OrderInfo::new(OrderId(7)));
    let now = now();
    assert!(matches!(call.poll(now), Step::Send(_)));
    call.handle(now, Err(Failure::new(FailureKind::Timeout, "request timed out")));
    let Step::Done(Err(error)) = call.poll(now) else { panic!("one attempt") };
    let url = "https://www.digicert.com/services/v2/order/certificate/7";
    assert_eq!(
        error.to_string(),
        format!(
            "timed out waiting for the response from {url}: request timed out; try again later"
        )
    );
}

#[test]
fn a_deadline_that_left_no_time_says_how_long_it_was() {
    let start = now();
    let mut call = api().call(OrderInfo::new(OrderId(7))).with_deadline(start);
    let Step::Done(Err(error)) = call.poll(start) else { panic!("there is no time") };
    let said = "the call's deadline passed after 0 ms; give it more time";
    assert_eq!(error.to_string(), said);
}

#[test]
fn a_proxy_that_is_down_is_named_alone() {
    let mut call = api().call(OrderInfo::new(OrderId(7)));
    let now = now();
    assert!(matches!(call.poll(now), Step::Send(_)));
    let why = "the proxy 10.1.2.3:3128 cannot be reached";
    call.handle(now, Err(Failure::new(FailureKind::Connect, why).of_proxy()));
    let Step::Done(Err(error)) = call.poll(now) else { panic!("one attempt") };
    assert_eq!(
        error.to_string(),
        format!("could not connect: {why}; check the URL of the proxy, and that it runs")
    );
    assert!(!error.public_message().contains("10.1.2.3"));
}

/// The error of a call whose attempt fails at its deadline.
fn ended<E: Endpoint>(api: &Api, time: Option<Duration>, kind: FailureKind, endpoint: E) -> Error {
    let start = now();
    let mut call = api.call(endpoint);
    call.set_deadline(time.map(|time| start + time));
    let Step::Send(attempt) = call.poll(start) else { panic!("nothing stands in the way") };
    call.handle(attempt.deadline, Err(Failure::new(kind, "why")));
    let Step::Done(Err(error)) = call.poll(attempt.deadline) else { panic!("one attempt") };
    error
}

/// Of one attempt.
fn api() -> Api {
    let api = Api::builder(ApiKey::new("S3cretKey").unwrap()).retry(RetryPolicy::none());
    api.build().unwrap()
}

#[expect(clippy::disallowed_methods, reason = "virtual time starts at some instant")]
fn now() -> Instant {
    Instant::now()
}
