//! What is asked of a certificate that is ordered, reissued or duplicated.

use serde::{Deserialize, Serialize};

use super::{SignatureHash, Validity, csr};
use crate::error::InvalidInputError;

/// The field `certificate` of what is sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct CertificateRequest {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) common_name: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) dns_names: Vec<String>,
    pub(super) csr: String,
    pub(super) signature_hash: SignatureHash,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) server_platform: Option<PlatformId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) ca_cert_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) cert_validity: Option<Validity>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct PlatformId {
    pub(super) id: i64,
}

impl CertificateRequest {
    pub(super) fn new(csr: String) -> Self {
        Self {
            common_name: None,
            dns_names: Vec::new(),
            csr: csr::read(&csr).unwrap_or(csr),
            signature_hash: SignatureHash::Sha256,
            server_platform: None,
            ca_cert_id: None,
            cert_validity: None,
        }
    }

    pub(super) fn check(&self) -> Result<(), InvalidInputError> {
        csr::read(&self.csr)?;
        if self.common_name.iter().chain(&self.dns_names).any(|name| name.trim().is_empty()) {
            return Err(InvalidInputError::new(
                "a name for the certificate is empty; leave it out",
            ));
        }
        Ok(())
    }
}

/// Implements the setters that a new order, a reissue and a duplicate share.
macro_rules! certificate_setters {
    () => {
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
        pub fn signature_hash(mut self, signature_hash: impl Into<super::SignatureHash>) -> Self {
            self.options.certificate.signature_hash = signature_hash.into();
            self
        }

        /// Sets the id of the server platform, -1 for any other. Left out unless set.
        pub fn server_platform(mut self, id: i64) -> Self {
            let platform = super::certificate_request::PlatformId { id };
            self.options.certificate.server_platform = Some(platform);
            self
        }

        /// Sets the authority that is to issue the certificate. Default: the product's.
        pub fn ca_cert_id(mut self, ca_cert_id: impl Into<String>) -> Self {
            self.options.certificate.ca_cert_id = Some(ca_cert_id.into());
            self
        }

        /// Sets whether no approval is needed; the key must be allowed to skip it. Left out unless
        /// set.
        pub fn skip_approval(mut self, skip_approval: bool) -> Self {
            self.options.skip_approval = Some(skip_approval);
            self
        }

        /// Sets the comment for the person who approves the request (observed). Default: none.
        pub fn comments(mut self, comments: impl Into<String>) -> Self {
            self.options.comments = Some(comments.into());
            self
        }
    };
}
pub(super) use certificate_setters;
