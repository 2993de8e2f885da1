//! `PUT /domain/{domain_id}/dcv/method`

use bytes::Bytes;
use http::{Method, Response, StatusCode};

use super::{Call, JSON, Route};
use crate::account::Account;
use crate::json::validation::submitted;
use crate::refusal::Refusal;
use crate::response;

pub(super) const ROUTE: Route = Route {
    method: Method::PUT,
    path: "/domain/{domain_id}/dcv/method",
    name: "Change domain DCV method",
    content_type: Some(JSON),
    serve,
};

/// The method that is set already gets its random value too (observed); `{}` is documented.
fn serve(call: &Call<'_>, account: &mut Account) -> Result<Response<Bytes>, Refusal> {
    let id = call.id("domain_id").ok_or_else(Refusal::no_such_domain)?;
    let method = call.dcv_method()?.ok_or_else(|| Refusal::required("dcv_method"))?;
    let now = account.now();
    let domain = account.change_domain_method(id, method)?;
    Ok(response::json(StatusCode::OK, &submitted(domain, now)))
}
