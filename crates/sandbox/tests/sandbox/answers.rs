//! What is answered to which request.

use std::time::Duration;

use certcentral_sandbox::http::StatusCode;
use certcentral_sandbox::{Sandbox, errors, orders};

use crate::client::{Answer, connect, get, target};

const HOUR: Duration = Duration::from_secs(3600);

#[test]
fn the_documented_example_comes_byte_for_byte() {
    let sandbox = plain();
    let body = include_bytes!("../../fixtures/orders/112233-seed-example.json");
    assert_eq!(get(&sandbox, "112233"), json(200, body));
}

#[test]
fn every_fixture_is_an_order() {
    let sandbox = plain();
    let mut connection = connect(&sandbox);
    for (order, body) in orders() {
        let all = connection.get(&format!("{order}?show_archived=true"), sandbox.api_key());
        assert_eq!(all, json(200, body), "{order}");
    }
}

#[test]
fn only_bodies_with_archived_rows_depend_on_show_archived() {
    let sandbox = plain();
    let mut connection = connect(&sandbox);
    let differing: Vec<u64> = orders()
        .filter(|(order, body)| connection.get(&order.to_string(), sandbox.api_key()).body != *body)
        .map(|(order, _)| order)
        .collect();
    assert_eq!(differing, [112_300, 112_340]);
}

#[test]
fn archived_rows_come_only_with_show_archived() {
    let sandbox = plain();
    for (query, ids) in [
        ("", vec![45_678, 45_677]),
        ("?show_archived=false", vec![45_678, 45_677]),
        ("?limit=10&show_archived=true", vec![45_678, 45_677, 45_600, 45_599]),
    ] {
        let answer = get(&sandbox, &format!("112300{query}"));
        assert_eq!(certificate_ids(&answer), ids, "{query}");
    }
}

#[test]
fn another_path_or_method_is_no_route() {
    let sandbox = plain();
    let key = format!("X-DC-DEVKEY: {}\r\n", sandbox.api_key());
    let reissues = target("112233");
    for (method, path) in [
        ("POST", reissues.as_str()),
        ("DELETE", &reissues),
        ("GET", &format!("{reissues}/")),
        ("GET", &target("")),
        ("GET", &target("+112233")),
        ("GET", &target("112233/../112233")),
        ("GET", "/order/certificate/112233/reissue"),
        ("GET", "/services/v2/order/certificate/112233"),
        ("GET", "/"),
    ] {
        let answer = connect(&sandbox).ask(method, path, &key);
        assert_eq!(code(&answer), (404, "not_found|route".to_owned()), "{method} {path}");
    }
}

#[test]
fn an_order_that_does_not_exist_is_not_found() {
    let sandbox = plain();
    for order in ["1", "99999999999999999999999"] {
        let answer = get(&sandbox, order);
        assert_eq!(code(&answer), (404, "not_found|order".to_owned()));
    }
}

#[test]
fn a_missing_key_and_a_wrong_key_are_refused() {
    let sandbox = plain();
    let missing = connect(&sandbox).ask("GET", &target("112233"), "");
    assert_eq!(code(&missing), (401, "access_denied|missing_api_key".to_owned()));
    for key in ["", "wrong", "sandbox-key-not-a-secret-"] {
        let wrong = connect(&sandbox).get("112233", key);
        let expected = "access_denied|access_denied_invalid_key".to_owned();
        assert_eq!(code(&wrong), (403, expected), "{key:?}");
    }
}

#[test]
fn a_key_of_ones_own_replaces_the_default() {
    let sandbox = Sandbox::builder().plain_http().api_key("mine").start().unwrap();
    assert_eq!(sandbox.api_key(), "mine");
    assert_eq!(get(&sandbox, "112233").status, 200);
    let default = connect(&sandbox).get("112233", "sandbox-key-not-a-secret");
    assert_eq!(default.status, 403);
}

#[test]
fn a_full_window_is_answered_429_and_earlier_refusals_take_no_room() {
    let sandbox = Sandbox::builder().plain_http().windows(&[(2, HOUR)]).start().unwrap();
    let mut connection = connect(&sandbox);
    let statuses = [
        ("112233", "wrong"),
        ("112233/", sandbox.api_key()),
        ("112233", sandbox.api_key()),
        ("1", sandbox.api_key()),
        ("112233", sandbox.api_key()),
    ]
    .map(|(order, key)| connection.get(order, key).status);
    assert_eq!(statuses, [403, 404, 200, 404, 429]);

    let refused = connection.get("112233", sandbox.api_key());
    let body = include_bytes!("../../fixtures/errors/429-request-limit-exceeded.json");
    assert_eq!(refused, json(429, body));
    assert_eq!(connection.get("112233", "wrong").status, 403);
    assert_eq!(connection.ask("GET", "/", "").status, 404);
}

