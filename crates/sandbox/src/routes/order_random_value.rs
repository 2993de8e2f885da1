//! `PUT /order/certificate/{order_id}/dcv-random-value`: a PUT that reads.

use bytes::Bytes;
use http::{Method, Response, StatusCode};

use super::{Call, JSON, Route};
use crate::account::Account;
use crate::json::validation::random_value;
use crate::refusal::Refusal;
use crate::response;

pub(super) const ROUTE: Route = Route {
    method: Method::PUT,
    path: "/order/certificate/{order_id}/dcv-random-value",
    name: "Order DCV random value",
    content_type: Some(JSON),
    serve,
};

fn serve(call: &Call<'_>, account: &mut Account) -> Result<Response<Bytes>, Refusal> {
    let order_id = call.id("order_id").ok_or_else(Refusal::no_such_order)?;
    let value = account.order_value(order_id)?;
    Ok(response::json(StatusCode::OK, &random_value(&value)))
}
