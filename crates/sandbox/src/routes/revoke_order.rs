//! `PUT /order/certificate/{order_id}/revoke`: all certificates of the order.

use bytes::Bytes;
use http::{Method, Response};

use super::{Call, JSON, Route};
use crate::account::Account;
use crate::refusal::Refusal;
use crate::revocation;

pub(super) const ROUTE: Route = Route {
    method: Method::PUT,
    path: "/order/certificate/{order_id}/revoke",
    name: "Revoke order certificates",
    content_type: Some(JSON),
    serve,
};

fn serve(call: &Call<'_>, account: &mut Account) -> Result<Response<Bytes>, Refusal> {
    let order_id = call.id("order_id").ok_or_else(Refusal::no_such_order)?;
    revocation::revoke(call, account, order_id, None)
}
