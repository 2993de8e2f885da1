//! `PUT /order/certificate/{order_id}/dcv-method`: 204 for email, else the random value.

use bytes::Bytes;
use http::{Method, Response, StatusCode};

use super::{Call, JSON, Route};
use crate::account::{Account, DcvMethod};
use crate::json::validation::random_value;
use crate::refusal::Refusal;
use crate::response;

pub(super) const ROUTE: Route = Route {
    method: Method::PUT,
    path: "/order/certificate/{order_id}/dcv-method",
    name: "Change order DCV method",
    content_type: Some(JSON),
    serve,
};

fn serve(call: &Call<'_>, account: &mut Account) -> Result<Response<Bytes>, Refusal> {
    let order_id = call.id("order_id").ok_or_else(Refusal::no_such_order)?;
    let method = call.dcv_method()?.ok_or_else(|| Refusal::required("dcv_method"))?;
    let value = account.change_order_method(order_id, method)?;
    Ok(match method {
        DcvMethod::Email => response::no_content(),
        _ => response::json(StatusCode::OK, &random_value(&value)),
    })
}
