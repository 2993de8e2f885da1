//! `GET /request/{request_id}`

use bytes::Bytes;
use http::{Method, Response, StatusCode};

use super::{Call, JSON, Route};
use crate::account::Account;
use crate::json::request;
use crate::refusal::Refusal;
use crate::response;

pub(super) const ROUTE: Route = Route {
    method: Method::GET,
    path: "/request/{request_id}",
    name: "Request info",
    content_type: Some(JSON),
    serve,
};

fn serve(call: &Call<'_>, account: &mut Account) -> Result<Response<Bytes>, Refusal> {
    let id = call.id("request_id");
    if let Some(found) = id.and_then(|id| account.request(id)) {
        return Ok(response::json(StatusCode::OK, &request(found)));
    }
    response::fixture("request_info", id).ok_or_else(Refusal::no_such_request)
}
