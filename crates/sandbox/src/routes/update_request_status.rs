//! `PUT /request/{request_id}/status`: approves or rejects.

use bytes::Bytes;
use http::{Method, Response};
use serde::Deserialize;

use super::{Call, JSON, Route};
use crate::account::{Account, RequestStatus};
use crate::refusal::Refusal;
use crate::response;

pub(super) const ROUTE: Route = Route {
    method: Method::PUT,
    path: "/request/{request_id}/status",
    name: "Update request status",
    content_type: Some(JSON),
    serve,
};

#[derive(Deserialize)]
struct Body {
    status: Option<String>,
    processor_comment: Option<String>,
}

fn serve(call: &Call<'_>, account: &mut Account) -> Result<Response<Bytes>, Refusal> {
    let request_id = call.id("request_id").ok_or_else(Refusal::no_such_request)?;
    let Body { status, processor_comment } = call.body()?;
    let status = status.ok_or_else(|| Refusal::required("status"))?;
    let status = RequestStatus::parse(&status).ok_or_else(|| Refusal::invalid("status"))?;
    account.decide(request_id, status, processor_comment)?;
    Ok(response::no_content())
}
