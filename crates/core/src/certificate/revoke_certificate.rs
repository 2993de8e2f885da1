//! `PUT /certificate/{certificate_id}/revoke`

use bytes::Bytes;
use http::Method;

use super::{Revocation, RevocationReason, RevocationRequest};
use crate::{
    endpoint::Endpoint,
    error::{DecodeError, Error, InvalidInputError},
    id::CertificateId,
    json::encode_json,
};

/// Revokes one certificate.
///
/// See DigiCert's page
/// [Revoke certificate](https://dev.digicert.com/en/certcentral-apis/services-api/certificates/revoke-certificate.html).
/// An order whose only certificate is revoked stays active and can be reissued. While a reissue is
/// pending nothing can be revoked; [cancel it](crate::order::UpdateOrderStatus::cancel) first.
///
/// # Retries
///
/// A second request may be refused, or make a second request for an approval, so the call is not
/// repeatable. If [`Error::may_have_taken_effect`] is true, look at
/// [`OrderInfo`](crate::order::OrderInfo): the status of the certificate is `revoked`, or the
/// order's [`requests`](crate::order::Order::requests) have one of the type `revoke`.
///
/// ```
/// use certcentral_core::{
///     Api, ApiKey, CertificateId, certificate::{RevocationReason, RevokeCertificate},
/// };
///
/// let api = Api::new(ApiKey::new("0123456789ABCDEF")?);
/// let revoke = RevokeCertificate::new(CertificateId(810201)).reason(RevocationReason::Superseded);
/// let request = api.build_request(&revoke.skip_approval(true))?;
/// assert_eq!(request.body(), r#"{"revocation_reason":"superseded","skip_approval":true}"#);
/// # Ok::<(), certcentral_core::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[must_use = "a request does nothing until it is sent"]
pub struct RevokeCertificate {
    certificate_id: CertificateId,
    request: RevocationRequest,
}

impl RevokeCertificate {
    /// Returns a request that revokes `certificate_id`.
    pub fn new(certificate_id: CertificateId) -> Self {
        Self { certificate_id, request: RevocationRequest::default() }
    }

    /// Sets the reason. Default: the service's, `unspecified`.
    pub fn reason(mut self, reason: impl Into<RevocationReason>) -> Self {
        self.request.revocation_reason = Some(reason.into());
        self
    }

    /// Sets the comment for the person who approves the request. Default: none. With
    /// [`skip_approval`](Self::skip_approval) it would be lost, and is refused.
    pub fn comments(mut self, comments: impl Into<String>) -> Self {
        self.request.comments = Some(comments.into());
        self
    }

    /// Sets whether the revocation needs no approval; the key must be an administrator's. Left out
    /// unless set.
    pub fn skip_approval(mut self, skip_approval: bool) -> Self {
        self.request.skip_approval = Some(skip_approval);
        self
    }
}

impl Endpoint for RevokeCertificate {
    type Output = Revocation;

    fn method(&self) -> Method {
        Method::PUT
    }

    fn path(&self) -> String {
        format!("/certificate/{}/revoke", self.certificate_id)
    }

    fn check(&self) -> Result<(), InvalidInputError> {
        self.request.check()
    }

    fn body(&self) -> Result<Option<Bytes>, Error> {
        encode_json(&self.request)
    }

    fn is_repeatable(&self) -> bool {
        false
    }

    #[inline]
    fn parse(&self, response: &http::Response<Bytes>) -> Result<Revocation, DecodeError> {
        Revocation::read(response)
    }
}
