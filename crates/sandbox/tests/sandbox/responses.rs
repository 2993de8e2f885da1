//! Which request gets which response.

use std::time::Duration;

use certcentral_sandbox::bytes::Bytes;
use certcentral_sandbox::http::{Method, Response, StatusCode};
use certcentral_sandbox::{LivingOrder, Sandbox, fixtures, routes};

use crate::client::{Reply, connect, get, target};

const HOUR: Duration = Duration::from_secs(3600);

#[test]
fn the_documented_example_comes_byte_for_byte() {
    let sandbox = plain();
    let example = fixtures::get("list_reissues/112233-seed-example.json").unwrap();
    assert_eq!(get(&sandbox, "112233"), json(200, example.body));
}

#[test]
fn every_fixture_is_an_order() {
    let sandbox = plain();
    let mut connection = connect(&sandbox);
    for (order, body) in orders() {
        let all = connection.get(&format!("{order}?show_archived=true"), sandbox.api_key());
        assert_eq!(all, json(200, body), "{order}");
    }
    assert!(orders().count() > 20);
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
        let response = get(&sandbox, &format!("112300{query}"));
        assert_eq!(certificate_ids(&response), ids, "{query}");
    }
}

#[test]
fn another_path_or_method_is_no_route() {
    let sandbox = plain();
    let key = format!("X-DC-DEVKEY: {}\r\n", sandbox.api_key());
    let reissues = target("112233");
    let refusal = fixtures::get("errors/404-not-found-route.json").unwrap();
    for (method, path) in [
        ("PATCH", reissues.as_str()),
        ("DELETE", &reissues),
        ("GET", &format!("{reissues}//")),
        ("GET", &target("")),
        ("GET", &target("+112233")),
        ("GET", &target("112233/../112233")),
        ("GET", "/order/certificate/112233/reissue"),
        ("GET", "/services/v2"),
        ("GET", "/services/v2/"),
        ("GET", "/services/v2order/certificate/112233/reissue"),
        ("GET", "/"),
    ] {
        let response = connect(&sandbox).ask(method, path, &key);
        assert_eq!(response, json(404, refusal.body), "{method} {path}");
    }
}

#[test]
fn what_real_clients_send_is_understood() {
    let sandbox =
        Sandbox::builder().plain_http().order(LivingOrder::new(7, ["a.example"])).start().unwrap();
    let key = format!("X-DC-DEVKEY: {}\r\n", sandbox.api_key());
    let ask = |target: &str| connect(&sandbox).ask("GET", &format!("/services/v2{target}"), &key);
    assert_eq!(ask("/order/certificate/7/").body, ask("/order/certificate/7").body, "a slash");
    let all = ask("/order/certificate").body;
    assert_eq!(ask("/order/certificate?filters[valid_till]=>2020-01-01").body, all);
    assert_ne!(ask("/order/certificate?filters[valid_till]=<2020-01-01").body, all);
}

#[test]
fn the_key_is_checked_before_the_route() {
    let sandbox = plain();
    for (key, status) in [("", 401), ("X-DC-DEVKEY: wrong\r\n", 403)] {
        for path in ["/services/v2/account", "/"] {
            assert_eq!(connect(&sandbox).ask("GET", path, key).status, status, "{path}");
        }
    }
}

#[test]
fn an_accept_that_cannot_be_served_is_406() {
    let sandbox = plain();
    let key = format!("X-DC-DEVKEY: {}\r\n", sandbox.api_key());
    let statuses = [
        ("112233", "application/xml"),
        ("1", "text/csv"),
        ("112233", "application/xml, */*;q=0.1"),
        ("112233", "application/json"),
    ]
    .map(|(order, accept)| {
        let headers = format!("{key}Accept: {accept}\r\n");
        connect(&sandbox).ask("GET", &target(order), &headers).status
    });
    assert_eq!(statuses, [406, 406, 200, 200]);
}

