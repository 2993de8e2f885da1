//! `GET /user/me`: the user whose key it is, an administrator.

use bytes::Bytes;
use http::{Method, Response, StatusCode};
use serde_json::json;

use super::{Call, JSON, Route};
use crate::account::Account;
use crate::json::{CONTAINER_ID, EMAIL, FIRST_NAME, LAST_NAME, USER_ID};
use crate::refusal::Refusal;
use crate::response;

pub(super) const ROUTE: Route = Route {
    method: Method::GET,
    path: "/user/me",
    name: "User info",
    content_type: Some(JSON),
    serve,
};

#[expect(clippy::unnecessary_wraps, reason = "as every route")]
fn serve(_: &Call<'_>, _: &mut Account) -> Result<Response<Bytes>, Refusal> {
    let body = json!({
        "id": USER_ID,
        "username": EMAIL,
        "account_id": 5_210_001,
        "first_name": FIRST_NAME,
        "last_name": LAST_NAME,
        "email": EMAIL,
        "job_title": "Administrator",
        "telephone": "801-555-0100",
        "status": "active",
        "container": {
            "id": CONTAINER_ID, "public_id": "PUBLIC7", "name": "Web", "parent_id": 0,
            "template_id": 5, "has_logo": false, "is_active": true,
        },
        "access_roles": [{"id": 1, "name": "Administrator"}],
        "is_cert_central": true,
        "is_enterprise": false,
        "is_saml_sso_only": false,
        "type": "standard",
        "has_container_assignments": false,
        "container_visibility": [],
        "language_id": 1,
        "account_language_id": 1,
        "container_id_assignments": [],
    });
    Ok(response::json(StatusCode::OK, &body))
}