#[test]
fn every_answer_agrees_with_the_rolling_window() {
    let span = Duration::from_millis(20);
    let sandbox = Sandbox::builder().plain_http().windows(&[(3, span)]).start().unwrap();
    let mut connection = connect(&sandbox);
    let mut good = 0;
    while good < 7 {
        good += u32::from(connection.get("112310", sandbox.api_key()).status == 200);
    }

    let mut admitted = Vec::new();
    for request in sandbox.requests() {
        let recent = admitted.iter().filter(|&&earlier| request.received - earlier < span).count();
        let expected = if recent < 3 { StatusCode::OK } else { StatusCode::TOO_MANY_REQUESTS };
        assert_eq!(request.status, expected);
        if recent < 3 {
            admitted.push(request.received);
        }
    }
}

#[test]
fn the_documented_limit_is_the_default_and_can_be_switched_off() {
    let documented = plain();
    let unlimited = Sandbox::builder().plain_http().without_rate_limit().start().unwrap();
    let sent_101 = |sandbox: &Sandbox| {
        let mut connection = connect(sandbox);
        let answers = (0..101).map(|_| connection.get("112310", sandbox.api_key()).status);
        answers.filter(|&status| status == 200).count()
    };
    assert_eq!(sent_101(&documented), 100);
    assert_eq!(sent_101(&unlimited), 101);
}

#[test]
fn an_answer_of_ones_own_goes_before_a_fixture_and_is_sent_as_it_is() {
    let archived = r#"{"certificates": [{"id": 1, "archived": 1}]}"#;
    let sandbox = Sandbox::builder()
        .plain_http()
        .answer(112_233, StatusCode::OK, archived)
        .answer(5, StatusCode::BAD_GATEWAY, "<html></html>")
        .answer(6, StatusCode::SERVICE_UNAVAILABLE, "")
        .start()
        .unwrap();
    assert_eq!(get(&sandbox, "112233"), json(200, archived));
    let html = Answer {
        status: 502,
        content_type: Some("text/html".to_owned()),
        body: b"<html></html>".to_vec(),
    };
    assert_eq!(get(&sandbox, "5"), html);
    let nothing = Answer { status: 503, content_type: None, body: Vec::new() };
    assert_eq!(get(&sandbox, "6"), nothing);
    assert_eq!(connect(&sandbox).get("5", "wrong").status, 403);
}

#[test]
fn an_order_of_ones_own_goes_before_a_fixture_and_hides_archived_rows() {
    let current = r#"{"certificates":[{"id": 2}]}"#;
    let all = r#"{"certificates":[{"id": 1, "archived": 1},{"id": 2}]}"#;
    let sandbox =
        Sandbox::builder().plain_http().order(112_233, all).order(8, "{}").start().unwrap();
    assert_eq!(get(&sandbox, "112233"), json(200, current));
    assert_eq!(get(&sandbox, "112233?show_archived=true"), json(200, all));
    assert_eq!(get(&sandbox, "8"), json(200, "{}"));
    assert_eq!(get(&sandbox, "112310").status, 200);
}

#[test]
fn of_several_answers_for_one_order_the_last_counts() {
    let status = StatusCode::NOT_FOUND;
    let builder = Sandbox::builder().plain_http().order(7, "{}").answer(7, status, "no");
    let sandbox = builder.answer(8, status, "no").order(8, "{}").start().unwrap();
    assert_eq!(get(&sandbox, "7"), json(404, "no"));
    assert_eq!(get(&sandbox, "8"), json(200, "{}"));
}

#[test]
fn every_known_error_can_be_served() {
    for (status, body) in errors() {
        let builder = Sandbox::builder().plain_http().answer(7, status, body);
        let answer = get(&builder.start().unwrap(), "7");
        assert_eq!((answer.status, answer.body.as_slice()), (status.as_u16(), body));
    }
}

fn plain() -> Sandbox {
    Sandbox::builder().plain_http().start().unwrap()
}

fn json(status: u16, body: impl Into<Vec<u8>>) -> Answer {
    Answer { status, content_type: Some("application/json".to_owned()), body: body.into() }
}

fn code(answer: &Answer) -> (u16, String) {
    let body: serde_json::Value = serde_json::from_slice(&answer.body).unwrap();
    (answer.status, body["errors"][0]["code"].as_str().unwrap().to_owned())
}

fn certificate_ids(answer: &Answer) -> Vec<u64> {
    let body: serde_json::Value = serde_json::from_slice(&answer.body).unwrap();
    let rows = body["certificates"].as_array().unwrap();
    rows.iter().map(|row| row["id"].as_u64().unwrap()).collect()
}
