//! `PUT /domain/{domain_id}/dcv/validate-token`: what was looked for at the start of this request, and
//! whether it was found.

use bytes::Bytes;
use http::{Method, Response, StatusCode};
use serde_json::json;

use super::{Call, JSON, Route};
use crate::account::{Account, DcvMethod};
use crate::refusal::Refusal;
use crate::response;

pub(super) const ROUTE: Route = Route {
    method: Method::PUT,
    path: "/domain/{domain_id}/dcv/validate-token",
    name: "Check domain DCV",
    content_type: Some(JSON),
    serve,
};

/// The response for a domain that waits for nothing is assumed.
fn serve(call: &Call<'_>, account: &mut Account) -> Result<Response<Bytes>, Refusal> {
    let now = account.now();
    let domain = account.domain(call.id("domain_id").ok_or_else(Refusal::no_such_domain)?)?;
    if domain.is_pending() || domain.valid_approval(now).is_none() {
        return Err(match domain.dcv_method {
            DcvMethod::Email => Refusal::cannot_check_email(),
            method if method.is_file() => Refusal::file_not_found(),
            method => Refusal::record_not_found(method),
        });
    }
    let token = domain.token.as_ref().map(|token| &token.text);
    Ok(response::json(StatusCode::OK, &json!({"token": token, "status": "active"})))
}
