//! `GET /domain/{domain_id}`

use bytes::Bytes;
use http::{Method, Response, StatusCode};
use serde_json::{Value, json};

use super::{Call, JSON, Route};
use crate::account::Account;
use crate::json::validation::{dcv_token, domain, token_status, validations};
use crate::json::with;
use crate::refusal::Refusal;
use crate::response;

pub(super) const ROUTE: Route = Route {
    method: Method::GET,
    path: "/domain/{domain_id}",
    name: "Domain info",
    content_type: Some(JSON),
    serve,
};

/// The status is one word for many validations, and deprecated (documented).
fn serve(call: &Call<'_>, account: &mut Account) -> Result<Response<Bytes>, Refusal> {
    let now = account.now();
    let id = call.id("domain_id");
    let found = id.ok_or_else(Refusal::no_such_domain).and_then(|id| account.domain(id));
    let found = match found {
        Ok(found) => found,
        Err(refusal) => return response::fixture("domain_info", id).ok_or(refusal),
    };
    let is_active = token_status(found, now) == "active";
    let (dcv, validation) = (call.query.flag("include_dcv"), call.query.flag("include_validation"));
    let body = with(
        domain(found, false),
        json!({
            "status": if is_active { "approved" } else { "pending" },
            "is_pending_validation": found.is_pending(),
            "dcv_token": dcv.then(|| dcv_token(found, now)),
            "validations": validation.then(|| validations(found, now)),
        }),
    );
    let body = if dcv { body } else { with(body, hidden()) };
    Ok(response::json(StatusCode::OK, &body))
}

/// What comes with `include_dcv` only.
fn hidden() -> Value {
    json!({
        "dcv_approval_datetime": null, "dcv_expiration_datetime": null, "dcv_method": null,
        "dcv_expiration": null,
    })
}
