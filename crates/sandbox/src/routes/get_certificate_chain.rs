//! `GET /certificate/{certificate_id}/chain`: as four clients read it; no page is known.

use bytes::Bytes;
use http::{Method, Response, StatusCode};
use serde_json::json;

use super::{Call, JSON, Route};
use crate::account::Account;
use crate::certificate_request;
use crate::refusal::Refusal;
use crate::response;

pub(super) const ROUTE: Route = Route {
    method: Method::GET,
    path: "/certificate/{certificate_id}/chain",
    name: "Certificate chain",
    content_type: Some(JSON),
    serve,
};

fn serve(call: &Call<'_>, account: &mut Account) -> Result<Response<Bytes>, Refusal> {
    let certificate_id = call.id("certificate_id").ok_or_else(Refusal::no_such_certificate)?;
    let (_, certificate) = account.certificate(certificate_id)?;
    certificate.issued().ok_or_else(Refusal::not_issued)?;
    // Despite its name, the list begins with the certificate itself.
    let chain = certificate_request::chain(account, certificate);
    Ok(response::json(StatusCode::OK, &json!({"intermediates": chain})))
}
