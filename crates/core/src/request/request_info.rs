//! `GET /request/{request_id}`

use bytes::Bytes;

use super::Request;
use crate::{endpoint::Endpoint, error::DecodeError, id::RequestId, json::decode_json};

/// Gets a request: what it is for, whether it is approved, and by whom.
///
/// See DigiCert's page
/// [Request info](https://dev.digicert.com/services-api/requests/request-info/).
///
/// A request has no id of the certificate that it leads to (observed). To follow a reissue to its
/// certificate, see [`ReissueCertificate`](crate::order::ReissueCertificate).
///
/// ```
/// use certcentral_core::{Api, ApiKey, RequestId, http::Response, request::RequestInfo};
///
/// let api = Api::new(ApiKey::new("0123456789ABCDEF")?);
/// let body = r#"{"id": 55021, "type": "reissue", "status": "pending"}"#;
/// let request = RequestInfo::new(RequestId(55021));
/// let request = api.parse_response(&request, Response::new(body.into()))?;
/// assert_eq!(request.status.as_str(), "pending");
/// # Ok::<(), certcentral_core::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[must_use = "a request does nothing until it is sent"]
pub struct RequestInfo {
    request_id: RequestId,
}

impl RequestInfo {
    /// Returns a request for the details of `request_id`.
    pub fn new(request_id: RequestId) -> Self {
        Self { request_id }
    }
}

impl Endpoint for RequestInfo {
    type Output = Request;

    fn path(&self) -> String {
        format!("/request/{}", self.request_id)
    }

    #[inline]
    fn parse(&self, response: &http::Response<Bytes>) -> Result<Request, DecodeError> {
        decode_json(response)
    }
}
