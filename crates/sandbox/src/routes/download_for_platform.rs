//! `GET /certificate/{certificate_id}/download/platform/{platform_id}`

use bytes::Bytes;
use http::{Method, Response};

use super::{Call, Route, download_certificate, download_platform};
use crate::account::Account;
use crate::refusal::Refusal;

pub(super) const ROUTE: Route = Route {
    method: Method::GET,
    path: "/certificate/{certificate_id}/download/platform/{platform_id}",
    name: "Download certificate by platform",
    content_type: None,
    serve,
};

/// A public client reads `pem_all` for platform 29; which format the others get is assumed.
fn serve(call: &Call<'_>, account: &mut Account) -> Result<Response<Bytes>, Refusal> {
    let certificate_id = call.id("certificate_id").ok_or_else(Refusal::no_such_certificate)?;
    let (_, certificate) = account.certificate(certificate_id)?;
    let is_text = call.segment("platform_id") == "29";
    let format = if is_text { "pem_all" } else { download_platform::FORMAT };
    download_certificate::download(account, certificate, format)
}
