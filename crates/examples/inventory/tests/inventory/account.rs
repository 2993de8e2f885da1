//! An account of 2000 orders, and what an inventory of it must say.

use std::collections::BTreeMap;

use certcentral_sandbox::bytes::Bytes;
use certcentral_sandbox::http::{Method, Response, StatusCode};
use certcentral_sandbox::{Sandbox, SandboxBuilder};
use serde_json::{Value, json};

pub(crate) const ORDERS: u64 = 2000;
const PAGE: u64 = 1000;

/// Every tenth order has reissues.
pub(crate) fn has_reissues(order_id: u64) -> bool {
    order_id.is_multiple_of(10)
}

/// Every 25th order has duplicates.
pub(crate) fn has_duplicates(order_id: u64) -> bool {
    order_id.is_multiple_of(25)
}

/// Returns the id, role and status of each certificate of an order.
pub(crate) fn certificates(order_id: u64) -> Vec<(u64, &'static str, &'static str)> {
    let mut certificates = vec![(order_id + 10_000, "primary", "issued")];
    if has_reissues(order_id) {
        certificates.push((order_id + 20_000, "reissue", "pending"));
        certificates.push((order_id + 30_000, "reissue", "rejected"));
    }
    if has_duplicates(order_id) {
        certificates.push((order_id + 40_000, "duplicate", "issued"));
        certificates.push((order_id + 50_000, "duplicate", "pending"));
    }
    certificates
}

/// Returns the same of all orders, by order.
pub(crate) fn all() -> BTreeMap<u64, Vec<(u64, &'static str, &'static str)>> {
    (1..=ORDERS).map(|order_id| (order_id, certificates(order_id))).collect()
}

pub(crate) fn healthy() -> Sandbox {
    builder().start().unwrap()
}

/// Serves the account. Its pages overlap, as they do if an order is placed in between.
pub(crate) fn builder() -> SandboxBuilder {
    let pages = "/order/certificate?sort=order_id&limit=1000";
    let mut sandbox = Sandbox::builder()
        .without_rate_limit()
        .respond(Method::GET, pages, page(0, 1..=PAGE))
        .respond(Method::GET, format!("{pages}&offset=1000"), page(PAGE, PAGE..ORDERS))
        .respond(Method::GET, format!("{pages}&offset=2000"), page(ORDERS, ORDERS..=ORDERS));
    for order_id in (1..=ORDERS).filter(|&id| has_reissues(id)) {
        sandbox = sandbox.reissues(order_id, reissues(order_id).to_string());
    }
    for order_id in (1..=ORDERS).filter(|&id| has_duplicates(id)) {
        sandbox = sandbox.respond(
            Method::GET,
            format!("/order/certificate/{order_id}/duplicate"),
            Response::new(duplicates(order_id).to_string().into()),
        );
    }
    sandbox
}

/// Makes a list of reissues end with a status, or in the middle.
pub(crate) fn break_reissues(
    sandbox: SandboxBuilder,
    order_id: u64,
    status: StatusCode,
    body: &'static str,
) -> SandboxBuilder {
    let response = Response::builder().status(status).body(Bytes::from(body)).unwrap();
    sandbox.respond(Method::GET, format!("/order/certificate/{order_id}/reissue"), response)
}

fn page(offset: u64, orders: impl Iterator<Item = u64>) -> Response<Bytes> {
    let page = json!({"total": ORDERS, "limit": PAGE, "offset": offset});
    Response::new(json!({"orders": rows(orders), "page": page}).to_string().into())
}

pub(crate) fn rows(orders: impl Iterator<Item = u64>) -> Vec<Value> {
    orders.map(order).collect()
}

fn order(order_id: u64) -> Value {
    json!({
        "id": order_id,
        "status": "issued",
        "certificate": primary(order_id),
        "product": {"name_id": "ssl_basic"},
        "product_name_id": "ssl_basic",
        "has_reissues": has_reissues(order_id),
        "has_duplicates": has_duplicates(order_id),
    })
}

/// With a name that a careless writer of CSV would split.
fn primary(order_id: u64) -> Value {
    json!({
        "id": order_id + 10_000,
        "serial_number": format!("{order_id:08X}"),
        "common_name": format!("\"{order_id}\",\nexample.com"),
        "dns_names": ["a.example.com", "b.example.com"],
        "valid_till": "2999-01-31",
    })
}

/// The list has the primary certificate too.
fn reissues(order_id: u64) -> Value {
    let created = "2026-11-01T09:00:00+00:00";
    json!({"certificates": [
        {"id": order_id + 20_000, "status": "pending", "date_created": created},
        {"id": order_id + 30_000, "status": "rejected", "date_created": created},
        {"id": order_id + 10_000, "status": "issued", "date_created": created},
    ]})
}

/// The list has the primary certificate twice, without its id once; whether a duplicate is issued,
/// its serial number tells.
fn duplicates(order_id: u64) -> Value {
    let created = "2026-11-01T09:00:00+00:00";
    json!({"certificates": [
        {"id": order_id + 10_000, "status": "issued", "date_created": created},
        {"id": order_id + 60_000, "serial_number": format!("0{order_id:08x}"), "status": "issued",
         "date_created": created},
        {"id": order_id + 40_000, "serial_number": format!("DD{order_id:08X}"),
         "status": "approved", "date_created": created},
        {"id": order_id + 50_000, "status": "approved", "date_created": created},
    ]})
}
