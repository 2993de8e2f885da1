//! `POST /domain/{domain_id}/validation`: 201 with the random value if the method is given, else 204
//! (assumed; both are documented).

use bytes::Bytes;
use http::{Method, Response, StatusCode};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Call, JSON, Route};
use crate::account::Account;
use crate::json::validation::submitted;
use crate::json::with;
use crate::refusal::Refusal;
use crate::response;

pub(super) const ROUTE: Route = Route {
    method: Method::POST,
    path: "/domain/{domain_id}/validation",
    name: "Submit domain for validation",
    content_type: Some(JSON),
    serve,
};

#[derive(Deserialize)]
struct Body {
    validations: Option<Vec<Value>>,
}

fn serve(call: &Call<'_>, account: &mut Account) -> Result<Response<Bytes>, Refusal> {
    let id = call.id("domain_id").ok_or_else(Refusal::no_such_domain)?;
    let Body { validations } = call.body()?;
    validations.ok_or_else(|| Refusal::required("validations"))?;
    let method = call.dcv_method()?;
    let now = account.now();
    let domain = account.submit_domain(id, method)?;
    if method.is_none() {
        return Ok(response::no_content());
    }
    let body = with(submitted(domain, now), json!({"id": domain.id}));
    Ok(response::json(StatusCode::CREATED, &body))
}
