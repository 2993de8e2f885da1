//! `POST /order/certificate/{order_id}/duplicate`
//!
//! Whether the names are those of the order is not checked.

use bytes::Bytes;
use http::{Method, Response};

use super::{Call, JSON, Route};
use crate::account::Account;
use crate::certificate_request;
use crate::refusal::Refusal;

pub(super) const ROUTE: Route = Route {
    method: Method::POST,
    path: "/order/certificate/{order_id}/duplicate",
    name: "Duplicate certificate",
    content_type: Some(JSON),
    serve,
};

fn serve(call: &Call<'_>, account: &mut Account) -> Result<Response<Bytes>, Refusal> {
    let order_id = call.id("order_id").ok_or_else(Refusal::no_such_order)?;
    let ids = account.duplicate(order_id, certificate_request::wanted(call)?)?;
    certificate_request::created(account, order_id, ids)
}
