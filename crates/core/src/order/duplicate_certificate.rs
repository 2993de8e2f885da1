//! `POST /order/certificate/{order_id}/duplicate`

use bytes::Bytes;
use http::Method;

use super::{
    Placed,
    certificate_request::{COMMON_NAME, CertificateRequest, certificate_setters},
};
use crate::{
    endpoint::Endpoint,
    error::{DecodeError, Error, InvalidInputError},
    id::OrderId,
    json::{decode_json, encode_json},
};

/// Requests a duplicate of an order's certificate: the same names for another key, beside the first.
///
/// See DigiCert's page
/// [Duplicate certificate](https://dev.digicert.com/en/certcentral-apis/services-api/orders/duplicate-certificate.html).
/// All but the CSR, the platform, the hash and the validity is as in the original; a name may become
/// the common name, and a wildcard certificate can get names below its wildcard.
///
/// A second request would be a second duplicate, so the call is not repeatable. If
/// [`Error::may_have_taken_effect`] is true, look for the CSR in
/// [`ListDuplicates`](super::ListDuplicates).
///
/// ```
/// use certcentral_core::{Api, ApiKey, OrderId, http::Response, order::DuplicateCertificate};
///
/// let api = Api::new(ApiKey::new("0123456789ABCDEF")?);
/// # let csr = "-----BEGIN CERTIFICATE REQUEST-----\nMIIB\n-----END CERTIFICATE REQUEST-----\n";
/// let duplicate = DuplicateCertificate::new(OrderId(112233), csr).common_name("shop.example.net");
/// let request = api.build_request(&duplicate)?;
/// assert_eq!(request.uri().path(), "/services/v2/order/certificate/112233/duplicate");
///
/// let body = r#"{"id": 112233, "requests": [{"id": 55045}]}"#;
/// let placed = api.parse_response(&duplicate, Response::new(body.into()))?;
/// assert!(placed.certificate_id.is_none(), "an approval is needed");
/// # Ok::<(), certcentral_core::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use = "a request does nothing until it is sent"]
pub struct DuplicateCertificate {
    order_id: OrderId,
    body: CertificateRequest,
}

impl DuplicateCertificate {
    /// Returns a request for a duplicate of `order_id` with this CSR, in a form that
    /// [`read_csr`](super::read_csr) reads. Its block alone is sent.
    pub fn new(order_id: OrderId, csr: impl Into<String>) -> Self {
        Self { order_id, body: CertificateRequest::new(csr.into()) }
    }

    certificate_setters!();
}

impl Endpoint for DuplicateCertificate {
    type Output = Placed;

    fn method(&self) -> Method {
        Method::POST
    }

    fn path(&self) -> String {
        format!("/order/certificate/{}/duplicate", self.order_id)
    }

    fn check(&self) -> Result<(), InvalidInputError> {
        self.body.check()?;
        if self.body.text(COMMON_NAME).is_none() {
            return Err(InvalidInputError::new(
                "the duplicate has no common name; set one of the certificate's names",
            ));
        }
        Ok(())
    }

    fn body(&self) -> Result<Option<Bytes>, Error> {
        encode_json(&self.body)
    }

    #[inline]
    fn parse(&self, response: &http::Response<Bytes>) -> Result<Placed, DecodeError> {
        decode_json(response)
    }
}
