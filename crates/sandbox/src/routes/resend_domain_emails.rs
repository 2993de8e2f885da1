//! `PUT /domain/{domain_id}/dcv/emails`: there are no emails here, so nothing is sent.

use bytes::Bytes;
use http::{Method, Response};

use super::{Call, JSON, Route};
use crate::account::Account;
use crate::refusal::Refusal;
use crate::response;

pub(super) const ROUTE: Route = Route {
    method: Method::PUT,
    path: "/domain/{domain_id}/dcv/emails",
    name: "Resend domain DCV emails",
    content_type: Some(JSON),
    serve,
};

fn serve(call: &Call<'_>, account: &mut Account) -> Result<Response<Bytes>, Refusal> {
    account.domain(call.id("domain_id").ok_or_else(Refusal::no_such_domain)?)?;
    Ok(response::no_content())
}
