//! How calls end: what succeeds without a body, and what may be sent twice.

use std::time::{Duration, Instant};

use bytes::Bytes;
use certcentral_core::{
    CertificateId, Endpoint, Error, Failure, FailureKind, OrderId, RequestId, Step,
    certificate::{Revocation, RevokeCertificate},
    order::{
        CheckOrderDcv, OrderInfo, ReissueCertificate, ResendOrderEmails, RevokeOrder,
        UpdateOrderStatus,
    },
    request::UpdateRequestStatus,
};
use certcentral_core_testing::endpoints::ALL;
use http::{Response, StatusCode};

use crate::{api, fixture, parse};

const CSR: &str = "-----BEGIN CERTIFICATE REQUEST-----\nMIIB\n-----END CERTIFICATE REQUEST-----\n";
const REQUESTED: &str = r#"{"id": 9, "type": "revoke", "status": "pending"}"#;

#[test]
fn a_revocation_is_done_or_requested() {
    fn check(revoke: &impl Endpoint<Output = Revocation>) {
        for (status, body) in [(204, ""), (200, ""), (200, " \n"), (200, "\u{feff}")] {
            assert_eq!(parse(revoke, status, body).unwrap(), Revocation::Done, "{status}");
        }
        for status in [200, 201, 202] {
            let Revocation::Requested(request) = parse(revoke, status, REQUESTED).unwrap() else {
                panic!("{status}");
            };
            assert_eq!(request.id, RequestId(9));
        }
        // 201 says that there is a request, so an approval is needed that nobody could give.
        for (status, body) in [(201, ""), (200, "<html>"), (201, "{}"), (200, "[]")] {
            let error = parse(revoke, status, body).unwrap_err();
            assert!(matches!(error, Error::Decode(_)), "{status} {body}");
        }
    }
    check(&RevokeOrder::new(OrderId(7)));
    check(&RevokeCertificate::new(CertificateId(8)));
}

#[test]
fn a_status_is_updated_without_a_body() {
    fn check(update: &impl Endpoint<Output = ()>) {
        let done = ["", "{}", "[]\n", "null", "\u{feff}", "\u{feff}\u{feff}{}"];
        for (status, body) in done.map(|body| (200, body)).into_iter().chain([(204, "")]) {
            parse(update, status, body).unwrap();
        }
        for body in ["<html>Please log in</html>", r#"{"errors": ["no"]}"#, "ok"] {
            let error = parse(update, 200, body).unwrap_err();
            assert!(matches!(error, Error::Decode(_)), "{body}");
            assert!(error.to_string().contains(body), "{error}");
        }
    }
    check(&UpdateOrderStatus::cancel(OrderId(7), "wrong names"));
    check(&UpdateRequestStatus::approve(RequestId(9)));
    check(&ResendOrderEmails::new(OrderId(7)));
}

#[test]
fn a_refusal_is_an_error_with_its_code() {
    let body = fixture("errors/403-invalid-approver.json");
    let error = parse(&UpdateRequestStatus::approve(RequestId(9)), 403, body).unwrap_err();
    assert!(error.has_code("access_denied|invalid_approver") && error.is_access_denied());
    let body = fixture("errors/400-csr-invalid.json");
    let error = parse(&ReissueCertificate::new(OrderId(7), "MIIB"), 400, body).unwrap_err();
    assert!(error.has_code("csr_invalid_cannot_parse") && !error.may_have_taken_effect());
}

