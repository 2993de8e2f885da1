//! `POST /order/certificate/{order_id}/reissue`

use bytes::Bytes;
use http::Method;

use super::{
    DcvMethod, Placed,
    certificate_request::{CertificateRequest, DCV_METHOD, certificate_setters},
};
use crate::{
    endpoint::Endpoint,
    error::{DecodeError, Error, InvalidInputError},
    id::OrderId,
    json::{decode_json, encode_json},
};

/// Requests a reissue of an order's certificate, for a new key or with other names.
///
/// See DigiCert's page
/// [Reissue certificate](https://dev.digicert.com/en/certcentral-apis/services-api/orders/reissue-certificate.html).
/// Once it is issued, the new certificate is the order's primary one. It ends with the order at the
/// latest. A reissue that is requested while another is pending takes its place (assumed).
///
/// ```
/// use certcentral_core::{Api, ApiKey, OrderId, http::Response, order::ReissueCertificate};
///
/// let api = Api::new(ApiKey::new("0123456789ABCDEF")?);
/// # let csr = "-----BEGIN CERTIFICATE REQUEST-----\nMIIB\n-----END CERTIFICATE REQUEST-----\n";
/// let reissue = ReissueCertificate::new(OrderId(112233), csr)
///     .common_name("shop.example.net")
///     .dns_names(["shop.example.net", "www.example.net"])
///     .skip_approval(true);
/// let request = api.build_request(&reissue)?;
/// assert_eq!(request.uri().path(), "/services/v2/order/certificate/112233/reissue");
///
/// let body = r#"{"id": 112233, "requests": [{"id": 55021, "status": "pending"}]}"#;
/// let reissued = api.parse_response(&reissue, Response::new(body.into()))?;
/// assert!(reissued.certificate_id.is_none(), "an approval is needed");
/// # Ok::<(), certcentral_core::Error>(())
/// ```
///
/// # Retries, and which certificate it became
///
/// A second request would be a second reissue, so the call is not repeatable. If
/// [`Error::may_have_taken_effect`] is true, if its future was dropped in flight (`Client::send` of the
/// async transport says how to avoid that), or if an approval was needed, look for the CSR in
/// [`ListReissues`](super::ListReissues):
///
/// ```
/// use certcentral_core::{ReissueStatus, Reissues};
///
/// # fn look(reissues: &Reissues, csr: &str) {
/// match reissues.for_csr(csr) {
///     None => println!("this reissue was never requested"),
///     Some(row) if row.status == ReissueStatus::Issued => println!("download {}", row.id),
///     Some(row) => println!("{}", row.status),
/// }
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use = "a request does nothing until it is sent"]
pub struct ReissueCertificate {
    order_id: OrderId,
    pub(crate) body: CertificateRequest,
}

impl ReissueCertificate {
    /// Returns a request for a reissue of `order_id` with this CSR, in a form that
    /// [`read_csr`](super::read_csr) reads. Its block alone is sent.
    pub fn new(order_id: OrderId, csr: impl Into<String>) -> Self {
        Self { order_id, body: CertificateRequest::new(csr.into()) }
    }

    certificate_setters!();

    /// Sets how control of the names is shown, where it must be shown again (observed). Left out
    /// unless set. What the service takes then is not known: it may be `email`, which no program can
    /// follow, so set it.
    pub fn dcv_method(self, dcv_method: impl Into<DcvMethod>) -> Self {
        self.field(DCV_METHOD, dcv_method.into().as_str())
    }

    /// Sets how a code signing certificate is delivered, such as `email` or `ship_token`. Default:
    /// the order's current method.
    pub fn cs_provisioning_method(self, method: impl Into<String>) -> Self {
        self.field("cs_provisioning_method", method.into())
    }
}

impl ReissueCertificate {
    /// Returns a request with these options, for this CSR and these names, of which the first is the
    /// common name.
    pub(crate) fn with(
        options: &CertificateRequest,
        order_id: OrderId,
        csr: &str,
        names: &[String],
    ) -> Self {
        let mut body = options.clone();
        body.set_csr(csr);
        body.set_names(names);
        Self { order_id, body }
    }
}

impl Endpoint for ReissueCertificate {
    type Output = Reissued;

    fn method(&self) -> Method {
        Method::POST
    }

    fn path(&self) -> String {
        format!("/order/certificate/{}/reissue", self.order_id)
    }

    fn check(&self) -> Result<(), InvalidInputError> {
        self.body.check()
    }

    fn body(&self) -> Result<Option<Bytes>, Error> {
        encode_json(&self.body)
    }

    #[inline]
    fn parse(&self, response: &http::Response<Bytes>) -> Result<Reissued, DecodeError> {
        decode_json(response)
    }
}

/// The response to a reissue: that of an order.
pub type Reissued = Placed;
