//! `GET /certificate/{certificate_id}/download/platform`: for the platform of the order, nginx.

use bytes::Bytes;
use http::{Method, Response};

use super::{Call, Route, download_certificate};
use crate::account::Account;
use crate::refusal::Refusal;

pub(super) const ROUTE: Route = Route {
    method: Method::GET,
    path: "/certificate/{certificate_id}/download/platform",
    name: "Download certificate",
    content_type: None,
    serve,
};

/// What nginx gets; that it is this format is assumed.
pub(super) const FORMAT: &str = "apache";

fn serve(call: &Call<'_>, account: &mut Account) -> Result<Response<Bytes>, Refusal> {
    let certificate_id = call.id("certificate_id").ok_or_else(Refusal::no_such_certificate)?;
    let (_, certificate) = account.certificate(certificate_id)?;
    download_certificate::download(account, certificate, FORMAT)
}
