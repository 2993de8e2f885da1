//! The record of the requests.

use std::time::Instant;

use certcentral_sandbox::Sandbox;
use certcentral_sandbox::http::StatusCode;

use crate::client::{connect, get, target};

#[test]
fn a_request_is_recorded_whole() {
    let sandbox = Sandbox::builder().plain_http().start().unwrap();
    let before = Instant::now();
    let mut connection = connect(&sandbox);
    connection.write(&format!(
        "POST {}?a=b HTTP/1.1\r\nHost: sandbox\r\nX-Two: 1\r\nX-Two: 2\r\nContent-Length: 5\r\n\r\nhello",
        target("112233")
    ));
    connection.read();

    let [request] = sandbox.requests().try_into().unwrap();
    assert_eq!(request.method, "POST");
    assert_eq!(request.uri, format!("{}?a=b", target("112233")).as_str());
    assert_eq!(request.headers.len(), 4);
    assert_eq!(request.headers["host"], "sandbox");
    assert_eq!(request.headers["content-length"], "5");
    assert!(request.headers.get_all("x-two").iter().eq(["1", "2"]));
    assert_eq!(request.body, "hello");
    assert_eq!(request.connection, 1);
    assert_eq!(request.status, StatusCode::UNAUTHORIZED);
    assert!((before..=Instant::now()).contains(&request.received));
}

#[test]
fn requests_are_in_the_order_of_their_arrival() {
    let sandbox = Sandbox::builder().plain_http().start().unwrap();
    for order in ["112233", "112300", "1"] {
        get(&sandbox, order);
    }
    let paths: Vec<_> = sandbox.requests().iter().map(|request| request.uri.to_string()).collect();
    assert_eq!(paths, ["112233", "112300", "1"].map(target));
}

#[test]
fn every_request_whose_path_names_an_order_asks_for_it() {
    let sandbox = Sandbox::builder().plain_http().start().unwrap();
    let key = sandbox.api_key();
    let mut connection = connect(&sandbox);
    for (order, key) in
        [("8?a=b", key), ("7", "wrong"), ("8", key), ("", key), ("99999999999999999999999", key)]
    {
        connection.get(order, key);
    }
    connection.ask("POST", &target("9"), "");
    connection.ask("GET", "/services/v2/order/certificate/10", "");
    connection.ask("GET", "/services/v2/certificate/11/chain", "");
    assert_eq!(sandbox.orders_asked(), [8, 7, 8, 9, 10]);
}

#[test]
fn a_body_over_one_mebibyte_is_refused_and_not_kept() {
    let sandbox = Sandbox::builder().plain_http().start().unwrap();
    let sizes = [1 << 20, (1 << 20) + 1];
    let statuses = sizes.map(|size| {
        let mut connection = connect(&sandbox);
        let head = "POST / HTTP/1.1\r\nHost: sandbox\r\n";
        connection.write(&format!("{head}Content-Length: {size}\r\n\r\n{}", "x".repeat(size)));
        connection.read().status
    });
    assert_eq!(statuses, [401, 413]);
    let kept: Vec<_> = sandbox.requests().iter().map(|request| request.body.len()).collect();
    assert_eq!(kept, [1 << 20, 0]);
}

#[test]
fn no_debug_shows_a_key() {
    let builder = Sandbox::builder().plain_http().api_key("right-key");
    let builder_shown = format!("{builder:?}");
    let sandbox = builder.start().unwrap();
    get(&sandbox, "112233");
    connect(&sandbox).get("112233", "wrong-key");

    let requests = sandbox.requests();
    let shown = format!("{builder_shown} {sandbox:?} {requests:#?}");
    assert!(!shown.contains("right-key") && !shown.contains("wrong-key"), "{shown}");
    assert_eq!(requests[0].headers["x-dc-devkey"], "right-key");
}
