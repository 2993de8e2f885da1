//! `GET /organization`

use bytes::Bytes;
use http::{Method, Response, StatusCode};
use serde_json::{Value, json};

use super::{Call, JSON, Route};
use crate::account::{Account, ORGANIZATIONS, Organization};
use crate::dates::timestamp;
use crate::json::{CONTAINER_ID, container, with};
use crate::page::{filter, matches, page, sort};
use crate::refusal::Refusal;
use crate::response;

pub(super) const ROUTE: Route = Route {
    method: Method::GET,
    path: "/organization",
    name: "List organizations",
    content_type: Some(JSON),
    serve,
};

fn serve(call: &Call<'_>, account: &mut Account) -> Result<Response<Bytes>, Refusal> {
    let mut rows = filter(&call.query, ORGANIZATIONS.iter(), fits)?;
    let container_id = call.query.get("container_id");
    rows.retain(|_| container_id.is_none_or(|id| id == CONTAINER_ID.to_string()));
    sort(&call.query, &mut rows, |property, a, b| {
        Some(match property {
            "id" => a.id.cmp(&b.id),
            "name" => a.name.cmp(b.name),
            _ => return None,
        })
    })?;
    // Pending ones are there anyway (observed).
    let with_validations = call.query.flag("include_validation");
    let row = |it: &&Organization| {
        let shows = with_validations || !it.is_validated;
        with(organization(it), json!({"validations": shows.then(|| validations(it, account))}))
    };
    Ok(response::json(StatusCode::OK, &page(&call.query, "organizations", &rows, row)?))
}

fn fits(organization: &Organization, name: &str, value: &str) -> Option<bool> {
    Some(match name {
        "status" => value == "active",
        "search" => value == organization.id.to_string() || matches(value, organization.name),
        _ => return None,
    })
}

pub(super) fn organization(organization: &Organization) -> Value {
    json!({
        "id": organization.id, "status": "active", "name": organization.name,
        "display_name": organization.name, "is_active": true, "is_hidden": false,
        "address": "1 Road", "city": "Lehi", "state": "Utah", "zip": "84043", "country": "us",
        "telephone": "801-555-0100", "container": with(container(), json!({"parent_id": 0})),
    })
}

/// For `ov` and `ev`: done without an end, or pending.
pub(super) fn validations(organization: &Organization, account: &Account) -> Value {
    let (done, now) = (organization.is_validated, account.now());
    let row = |kind: &str| {
        json!({
            "type": kind, "name": kind.to_uppercase(), "description": "Normal Validation",
            "status": if done { "active" } else { "pending" },
            "date_created": done.then(|| timestamp(now - time::Duration::days(30))),
            "validated_until": done.then(|| timestamp(now + time::Duration::days(368))),
        })
    };
    json!([row("ov"), row("ev")])
}
