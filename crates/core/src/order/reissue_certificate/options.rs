//! What can be asked of a reissue.

use serde::Serialize;

use super::ReissueCertificate;
use crate::order::{ServerPlatform, SignatureHash, Validity};

/// What is asked for beside the certificate.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub(super) struct Options {
    #[serde(skip_serializing_if = "Option::is_none")]
    skip_approval: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    dcv_method: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cs_provisioning_method: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    comments: Option<String>,
}

impl ReissueCertificate {
    /// Sets the common name. Left out unless set; every known client sends one.
    pub fn common_name(mut self, common_name: impl Into<String>) -> Self {
        self.certificate.common_name = Some(common_name.into());
        self
    }

    /// Sets the other names. Left out unless set.
    pub fn dns_names(mut self, dns_names: impl IntoIterator<Item: Into<String>>) -> Self {
        self.certificate.dns_names = dns_names.into_iter().map(Into::into).collect();
        self
    }

    /// Sets the hash of the signature. Default: SHA-256.
    pub fn signature_hash(mut self, signature_hash: impl Into<SignatureHash>) -> Self {
        self.certificate.signature_hash = Some(signature_hash.into());
        self
    }

    /// Sets the id of the server platform, -1 for any other. Left out unless set.
    pub fn server_platform(mut self, id: i64) -> Self {
        let platform = ServerPlatform { id: Some(id), ..ServerPlatform::default() };
        self.certificate.server_platform = Some(platform);
        self
    }

    /// Sets the authority that is to issue the certificate. Default: the product's.
    pub fn ca_cert_id(mut self, ca_cert_id: impl Into<String>) -> Self {
        self.certificate.ca_cert_id = Some(ca_cert_id.into());
        self
    }

    /// Sets how long the certificate is to be valid, at most until the order ends. Default: the
    /// service's. The field is sent as `cert_validity`, as in an order (assumed).
    pub fn validity(mut self, validity: Validity) -> Self {
        self.certificate.cert_validity = Some(validity);
        self
    }

    /// Sets whether the reissue needs no approval; the key must be allowed to skip it. Left out
    /// unless set.
    pub fn skip_approval(mut self, skip_approval: bool) -> Self {
        self.options.skip_approval = Some(skip_approval);
        self
    }

    /// Sets how the control of new domains is proved: `email`, `dns-txt-token` or `http-token`
    /// (observed). Left out unless set.
    pub fn dcv_method(mut self, dcv_method: impl Into<String>) -> Self {
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
