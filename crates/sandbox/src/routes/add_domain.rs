//! `POST /domain`

use bytes::Bytes;
use http::{Method, Response, StatusCode};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Call, JSON, Route};
use crate::account::{Account, DcvMethod};
use crate::json::validation::submitted;
use crate::json::{ORGANIZATION_ID, with};
use crate::refusal::Refusal;
use crate::response;

pub(super) const ROUTE: Route = Route {
    method: Method::POST,
    path: "/domain",
    name: "Add domain",
    content_type: Some(JSON),
    serve,
};

#[derive(Deserialize)]
struct Body {
    name: Option<String>,
    organization: Option<Organization>,
    validations: Option<Vec<Value>>,
    #[serde(default)]
    keep_www: bool,
}

#[derive(Deserialize)]
struct Organization {
    id: u64,
}

/// Without a method it is email (documented), and nothing that a program can finish.
fn serve(call: &Call<'_>, account: &mut Account) -> Result<Response<Bytes>, Refusal> {
    let body: Body = call.body()?;
    let name = body.name.ok_or_else(|| Refusal::required("name"))?;
    let organization = body.organization.ok_or_else(|| Refusal::required("organization"))?;
    let validations = body.validations.ok_or_else(|| Refusal::required("validations"))?;
    if organization.id != ORGANIZATION_ID {
        return Err(Refusal::invalid("organization.id"));
    }
    let method = call.dcv_method()?.unwrap_or(DcvMethod::Email);
    let keeps_www = body.keep_www || method.is_file();
    let name = name.strip_prefix("www.").filter(|_| !keeps_www).unwrap_or(&name);
    let now = account.now();
    let domain = account.add_domain(name, method, !validations.is_empty())?;
    let body = with(submitted(domain, now), json!({"id": domain.id}));
    Ok(response::json(StatusCode::CREATED, &body))
}
