//! `POST /domain/{domain_id}/dcv/token`: makes a new value, and ends the one before it.

use bytes::Bytes;
use http::{Method, Response, StatusCode};
use serde_json::json;

use super::{Call, JSON, Route};
use crate::account::Account;
use crate::json::validation::dcv_token;
use crate::json::with;
use crate::refusal::Refusal;
use crate::response;

pub(super) const ROUTE: Route = Route {
    method: Method::POST,
    path: "/domain/{domain_id}/dcv/token",
    name: "Generate domain DCV random value",
    content_type: Some(JSON),
    serve,
};

fn serve(call: &Call<'_>, account: &mut Account) -> Result<Response<Bytes>, Refusal> {
    let id = call.id("domain_id").ok_or_else(Refusal::no_such_domain)?;
    let now = account.now();
    let token = dcv_token(account.renew_domain_value(id)?, now);
    let body = with(token.unwrap_or_default(), json!({"status": null}));
    Ok(response::json(StatusCode::CREATED, &body))
}
