//! The sandbox, and what it was asked to do.

use std::time::Duration;

use certcentral_sandbox::{HeldResponse, LivingOrder, RecordedRequest, Sandbox, http::Method};
use certcentral_transport_ureq::{Api, ApiKey, Client, ListReissues, OrderId, Reissues};
use serde_json::Value;

/// The order that is reissued.
pub(crate) const ORDER: &str = "700101";
pub(crate) const ORDER_ID: u64 = 700_101;

/// The requests of a whole run, in order.
pub(crate) const REQUESTS: [&str; 5] = [
    "GET /services/v2/order/certificate/700101",
    "POST /services/v2/order/certificate/700101/reissue",
    "PUT /services/v2/request/55000002/status",
    "GET /services/v2/order/certificate/700101/reissue?show_archived=true",
    "GET /services/v2/certificate/810000002/download/format/pem_noroot",
];

pub(crate) fn sandbox() -> Sandbox {
    let names = ["shop.example.com", "www.shop.example.com"];
    Sandbox::builder()
        .without_rate_limit()
        .order(LivingOrder::new(ORDER_ID, names))
        .start()
        .unwrap()
}

pub(crate) fn client(sandbox: &Sandbox) -> Client {
    let api = Api::builder(ApiKey::new(sandbox.api_key()).unwrap()).base_url(sandbox.base_url());
    let client = Client::builder(api.build().unwrap());
    client.root_certificates_pem(sandbox.ca_pem().unwrap()).build().unwrap()
}

pub(crate) fn reissues(sandbox: &Sandbox) -> Reissues {
    client(sandbox).send(ListReissues::new(OrderId(ORDER_ID))).unwrap()
}

/// Lets a number of requests pass, so that the next fault is for the one after them.
pub(crate) fn skip(sandbox: &Sandbox, requests: usize) {
    for _ in 0..requests {
        sandbox.delay_next(Duration::ZERO);
    }
}

/// Holds the response to the first look at the list after a new request was approved.
pub(crate) fn hold_first_look(sandbox: &Sandbox) -> HeldResponse {
    skip(sandbox, 3);
    sandbox.hold_next()
}

/// Returns the method and target of each request.
pub(crate) fn requests(sandbox: &Sandbox) -> Vec<String> {
    let line = |request: &RecordedRequest| format!("{} {}", request.method, request.uri);
    sandbox.requests().iter().map(line).collect()
}

/// Returns the bodies of the requests for a reissue.
pub(crate) fn reissue_requests(sandbox: &Sandbox) -> Vec<Value> {
    let requests = sandbox.requests();
    let posts = requests.iter().filter(|request| request.method == Method::POST);
    posts.map(|request| serde_json::from_slice(&request.body).unwrap()).collect()
}
