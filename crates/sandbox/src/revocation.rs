//! What "Revoke certificate" and "Revoke order certificates" have in common: body and responses.

use bytes::Bytes;
use http::{Response, StatusCode};
use serde::Deserialize;
use serde_json::json;

use crate::account::Account;
use crate::json::{request, with};
use crate::refusal::Refusal;
use crate::response;
use crate::routes::Call;

#[derive(Deserialize)]
struct Body {
    revocation_reason: Option<String>,
    /// The documentation's table calls it `comment`, its examples and all clients `comments`.
    #[serde(alias = "comment")]
    comments: Option<String>,
    #[serde(default)]
    skip_approval: bool,
}

const REASONS: [&str; 5] =
    ["unspecified", "keyCompromise", "affiliationChanged", "superseded", "cessationOfOperation"];

/// Revokes one certificate of an order, or with `None` all.
///
/// That an unknown reason is refused is assumed.
pub(crate) fn revoke(
    call: &Call<'_>,
    account: &mut Account,
    order_id: u64,
    certificate_id: Option<u64>,
) -> Result<Response<Bytes>, Refusal> {
    let Body { revocation_reason, comments, skip_approval } = call.body()?;
    if revocation_reason.is_some_and(|reason| !REASONS.contains(&reason.as_str())) {
        return Err(Refusal::invalid("revocation_reason"));
    }
    let request_id = account.revoke(order_id, certificate_id, comments, skip_approval)?;
    match request_id.and_then(|request_id| account.request(request_id)) {
        None => Ok(response::no_content()),
        Some(made) => {
            let body = with(request(made), json!({"order": null}));
            Ok(response::json(StatusCode::CREATED, &body))
        }
    }
}
