//! `PUT /order/certificate/{order_id}/check-dcv`: what was looked for at the start of this request, and
//! whether it was found.

use bytes::Bytes;
use http::{Method, Response, StatusCode};
use serde_json::{Value, json};

use super::{Call, JSON, Route};
use crate::account::{Account, DcvMethod};
use crate::refusal::Refusal;
use crate::response;

pub(super) const ROUTE: Route = Route {
    method: Method::PUT,
    path: "/order/certificate/{order_id}/check-dcv",
    name: "Check order DCV",
    content_type: Some(JSON),
    serve,
};

/// A body, which would name a part of the order, is ignored: two spellings of it are documented.
fn serve(call: &Call<'_>, account: &mut Account) -> Result<Response<Bytes>, Refusal> {
    let order_id = call.id("order_id").ok_or_else(Refusal::no_such_order)?;
    let certificate_id = account.checked_certificate(order_id)?;
    let (order, certificate) = account.certificate(certificate_id)?;
    let scopes = account.scopes(order, certificate);
    let open = || scopes.iter().filter(|scope| scope.approved_until.is_none());
    match open().next().map(|scope| scope.method) {
        Some(DcvMethod::Email) => return Err(Refusal::cannot_check_email()),
        // One file that is missing fails the whole check (documented).
        Some(method) if method.is_file() => return Err(Refusal::file_not_found()),
        _ => {}
    }
    let rows: Vec<Value> = scopes
        .iter()
        .flat_map(|scope| {
            let row = |name| json!({"dns_name": name, "status": scope.status()});
            scope.dns_names.iter().map(row)
        })
        .collect();
    let body = json!({
        "order_status": order.status(account.now()).as_str(),
        "certificate_id": certificate.id,
        // Only `valid` is documented.
        "dcv_status": if open().next().is_none() { "valid" } else { "pending" },
        "dns_name_validations": rows,
    });
    Ok(response::json(StatusCode::OK, &body))
}
