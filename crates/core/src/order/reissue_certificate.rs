//! `POST /order/certificate/{order_id}/reissue`

use bytes::Bytes;
use http::Method;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use time::Date;

use super::{DcvMethod, OrderDomain, SignatureHash, Validity, csr};
use crate::{
    certificate::CertificateChain,
    endpoint::Endpoint,
    error::{DecodeError, Error, InvalidInputError},
    id::{CertificateId, OrderId},
    json::{decode_json, encode_json, lenient, times},
    request::RequestSummary,
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
/// [`Error::may_have_taken_effect`] is true, or if an approval was needed, look for the CSR in
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

/// What is asked of the new certificate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct CertificateRequest {
    #[serde(skip_serializing_if = "Option::is_none")]
    common_name: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    dns_names: Vec<String>,
    csr: String,
    signature_hash: SignatureHash,
    #[serde(skip_serializing_if = "Option::is_none")]
    server_platform: Option<PlatformId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ca_cert_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cert_validity: Option<Validity>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct PlatformId {
    id: i64,
}

impl ReissueCertificate {
    /// Returns a request for a reissue of `order_id` with this CSR, in a form that
    /// [`read_csr`](super::read_csr) reads. Its block alone is sent.
    pub fn new(order_id: OrderId, csr: impl Into<String>) -> Self {
        let csr = csr.into();
        let certificate = CertificateRequest {
            common_name: None,
            dns_names: Vec::new(),
            csr: csr::read(&csr).unwrap_or(csr),
            signature_hash: SignatureHash::Sha256,
            server_platform: None,
            ca_cert_id: None,
            cert_validity: None,
        };
        let options = Options {
            certificate,
            skip_approval: None,
            dcv_method: None,
            cs_provisioning_method: None,
            comments: None,
        };
        Self { order_id, options }
    }

    /// Sets the common name. Left out unless set; every known client sends one.
    pub fn common_name(mut self, common_name: impl Into<String>) -> Self {
        self.options.certificate.common_name = Some(common_name.into());
        self
    }

    /// Sets the other names. Left out unless set.
    pub fn dns_names(mut self, dns_names: impl IntoIterator<Item: Into<String>>) -> Self {
        self.options.certificate.dns_names = dns_names.into_iter().map(Into::into).collect();
        self
    }

    /// Sets the hash of the signature. Default: SHA-256.
    pub fn signature_hash(mut self, signature_hash: impl Into<SignatureHash>) -> Self {
        self.options.certificate.signature_hash = signature_hash.into();
        self
    }

    /// Sets the id of the server platform, -1 for any other. Left out unless set.
    pub fn server_platform(mut self, id: i64) -> Self {
        self.options.certificate.server_platform = Some(PlatformId { id });
        self
    }

    /// Sets the authority that is to issue the certificate. Default: the product's.
    pub fn ca_cert_id(mut self, ca_cert_id: impl Into<String>) -> Self {
        self.options.certificate.ca_cert_id = Some(ca_cert_id.into());
        self
    }

    /// Sets how long the certificate is to be valid, at most until the order ends. Default: the
    /// service's. The field is sent as `cert_validity`, as in an order (assumed).
    pub fn validity(mut self, validity: Validity) -> Self {
        self.options.certificate.cert_validity = Some(validity);
        self
    }

    /// Sets whether the reissue needs no approval; the key must be allowed to skip it. Left out
    /// unless set.
    pub fn skip_approval(mut self, skip_approval: bool) -> Self {
        self.options.skip_approval = Some(skip_approval);
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

    /// Sets the comment for the person who approves the request (observed). Default: none.
    pub fn comments(mut self, comments: impl Into<String>) -> Self {
        self.options.comments = Some(comments.into());
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
        let CertificateRequest { common_name, dns_names, csr, .. } = &self.options.certificate;
        csr::read(csr)?;
        if common_name.iter().chain(dns_names).any(|name| name.trim().is_empty()) {
            return Err(InvalidInputError::new(
                "a name for the certificate is empty; leave it out",
            ));
        }
        Ok(())
    }

    fn body(&self) -> Result<Option<Bytes>, Error> {
        encode_json(&self.options)
    }

    fn parse(&self, response: &http::Response<Bytes>) -> Result<Reissued, DecodeError> {
        decode_json(response)
    }
}

/// The response to a request for a reissue, under the service's own field names.
///
/// It has one of three shapes: with only the request if an approval is needed, with the
/// certificate's id too if not, and with the certificates if they were issued at once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Reissued {
    /// Order ID; a reissue does not change it.
    pub id: OrderId,
    /// The request that was made; absent if no approval is needed (assumed).
    #[serde(default)]
    pub requests: Vec<RequestSummary>,
    /// Certificate ID of the reissue; absent while it needs an approval. Lists name the old one until
    /// the new one is issued (observed).
    #[serde(default, deserialize_with = "lenient::nonzero")]
    pub certificate_id: Option<CertificateId>,
    /// The certificates, leaf first, if they were issued at once.
    #[serde(default)]
    pub certificate_chain: Vec<ChainCertificate>,
    /// What shows control of the names, if they must be validated again: see
    /// [`OrderRandomValue`](super::OrderRandomValue).
    pub dcv_random_value: Option<String>,
    /// Domains of the order. New orders have them; no reissue has been observed to.
    #[serde(default)]
    pub domains: Vec<OrderDomain>,
    /// Last day of the order (observed).
    #[serde(default, with = "times::date")]
    pub order_valid_till: Option<Date>,
    /// Every other field.
    #[serde(default)]
    pub extra: Map<String, Value>,
}
impl Reissued {
    /// Returns the chain, if the certificate was issued at once.
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`] if what the service sent as one is not PEM.
    pub fn chain(&self) -> Result<Option<CertificateChain>, Error> {
        if self.certificate_chain.is_empty() {
            return Ok(None);
        }
        let pems = self.certificate_chain.iter().map(|one| one.pem.as_deref().unwrap_or_default());
        let pems = pems.map(|pem| Ok(CertificateChain::from_pem(pem)?.to_pem()));
        CertificateChain::from_pem(&pems.collect::<Result<String, Error>>()?).map(Some)
    }
}

/// One certificate of the chain in the response to a reissue.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct ChainCertificate {
    /// Common name of the certificate's subject.
    pub subject_common_name: Option<String>,
    /// The certificate, PEM.
    pub pem: Option<String>,
    /// Every other field.
    pub extra: Map<String, Value>,
}
