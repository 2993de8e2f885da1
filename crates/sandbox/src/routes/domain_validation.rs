//! `GET /domain/{domain_id}/validation`

use bytes::Bytes;
use http::{Method, Response, StatusCode};
use serde_json::json;

use super::{Call, JSON, Route};
use crate::account::Account;
use crate::json::validation::validations;
use crate::refusal::Refusal;
use crate::response;

pub(super) const ROUTE: Route = Route {
    method: Method::GET,
    path: "/domain/{domain_id}/validation",
    name: "Validation details",
    content_type: Some(JSON),
    serve,
};

fn serve(call: &Call<'_>, account: &mut Account) -> Result<Response<Bytes>, Refusal> {
    let now = account.now();
    let domain = account.domain(call.id("domain_id").ok_or_else(Refusal::no_such_domain)?)?;
    let body = json!({"validations": validations(domain, now)});
    Ok(response::json(StatusCode::OK, &body))
}
