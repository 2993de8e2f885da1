//! `PUT /certificate/{certificate_id}/archive`

use bytes::Bytes;
use http::{Method, Response};

use super::{Call, JSON, Route};
use crate::account::Account;
use crate::refusal::Refusal;
use crate::response;

pub(super) const ROUTE: Route = Route {
    method: Method::PUT,
    path: "/certificate/{certificate_id}/archive",
    name: "Archive certificate",
    content_type: Some(JSON),
    serve,
};

fn serve(call: &Call<'_>, account: &mut Account) -> Result<Response<Bytes>, Refusal> {
    let certificate_id = call.id("certificate_id").ok_or_else(Refusal::no_such_certificate)?;
    account.archive(certificate_id)?;
    Ok(response::no_content())
}
