//! `GET /order/alternate/{alternative_order_id}`: every order that was placed with it. If there is
//! none, the list has no key (assumed; a client expects 404).

use bytes::Bytes;
use http::{Method, Response, StatusCode};
use serde_json::json;

use super::{Call, JSON, Route};
use crate::account::{Account, Order, State};
use crate::page::page;
use crate::query::decode_path;
use crate::refusal::Refusal;
use crate::response;

pub(super) const ROUTE: Route = Route {
    method: Method::GET,
    path: "/order/alternate/{alternative_order_id}",
    name: "Orders by alternative order id",
    content_type: Some(JSON),
    serve,
};

fn serve(call: &Call<'_>, account: &mut Account) -> Result<Response<Bytes>, Refusal> {
    let (id, now) = (decode_path(call.segment("alternative_order_id")), account.now());
    let has_id = |order: &&Order| order.terms.alternative_order_id.as_ref() == Some(&id);
    let rows: Vec<&Order> = account.shown_orders().filter(has_id).collect();
    let row = |order: &&Order| {
        let primary = order.primary();
        let is_approved = !matches!(primary.state, State::Requested);
        json!({
            "order_id": order.id,
            "certificate_id": is_approved.then_some(primary.id),
            "status": order.status(now).as_str(),
        })
    };
    Ok(response::json(StatusCode::OK, &page(&call.query, "orders", &rows, row)?))
}
