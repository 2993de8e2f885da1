//! `PUT /domain/{domain_id}/dcv/validate-token`

use bytes::Bytes;
use http::Method;

use super::DcvToken;
use crate::{endpoint::Endpoint, error::DecodeError, id::DomainId, json::decode_json};

/// Has the service look now for the record or file of a domain.
///
/// See DigiCert's page
/// [Check domain DCV](https://dev.digicert.com/services-api/domains/ov-ev-ssl-check-dcv).
///
/// What is not found is 400:
/// [`CheckOrderDcv::is_not_published_yet`](crate::order::CheckOrderDcv::is_not_published_yet) tells
/// that from a failure. Ask no more than once a minute (assumed). The call does not restart the
/// service's own checks.
///
/// ```
/// use certcentral_core::{
///     Api, ApiKey, DomainId, domain::{CheckDomainDcv, DomainStatus}, http::Response,
/// };
///
/// let api = Api::new(ApiKey::new("0123456789ABCDEF")?);
/// let check = CheckDomainDcv::new(DomainId(90210));
/// let checked = api.parse_response(&check, Response::new(r#"{"status": "active"}"#.into()))?;
/// assert_eq!(checked.status, Some(DomainStatus::Active));
/// # Ok::<(), certcentral_core::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[must_use = "a request does nothing until it is sent"]
pub struct CheckDomainDcv {
    domain_id: DomainId,
}

impl CheckDomainDcv {
    /// Returns a request that checks `domain_id`.
    pub fn new(domain_id: DomainId) -> Self {
        Self { domain_id }
    }
}

impl Endpoint for CheckDomainDcv {
    type Output = DcvToken;

    fn method(&self) -> Method {
        Method::PUT
    }

    fn path(&self) -> String {
        format!("/domain/{}/dcv/validate-token", self.domain_id)
    }

    #[inline]
    fn parse(&self, response: &http::Response<Bytes>) -> Result<DcvToken, DecodeError> {
        decode_json(response)
    }
}
