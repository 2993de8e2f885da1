//! `GET /container`: no pages. The account has one.

use bytes::Bytes;
use http::{Method, Response, StatusCode};
use serde_json::json;

use super::{Call, JSON, Route};
use crate::account::Account;
use crate::json::{container, with};
use crate::refusal::Refusal;
use crate::response;

pub(super) const ROUTE: Route = Route {
    method: Method::GET,
    path: "/container",
    name: "List containers",
    content_type: Some(JSON),
    serve,
};

#[expect(clippy::unnecessary_wraps, reason = "as every route")]
fn serve(_: &Call<'_>, _: &mut Account) -> Result<Response<Bytes>, Refusal> {
    let more = json!({
        "public_id": "PUBLIC7", "parent_id": 0, "template_id": 5, "ekey": "EKEY7",
        "has_logo": false,
    });
    Ok(response::json(StatusCode::OK, &json!({"containers": [with(container(), more)]})))
}
