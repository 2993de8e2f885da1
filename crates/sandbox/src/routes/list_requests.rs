//! `GET /request`

use bytes::Bytes;
use http::{Method, Response, StatusCode};
use serde_json::{Value, json};

use super::{Call, JSON, Route};
use crate::account::{Account, Request};
use crate::dates::timestamp;
use crate::json::{CONTAINER_ID, user};
use crate::page::{filter, matches, page, sort};
use crate::refusal::Refusal;
use crate::response;

pub(super) const ROUTE: Route = Route {
    method: Method::GET,
    path: "/request",
    name: "List requests",
    content_type: Some(JSON),
    serve,
};

fn serve(call: &Call<'_>, account: &mut Account) -> Result<Response<Bytes>, Refusal> {
    let mut rows = filter(&call.query, account.requests(), fits)?;
    sort(&call.query, &mut rows, |property, a, b| match property {
        "id" => Some(a.id.cmp(&b.id)),
        "date" => Some(a.date.cmp(&b.date)),
        _ => None,
    })?;
    Ok(response::json(
        StatusCode::OK,
        &page(&call.query, "requests", &rows, |request| row(request))?,
    ))
}

fn fits(request: &Request, name: &str, value: &str) -> Option<bool> {
    Some(match name {
        "type" => value == request.kind.as_str(),
        "status" => value == request.status.as_str(),
        "container_id" => value == CONTAINER_ID.to_string(),
        "metadata_id" | "metadata_value" => false,
        "search" => {
            let name = request.snapshot.pointer("/certificate/common_name");
            name.and_then(Value::as_str).is_some_and(|name| matches(value, name))
        }
        _ => return None,
    })
}

fn row(request: &Request) -> Value {
    let order = |field: &str| request.snapshot.pointer(field).cloned();
    json!({
        "id": request.id,
        "date": timestamp(request.date),
        "type": request.kind.as_str(),
        "status": request.status.as_str(),
        "requester": user(),
        "processor": request.date_processed.map(|_| user()),
        "order": {
            "id": request.order_id,
            "certificate": {"common_name": order("/certificate/common_name")},
            "organization": {"id": order("/organization/id"), "name": order("/organization/name")},
            "container": {"id": order("/container/id"), "name": order("/container/name")},
            "product": {
                "name_id": order("/product/name_id"), "name": order("/product/name"),
                "type": order("/product/type"),
            },
        },
    })
}
