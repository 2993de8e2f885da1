//! `GET /certificate/{certificate_id}/download/format/{format_type}`

use bytes::Bytes;
use http::{Method, Response};

use super::{Call, Route};
use crate::account::{Account, Certificate};
use crate::formats;
use crate::refusal::Refusal;
use crate::response;

pub(super) const ROUTE: Route = Route {
    method: Method::GET,
    path: "/certificate/{certificate_id}/download/format/{format_type}",
    name: "Download certificate by format",
    content_type: None,
    serve,
};

fn serve(call: &Call<'_>, account: &mut Account) -> Result<Response<Bytes>, Refusal> {
    let certificate_id = call.id("certificate_id").ok_or_else(Refusal::no_such_certificate)?;
    let (_, certificate) = account.certificate(certificate_id)?;
    download(account, certificate, call.segment("format_type"))
}

/// Returns an issued certificate, revoked or not; how another one is refused is assumed.
pub(super) fn download(
    account: &Account,
    certificate: &Certificate,
    format_type: &str,
) -> Result<Response<Bytes>, Refusal> {
    let leaf = &certificate.issued().ok_or_else(Refusal::not_issued)?.signed;
    let file = formats::file(format_type, leaf, &account.authority);
    let file = file.ok_or_else(|| Refusal::invalid("format_type"))?;
    Ok(response::file(certificate.id, file))
}
