//! `PUT /order/certificate/{order_id}/revoke`

use bytes::Bytes;
use http::Method;

use crate::{
    certificate::{Revocation, RevocationReason, RevocationRequest},
    endpoint::Endpoint,
    error::{DecodeError, Error, InvalidInputError},
    id::OrderId,
    json::encode_json,
};

/// Revokes every certificate of an order: the primary one, its reissues and its duplicates.
///
/// See DigiCert's page
/// [Revoke order certificates](https://dev.digicert.com/en/certcentral-apis/services-api/orders/revoke-order-certificates.html).
///
/// # Retries
///
/// The call is not repeatable, as [`RevokeCertificate`](crate::certificate::RevokeCertificate). If
/// [`Error::may_have_taken_effect`] is true, look at [`OrderInfo`](super::OrderInfo): the status of
/// the order is `revoked`, or its [`requests`](super::Order::requests) have one of the type
/// `revoke`.
///
/// ```
/// use certcentral_core::{Api, ApiKey, OrderId, certificate::Revocation, http, order::RevokeOrder};
///
/// let api = Api::new(ApiKey::new("0123456789ABCDEF")?);
/// let revoke = RevokeOrder::new(OrderId(112233)).comments("shop closed");
/// let body = r#"{"id": 55077, "type": "revoke", "status": "pending"}"#;
/// let revocation = api.parse_response(&revoke, http::Response::new(body.into()))?;
/// assert!(matches!(revocation, Revocation::Requested(_)), "an approval is needed");
/// # Ok::<(), certcentral_core::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[must_use = "a request does nothing until it is sent"]
pub struct RevokeOrder {
    order_id: OrderId,
    request: RevocationRequest,
}

impl RevokeOrder {
    /// Returns a request that revokes every certificate of `order_id`.
    pub fn new(order_id: OrderId) -> Self {
        Self { order_id, request: RevocationRequest::default() }
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

impl Endpoint for RevokeOrder {
    type Output = Revocation;

    fn method(&self) -> Method {
        Method::PUT
    }

    fn path(&self) -> String {
        format!("/order/certificate/{}/revoke", self.order_id)
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
