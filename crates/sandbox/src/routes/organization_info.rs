//! `GET /organization/{organization_id}`

use bytes::Bytes;
use http::{Method, Response, StatusCode};
use serde_json::json;

use super::list_organizations::{organization, validations};
use super::{Call, JSON, Route};
use crate::account::{Account, Organization};
use crate::json::{contact, with};
use crate::refusal::Refusal;
use crate::response;

pub(super) const ROUTE: Route = Route {
    method: Method::GET,
    path: "/organization/{organization_id}",
    name: "Organization info",
    content_type: Some(JSON),
    serve,
};

fn serve(call: &Call<'_>, account: &mut Account) -> Result<Response<Bytes>, Refusal> {
    let id = call.id("organization_id");
    let Some(it) = id.and_then(Organization::with_id) else {
        let fixture = response::fixture("organization_info", id);
        return fixture.ok_or_else(Refusal::no_such_organization);
    };
    let role = json!({"id": 61, "contact_type": "organization_contact", "language_id": 1});
    let contact = with(contact(), role);
    let more = json!({
        "validations": validations(it, account), "organization_contact": contact,
        "contacts": [contact],
    });
    Ok(response::json(StatusCode::OK, &with(organization(it), more)))
}