#[test]
fn an_order_that_does_not_exist_is_not_found() {
    let sandbox = plain();
    for order in ["1", "99999999999999999999999"] {
        let response = get(&sandbox, order);
        assert_eq!(code(&response), (404, "not_found|order".to_owned()));
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
fn a_custom_key_replaces_the_default() {
    let sandbox = Sandbox::builder().plain_http().api_key("mine").start().unwrap();
    assert_eq!(sandbox.api_key(), "mine");
    assert_eq!(get(&sandbox, "112233").status, 200);
    let default = connect(&sandbox).get("112233", "sandbox-key-not-a-secret");
    assert_eq!(default.status, 403);
}

#[test]
fn a_full_window_is_429_and_wrong_keys_take_no_room() {
    let sandbox = Sandbox::builder().plain_http().rate_limit(&[(3, HOUR)]).start().unwrap();
    let mut connection = connect(&sandbox);
    let key = sandbox.api_key();
    let statuses =
        [("112233", "wrong"), ("+112233", key), ("112233", key), ("1", key), ("112233", key)]
            .map(|(order, key)| connection.get(order, key).status);
    assert_eq!(statuses, [403, 404, 200, 404, 429]);

    let refused = connection.get("112233", sandbox.api_key());
    let expected = fixtures::get("errors/429-request-limit-exceeded.json").unwrap();
    assert_eq!(refused, json(429, expected.body));
    assert_eq!(connection.get("112233", "wrong").status, 403);
}

#[test]
fn every_response_agrees_with_the_rolling_window() {
    let span = Duration::from_millis(20);
    let sandbox = Sandbox::builder().plain_http().rate_limit(&[(3, span)]).start().unwrap();
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
        let responses = (0..101).map(|_| connection.get("112310", sandbox.api_key()).status);
        responses.filter(|&status| status == 200).count()
    };
    assert_eq!(sent_101(&documented), 100);
    assert_eq!(sent_101(&unlimited), 101);
}

#[test]
fn a_custom_response_is_sent_as_it_is_to_any_route() {
    let archived = r#"{"certificates": [{"id": 1, "archived": 1}]}"#;
    let created = Response::builder().status(201).header("X-Two", "1").body("made".into()).unwrap();
    let sandbox = Sandbox::builder()
        .plain_http()
        .respond(Method::GET, "/order/certificate/112233/reissue", body(archived))
        .respond(Method::POST, "/domain", created)
        .respond(Method::GET, "/domain", body("all"))
        .respond(Method::GET, "domain?offset=2", body("page 2"))
        .start()
        .unwrap();
    let plain = |status, body: &str| Reply { status, content_type: None, body: body.into() };
    assert_eq!(get(&sandbox, "112233"), plain(200, archived));

    let key = format!("X-DC-DEVKEY: {}\r\n", sandbox.api_key());
    let ask =
        |method, path: &str| connect(&sandbox).ask(method, &format!("/services/v2{path}"), &key);
    assert_eq!(ask("POST", "/domain"), plain(201, "made"));
    assert_eq!(ask("GET", "/domain?offset=0"), plain(200, "all"));
    assert_eq!(ask("GET", "/domain?offset=2"), plain(200, "page 2"));
    assert_eq!(ask("PUT", "/domain").status, 404);
    assert_eq!(connect(&sandbox).ask("GET", "/services/v2/domain", "").status, 401);
}

#[test]
fn a_custom_list_goes_before_a_fixture_and_hides_archived_rows() {
    let current = r#"{"certificates":[{"id": 2}]}"#;
    let all = r#"{"certificates":[{"id": 1, "archived": 1},{"id": 2}]}"#;
    let builder = Sandbox::builder().plain_http();
    let sandbox = builder.reissues(112_233, all).reissues(8, "{}").start().unwrap();
    assert_eq!(get(&sandbox, "112233"), json(200, current));
    assert_eq!(get(&sandbox, "112233?show_archived=true"), json(200, all));
    assert_eq!(get(&sandbox, "8"), json(200, "{}"));
    assert_eq!(get(&sandbox, "112310").status, 200);
}

#[test]
fn a_custom_response_goes_before_a_custom_list() {
    let path = "/order/certificate/7/reissue";
    let builder = Sandbox::builder().plain_http().respond(Method::GET, path, body("no"));
    assert_eq!(get(&builder.reissues(7, "{}").start().unwrap(), "7").body, b"no");
}

#[test]
fn every_known_error_can_be_served() {
    let sandbox = plain();
    for error in fixtures::folder("errors") {
        let status = u16::try_from(error.number().unwrap()).unwrap();
        sandbox.fail_next(StatusCode::from_u16(status).unwrap(), error.body);
        let response = get(&sandbox, "7");
        assert_eq!((response.status, response.body.as_slice()), (status, error.body));
    }
}

#[test]
fn every_route_is_listed_once() {
    let mut listed: Vec<_> =
        routes().iter().map(|route| format!("{} {}", route.method, route.path)).collect();
    assert!(listed.contains(&"GET /order/certificate/{order_id}/reissue".to_owned()));
    let count = listed.len();
    listed.sort();
    listed.dedup();
    assert_eq!(listed.len(), count);
}

fn orders() -> impl Iterator<Item = (u64, &'static [u8])> {
    fixtures::folder("list_reissues").map(|fixture| (fixture.number().unwrap(), fixture.body))
}

fn body(text: &'static str) -> Response<Bytes> {
    Response::new(Bytes::from(text))
}

fn plain() -> Sandbox {
    Sandbox::builder().plain_http().start().unwrap()
}

fn json(status: u16, body: impl Into<Vec<u8>>) -> Reply {
    Reply { status, content_type: Some("application/json".to_owned()), body: body.into() }
}

fn code(response: &Reply) -> (u16, String) {
    let body: serde_json::Value = serde_json::from_slice(&response.body).unwrap();
    (response.status, body["errors"][0]["code"].as_str().unwrap().to_owned())
}

fn certificate_ids(response: &Reply) -> Vec<u64> {
    let body: serde_json::Value = serde_json::from_slice(&response.body).unwrap();
    let rows = body["certificates"].as_array().unwrap();
    rows.iter().map(|row| row["id"].as_u64().unwrap()).collect()
}
