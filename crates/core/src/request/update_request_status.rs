//! `PUT /request/{request_id}/status`

use bytes::Bytes;
use http::Method;
use serde::Serialize;

use super::RequestStatus;
use crate::{
    endpoint::Endpoint,
    error::{DecodeError, Error},
    id::RequestId,
    json::{decode_no_content, encode_json},
};

/// Approves or rejects a request.
///
/// See DigiCert's page
/// [Update request status](https://dev.digicert.com/services-api/requests/update-request-status/).
/// A key that may not approve the request, or whose user made it, is refused with
/// `access_denied|invalid_approver` (observed).
///
/// # Retries
///
/// What the service makes of a second approval is not known, so the call is not repeatable. If
/// [`Error::may_have_taken_effect`] is true, [`RequestInfo`](super::RequestInfo) shows whether the
/// request is still pending.
///
/// ```
/// use certcentral_core::{Api, ApiKey, RequestId, request::UpdateRequestStatus};
///
/// let api = Api::new(ApiKey::new("0123456789ABCDEF")?);
/// let approve = UpdateRequestStatus::approve(RequestId(55021)).comment("key rotation");
/// let request = api.build_request(&approve)?;
/// assert_eq!(request.body(), r#"{"status":"approved","processor_comment":"key rotation"}"#);
/// # Ok::<(), certcentral_core::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
#[must_use = "a request does nothing until it is sent"]
pub struct UpdateRequestStatus {
    #[serde(skip)]
    request_id: RequestId,
    status: RequestStatus,
    #[serde(skip_serializing_if = "Option::is_none")]
    processor_comment: Option<String>,
}

impl UpdateRequestStatus {
    /// Returns a request that approves `request_id`.
    pub fn approve(request_id: RequestId) -> Self {
        Self { request_id, status: RequestStatus::Approved, processor_comment: None }
    }

    /// Returns a request that rejects `request_id`.
    pub fn reject(request_id: RequestId) -> Self {
        Self { status: RequestStatus::Rejected, ..Self::approve(request_id) }
    }

    /// Sets the comment that the request keeps as
    /// [`processor_comment`](super::Request::processor_comment). Default: none.
    pub fn comment(self, comment: impl Into<String>) -> Self {
        Self { processor_comment: Some(comment.into()), ..self }
    }
}

impl Endpoint for UpdateRequestStatus {
    type Output = ();

    fn method(&self) -> Method {
        Method::PUT
    }

    fn path(&self) -> String {
        format!("/request/{}/status", self.request_id)
    }

    fn body(&self) -> Result<Option<Bytes>, Error> {
        encode_json(self)
    }

    fn is_repeatable(&self) -> bool {
        false
    }

    #[inline]
    fn parse(&self, response: &http::Response<Bytes>) -> Result<(), DecodeError> {
        decode_no_content(response)
    }
}
