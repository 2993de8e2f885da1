//! An account of many orders, and what an inventory of it asks: the pages of the list, and up to three
//! calls an order, where its row says that there is something to get.

use bytes::Bytes;
use serde_json::{Value, json};

use crate::bodies;

/// How many orders are on a page of "List orders".
pub const PAGE: u64 = 1000;

/// Whether the row of `order` in the list has no certificate, so that "Order info" is needed.
fn needs_info(order: u64) -> bool {
    order.is_multiple_of(10)
}

/// Whether `order` was reissued.
fn has_reissues(order: u64) -> bool {
    !order.is_multiple_of(3)
}

/// Whether `order` has duplicates.
fn has_duplicates(order: u64) -> bool {
    order.is_multiple_of(4)
}

/// Returns how many calls `order` takes, beside its page.
pub fn calls_of(order: u64) -> u32 {
    let asked = [needs_info(order), has_reissues(order), has_duplicates(order)];
    asked.map(u32::from).iter().sum()
}

/// Returns how many calls an inventory of `orders` takes: 0 to `orders - 1`, as everywhere here. A full
/// page may not be the last, so after it another is asked for.
pub fn calls(orders: u64) -> u64 {
    orders / PAGE + 1 + (0..orders).map(calls_of).map(u64::from).sum::<u64>()
}

/// Returns the page of the list that begins at `offset`.
pub fn page(orders: u64, offset: u64) -> Bytes {
    let rows: Vec<_> = (offset..orders.min(offset + PAGE)).map(row).collect();
    let page = json!({"total": orders, "limit": PAGE, "offset": offset});
    json!({"orders": rows, "page": page}).to_string().into()
}

fn row(order: u64) -> Value {
    let certificate = if needs_info(order) { Value::Null } else { certificate(order) };
    json!({
        "id": order,
        "certificate": certificate,
        "status": "issued",
        "is_renewed": false,
        "date_created": "2026-06-01T08:09:10+00:00",
        "organization": {"id": 31, "name": "Example Ltd"},
        "validity_years": 1,
        "container": {"id": 7, "name": "Web"},
        "product": {"name_id": "ssl_basic", "name": "Basic OV", "type": "ssl_certificate"},
        "product_name_id": "ssl_basic",
        "has_reissues": has_reissues(order),
        "has_duplicates": has_duplicates(order),
    })
}

/// Returns the response to "Order info".
pub fn info(order: u64) -> Bytes {
    let info = json!({
        "id": order,
        "certificate": certificate(order),
        "status": "issued",
        "date_created": "2026-06-01T08:09:10+00:00",
        "product": {"name_id": "ssl_basic", "name": "Basic OV", "type": "ssl_certificate"},
        "reissues_count": u8::from(has_reissues(order)),
        "duplicates_count": u8::from(has_duplicates(order)),
    });
    info.to_string().into()
}

fn certificate(order: u64) -> Value {
    json!({
        "id": 10_000_000 + order,
        "common_name": name(order),
        "dns_names": [name(order), format!("www.{}", name(order))],
        "valid_till": "2026-12-17",
        "days_remaining": 22,
        "signature_hash": "sha256",
    })
}

fn name(order: u64) -> String {
    format!("shop-{order}.example.org")
}

/// Returns the response to "List reissues" and "List duplicates", the same for every order.
pub fn certificates() -> Bytes {
    bodies::order(3)
}