#[test]
fn a_2xx_with_nothing_but_errors_is_a_refusal_of_any_call() {
    for body in [
        r#"{"errors": [{"code": "access_denied|x", "message": "No."}]}"#,
        r#"{"error": {"code": "access_denied|x"}}"#,
        r#" {"error": null, "errors": {"code": "access_denied|x"}}"#,
        r#"{"errors": "Access denied due to access_denied_x."}"#,
        r#""{\"errors\": [{\"code\": \"access_denied|x\"}]}""#,
    ] {
        for endpoint in &*ALL {
            let error = endpoint.read(body).unwrap_err();
            let is_denied = error.is_access_denied() && error.has_code("access_denied");
            assert!(is_denied && error.status().unwrap().is_success(), "{endpoint:?}: {error:?}");
            assert!(!error.may_have_taken_effect() && !error.is_transient(), "{error:?}");
        }
    }
    let reissue = ReissueCertificate::new(OrderId(7), "MIIB");
    for (code, is_not_found) in [("not_found|order", true), ("not_found|route", false)] {
        let body = format!(r#"{{"errors": [{{"code": "{code}"}}]}}"#);
        let error = parse(&reissue, 200, body).unwrap_err();
        assert!(error.has_code(code) && error.is_not_found() == is_not_found, "{error:?}");
        // Who says that all is well, and that it is not, may have done it.
        assert!(error.may_have_taken_effect(), "{error:?}");
    }
}

#[test]
fn a_2xx_with_more_than_errors_or_less_cannot_be_read() {
    for body in [
        r#"{"errors": [{"code": "access_denied|x"}], "status": "ok"}"#,
        r#"{"status": "ok", "errors": [{"code": "access_denied|x"}]}"#,
        r#"{"errors": []}"#,
        r#"{"errors": [{"message": "No."}]}"#,
        r#"{"error": 500}"#,
        r#"{"errors": [{"code": "access_denied|x"}]"#,
        "access_denied|access_denied_invalid_key",
    ] {
        let error = parse(&OrderInfo::new(OrderId(7)), 200, body).unwrap_err();
        assert!(matches!(error, Error::Decode(_)) && !error.is_access_denied(), "{error:?}");
    }
}

#[test]
fn codes_are_found_in_text_and_in_json_in_a_text() {
    const KEY: &str = "access_denied|access_denied_invalid_key";
    let sentence = "Access denied due to access_denied_invalid_key.";
    let object = format!(r#"{{"errors":[{{"code":"{KEY}","message":"{sentence}"}}]}}"#);
    for body in [
        sentence.to_owned(),
        format!("\u{feff}  {sentence}\r\n"),
        format!("error: {KEY}"),
        serde_json::to_string(sentence).unwrap(),
        serde_json::to_string(&object).unwrap(),
        serde_json::to_string(&format!(" {object}\n")).unwrap(),
        format!(r#"{{"error":"{sentence}"}}"#),
        format!(r#"{{"errors":[{{"message":"{sentence}"}}]}}"#),
    ] {
        for status in [400, 401, 403, 500, 503] {
            let error = parse(&OrderInfo::new(OrderId(7)), status, body.clone()).unwrap_err();
            assert!(error.has_code(KEY) && error.is_access_denied(), "{status} {body}: {error:?}");
            assert!(error.to_string().contains("check the API key"), "{error}");
            assert!(!error.is_transient(), "trying again may lock the account: {error}");
        }
    }
    for (body, code) in [
        ("not_found|order: there is none", Some("not_found|order")),
        ("(required_param:certificate.csr)", Some("required_param:certificate.csr")),
        ("request_limit_exceeded", Some("request_limit_exceeded")),
        // Words of others.
        ("upstream connect_error: connection_refused", None),
        ("RBAC: access denied", None),
        ("access_denied", None),
        ("expected json|xml at host_a:8080", None),
        ("<p>access_denied_invalid_key</p>", None),
        ("\u{feff}<p>access_denied_invalid_key</p>", None),
        (r#"{"errors":[{"code":"access_denied|x""#, None),
        (r#""access_denied|x"#, None),
        (r#"["access_denied|x"]"#, None),
    ] {
        let error = parse(&OrderInfo::new(OrderId(7)), 400, body).unwrap_err();
        let Error::Api(error) = error else { panic!("{error:?}") };
        let found: Vec<_> = error.errors.iter().map(|error| error.code.as_str()).collect();
        assert_eq!(found, Vec::from_iter(code), "{body}");
    }
    // One text in another is read, and no more.
    let twice = serde_json::to_string(&serde_json::to_string(&object).unwrap()).unwrap();
    let error = parse(&OrderInfo::new(OrderId(7)), 400, twice).unwrap_err();
    assert!(!error.has_code(KEY), "{error:?}");
    let long = sentence.to_owned() + &" ".repeat(100_000) + "x";
    assert!(!parse(&OrderInfo::new(OrderId(7)), 400, long).unwrap_err().has_code(KEY));
}

#[test]
fn a_public_message_has_words_of_the_service_only() {
    let message = |errors: &str| {
        let body = format!(r#"{{"errors": [{errors}]}}"#);
        parse(&OrderInfo::new(OrderId(7)), 400, body).unwrap_err().public_message()
    };
    for (code, said) in [
        ("required_param:certificate.csr", Some("required_param:certificate.csr")),
        ("proxy_error:http://10.1.2.3/x", Some("proxy_error")),
        ("upstream|Host_A", Some("upstream")),
        ("NotFound", None),
        ("400", None),
    ] {
        let said = said.map_or("DigiCert sent an unexpected response".to_owned(), |said| {
            format!("DigiCert refused the request: {said}")
        });
        assert_eq!(message(&format!(r#"{{"code": "{code}"}}"#)), said);
    }
    let many = vec![r#"{"code": "invalid_value:validity_days"}"#; 1_000].join(",");
    assert!(message(&many).len() < 600);
}

#[test]
fn a_status_tells_whether_a_call_may_have_taken_effect() {
    let refusals = [300..=301, 304..=407, 409..=499];
    for status in (100..=999).filter(|status| !(200..=299).contains(status)) {
        for body in ["", "<html>", r#"{"errors":[{"code":"not_found|order"}]}"#] {
            let post = ReissueCertificate::new(OrderId(7), "MIIB");
            let error = parse(&post, status, body).unwrap_err();
            let is_refused = refusals.iter().any(|statuses| statuses.contains(&status));
            assert_eq!(error.may_have_taken_effect(), !is_refused, "{status}: {error}");
            assert!(is_refused || !error.is_transient(), "{status}: {error}");
            let error = parse(&OrderInfo::new(OrderId(7)), status, body).unwrap_err();
            assert!(!error.may_have_taken_effect(), "{status}: {error}");
        }
    }
}

#[test]
fn what_changes_nothing_the_second_time_is_sent_again() {
    const OF_CHANGES: [&str; 5] = [
        "change_domain_dcv_method",
        "change_order_dcv_method",
        "check_domain_dcv",
        "check_order_dcv",
        "order_random_value",
    ];
    for endpoint in &*ALL {
        let reads = endpoint.sends.starts_with("GET ");
        let is_listed = OF_CHANGES.contains(&&*endpoint.folder);
        assert_eq!(endpoint.is_repeatable, reads || is_listed, "{endpoint:?}: is it listed here?");
    }
    assert!(is_sent_again(OrderInfo::new(OrderId(7))));
    assert!(is_sent_again(CheckOrderDcv::new(OrderId(7))));
    assert!(!is_sent_again(ReissueCertificate::new(OrderId(7), CSR)));
    assert!(!is_sent_again(RevokeOrder::new(OrderId(7))));
}

/// Whether a call is sent again after it timed out. If not, its error says that it may have taken
/// effect, as it does after 503 and after a response that cannot be read.
fn is_sent_again<E: Endpoint + Clone>(endpoint: E) -> bool {
    let timeout = Err(Failure::new(FailureKind::Timeout, "no response"));
    let Some(error) = first_error(endpoint.clone(), timeout) else { return true };
    assert!(error.may_have_taken_effect() && !error.is_transient(), "{error:?}");
    for (status, body) in [(503, ""), (200, "<html>"), (201, "{\"id\":")] {
        let mut response = Response::new(Bytes::from(body));
        *response.status_mut() = StatusCode::from_u16(status).unwrap();
        let error = first_error(endpoint.clone(), Ok(response)).unwrap();
        assert!(error.may_have_taken_effect(), "{status}: {error:?}");
    }
    // Whatever it is, what never left is sent again.
    let unsent = Err(Failure::new(FailureKind::Connect, "no route"));
    assert!(first_error(endpoint, unsent).is_none());
    false
}

/// The error with which a call ends after its first attempt; none if it makes another.
#[expect(clippy::disallowed_methods, reason = "virtual time starts at some instant")]
fn first_error<E: Endpoint>(
    endpoint: E,
    outcome: Result<Response<Bytes>, Failure>,
) -> Option<Error> {
    let now = Instant::now();
    let mut call = api().call(endpoint);
    let Step::Send(_) = call.poll(now) else { panic!("nothing stands in the way") };
    call.handle(now, outcome);
    match call.poll(now + Duration::from_secs(60)) {
        Step::Send(_) => None,
        Step::Done(result) => result.err(),
        Step::Wait(_) => panic!("a pause is no longer than 20 s"),
    }
}
