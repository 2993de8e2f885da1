//! `POST /order/certificate/{order_id}/reissue`

use bytes::Bytes;
use http::Method;
use serde::{Deserialize, Serialize};

use super::{
    DcvMethod, Placed, Validity,
    certificate_request::{CertificateRequest, certificate_setters},
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
    options: Options,
}

/// What is sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Options {
    certificate: CertificateRequest,
    #[serde(skip_serializing_if = "Option::is_none")]
    skip_approval: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    dcv_method: Option<DcvMethod>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cs_provisioning_method: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    comments: Option<String>,
}

impl ReissueCertificate {
    /// Returns a request for a reissue of `order_id` with this CSR, in a form that
    /// [`read_csr`](super::read_csr) reads. Its block alone is sent.
    pub fn new(order_id: OrderId, csr: impl Into<String>) -> Self {
        let options = Options {
            certificate: CertificateRequest::new(csr.into()),
            skip_approval: None,
            dcv_method: None,
            cs_provisioning_method: None,
            comments: None,
        };
        Self { order_id, options }
    }

    certificate_setters!();

    /// Sets how long the certificate is to be valid, at most until the order ends. Default: the
    /// service's. The field is sent as `cert_validity`, as in an order (assumed).
    pub fn validity(mut self, validity: Validity) -> Self {
        self.options.certificate.cert_validity = Some(validity);
        self
    }

    /// Sets how control of the names is shown, where it must be shown again (observed). Left out
    /// unless set. What the service takes then is not known: it may be `email`, which no program can
    /// follow, so set it.
    pub fn dcv_method(mut self, dcv_method: impl Into<DcvMethod>) -> Self {
        self.options.dcv_method = Some(dcv_method.into());
        self
    }

    /// Sets how a code signing certificate is delivered, such as `email` or `ship_token`. Default:
    /// the order's current method.
    pub fn cs_provisioning_method(mut self, method: impl Into<String>) -> Self {
        self.options.cs_provisioning_method = Some(method.into());
        self
    }
}

impl Options {
    pub(crate) fn dcv_method(&self) -> Option<&DcvMethod> {
        self.dcv_method.as_ref()
    }
}

impl ReissueCertificate {
    /// Returns a request with these options, for this CSR and these names, of which the first is the
    /// common name.
    pub(crate) fn with(options: &Options, order_id: OrderId, csr: &str, names: &[String]) -> Self {
        let mut options = options.clone();
        options.certificate.common_name = names.first().cloned();
        options.certificate.dns_names = names.to_vec();
        csr.clone_into(&mut options.certificate.csr);
        Self { order_id, options }
    }

    /// Returns the options, without a CSR and names.
    pub(crate) fn into_options(self) -> Options {
        Self::with(&self.options, self.order_id, "", &[]).options
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
        self.options.certificate.check()
    }

    fn body(&self) -> Result<Option<Bytes>, Error> {
        encode_json(&self.options)
    }

    fn parse(&self, response: &http::Response<Bytes>) -> Result<Reissued, DecodeError> {
        decode_json(response)
    }
}

/// The response to a reissue: that of an order.
pub type Reissued = Placed;
