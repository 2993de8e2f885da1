//! `GET /certificate/{certificate_id}/download/format/{format_type}`: the three formats that are one
//! text of PEM blocks. The service has others, such as ZIP archives.

use bytes::Bytes;
use http::{Method, Response};

use super::{Call, PEM_FILE, Route};
use crate::account::{Account, Certificate};
use crate::refusal::Refusal;
use crate::response;

pub(super) const ROUTE: Route = Route {
    method: Method::GET,
    path: "/certificate/{certificate_id}/download/format/{format_type}",
    name: "Download certificate by format",
    content_type: PEM_FILE,
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
    let leaf = &certificate.issued().ok_or_else(Refusal::not_issued)?.signed.pem;
    let intermediate = account.authority.intermediate_pem();
    let text = match format_type {
        "pem_all" => format!("{leaf}{intermediate}{}", account.authority.root_pem()),
        "pem_noroot" => format!("{leaf}{intermediate}"),
        "pem_nointermediate" => leaf.clone(),
        _ => return Err(Refusal::invalid("format_type")),
    };
    Ok(response::ok(text, PEM_FILE))
}
