//! `GET /certificate/{certificate_id}/chain`

use bytes::Bytes;
use serde::Deserialize;

use super::CertificateChain;
use crate::{
    endpoint::Endpoint, error::DecodeError, id::CertificateId, json::decode_json,
    order::ChainCertificate,
};

/// Gets a certificate with its chain, as JSON.
///
/// DigiCert's page of it is not known. What is here is observed: four clients read it alike. It has
/// what [`DownloadCertificate`](super::DownloadCertificate) has, and all that is said there holds:
/// compare the [serial number](CertificateChain::serial_number) with the one that you expect. For a
/// certificate that is not issued yet an [`Error::Api`](crate::Error::Api) is to be expected.
///
/// ```
/// use certcentral_core::{Api, ApiKey, CertificateId, certificate::GetCertificateChain, http};
///
/// let api = Api::new(ApiKey::new("0123456789ABCDEF")?);
/// let get = GetCertificateChain::new(CertificateId(810399));
/// assert!(api.build_request(&get)?.uri().path().ends_with("/certificate/810399/chain"));
///
/// // A certificate that was delivered on a token has none (observed).
/// let response = http::Response::new(r#"{"intermediates": []}"#.into());
/// assert!(api.parse_response(&get, response).is_err());
/// # Ok::<(), certcentral_core::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[must_use = "a request does nothing until it is sent"]
pub struct GetCertificateChain {
    certificate_id: CertificateId,
}

impl GetCertificateChain {
    /// Returns a request for `certificate_id`, the intermediates and the root.
    pub fn new(certificate_id: CertificateId) -> Self {
        Self { certificate_id }
    }
}

impl Endpoint for GetCertificateChain {
    type Output = CertificateChain;

    fn path(&self) -> String {
        format!("/certificate/{}/chain", self.certificate_id)
    }

    #[inline]
    fn parse(&self, response: &http::Response<Bytes>) -> Result<CertificateChain, DecodeError> {
        let Body { intermediates } = decode_json(response)?;
        let no_chain = |reason: String| DecodeError::new(response, "intermediates", reason);
        let chain = ChainCertificate::chain(&intermediates);
        let chain = chain.map_err(|error| no_chain(error.to_string()))?;
        if !chain.is_whole(2) {
            return Err(no_chain("the chain lacks the issuer of a certificate".to_owned()));
        }
        Ok(chain)
    }
}

/// Despite its name, the list begins with the certificate itself.
#[derive(Deserialize)]
struct Body {
    #[serde(default)]
    intermediates: Vec<ChainCertificate>,
}
