//! For applications with the async client.

use certcentral_core::OrderId;
use certcentral_transport_hyper::Client;
use time::Date;
use tokio::task::JoinSet;

use crate::findings::{Findings, request};

/// Finds the certificates of `orders` that expire before `before`. All orders are requested at once;
/// the client's rate limit spreads them.
///
/// Dropping the future cancels every call.
///
/// # Panics
///
/// Outside a tokio runtime.
pub async fn find_due(
    client: &Client,
    orders: impl IntoIterator<Item = OrderId>,
    before: Date,
) -> Findings {
    let mut calls = JoinSet::new();
    for order_id in orders {
        let call = client.send(request(order_id));
        calls.spawn(async move { (order_id, call.await) });
    }
    let mut findings = Findings::default();
    for (order_id, result) in calls.join_all().await {
        findings.add(order_id, result, before);
    }
    findings
}
