//! `GET /domain/{domain}/dcv/emails`: for a domain's id, or for any name.

use bytes::Bytes;
use http::{Method, Response, StatusCode};

use super::{Call, JSON, Route};
use crate::account::{Account, base_domain};
use crate::json::validation::emails;
use crate::refusal::Refusal;
use crate::response;

pub(super) const ROUTE: Route = Route {
    method: Method::GET,
    path: "/domain/{domain}/dcv/emails",
    name: "Domain emails",
    content_type: Some(JSON),
    serve,
};

fn serve(call: &Call<'_>, account: &mut Account) -> Result<Response<Bytes>, Refusal> {
    let body = match call.id("domain") {
        Some(id) => match account.domain(id) {
            Ok(domain) => emails(&domain.name),
            Err(refusal) => return response::fixture("domain_emails", Some(id)).ok_or(refusal),
        },
        None => emails(base_domain(call.segment("domain"))),
    };
    Ok(response::json(StatusCode::OK, &body))
}
