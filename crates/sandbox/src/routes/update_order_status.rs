//! `PUT /order/certificate/{order_id}/status`: cancels a new order or a pending reissue.

use bytes::Bytes;
use http::{Method, Response};
use serde::Deserialize;

use super::{Call, JSON, Route};
use crate::account::Account;
use crate::refusal::Refusal;
use crate::response;

pub(super) const ROUTE: Route = Route {
    method: Method::PUT,
    path: "/order/certificate/{order_id}/status",
    name: "Update order status",
    content_type: Some(JSON),
    serve,
};

#[derive(Deserialize)]
struct Body {
    status: Option<String>,
    note: Option<String>,
}

fn serve(call: &Call<'_>, account: &mut Account) -> Result<Response<Bytes>, Refusal> {
    let order_id = call.id("order_id").ok_or_else(Refusal::no_such_order)?;
    let Body { status, note } = call.body()?;
    let status = status.ok_or_else(|| Refusal::required("status"))?;
    // Lower case is documented today, upper case was before. The other two documented values are
    // for migrated orders, of which there are none here.
    if status != "canceled" && status != "CANCELED" {
        return Err(Refusal::invalid("status"));
    }
    let note = note.filter(|note| !note.is_empty()).ok_or_else(|| Refusal::required("note"))?;
    account.cancel(order_id, note)?;
    Ok(response::no_content())
}
