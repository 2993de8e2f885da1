//! `GET /certificate/download/order/{order_id}`: the order's primary, for the order's platform.

use bytes::Bytes;
use http::{Method, Response};

use super::{Call, Route, download_certificate, download_platform};
use crate::account::Account;
use crate::refusal::Refusal;

pub(super) const ROUTE: Route = Route {
    method: Method::GET,
    path: "/certificate/download/order/{order_id}",
    name: "Download certificate (order id)",
    content_type: None,
    serve,
};

fn serve(call: &Call<'_>, account: &mut Account) -> Result<Response<Bytes>, Refusal> {
    let order = call.id("order_id").and_then(|order_id| account.order(order_id));
    let order = order.ok_or_else(Refusal::no_such_order)?;
    download_certificate::download(account, order.primary(), download_platform::FORMAT)
}
