//! For applications with the blocking client.

use certcentral_core::OrderId;
use certcentral_transport_ureq::Client;
use time::Date;

use crate::findings::{Findings, request};

/// Finds the certificates of `orders` that expire before `before`, one order after another.
pub fn find_due(
    client: &Client,
    orders: impl IntoIterator<Item = OrderId>,
    before: Date,
) -> Findings {
    let mut findings = Findings::default();
    for order_id in orders {
        findings.add(order_id, client.send(request(order_id)), before);
    }
    findings
}
