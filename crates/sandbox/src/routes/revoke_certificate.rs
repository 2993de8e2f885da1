//! `PUT /certificate/{identifier}/revoke`: by certificate id or serial number.

use bytes::Bytes;
use http::{Method, Response};

use super::{Call, JSON, Route};
use crate::account::Account;
use crate::refusal::Refusal;
use crate::revocation;

pub(super) const ROUTE: Route = Route {
    method: Method::PUT,
    path: "/certificate/{identifier}/revoke",
    name: "Revoke certificate",
    content_type: Some(JSON),
    serve,
};

fn serve(call: &Call<'_>, account: &mut Account) -> Result<Response<Bytes>, Refusal> {
    let (order, certificate) = account.identified(call.segment("identifier"))?;
    let (order_id, certificate_id) = (order.id, certificate.id);
    revocation::revoke(call, account, order_id, Some(certificate_id))
}
