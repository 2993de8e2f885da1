//! `GET /certificate/{certificate_id}/download/format/{format_type}`

use bytes::Bytes;
use http::HeaderValue;

use super::{CertificateChain, CertificateFile, FileFormat};
use crate::{
    endpoint::Endpoint,
    error::{DecodeError, InvalidInputError},
    id::CertificateId,
    text::Excerpted,
};

/// Downloads a certificate with its chain, as PEM.
///
/// DigiCert's page
/// [Download certificate by format](https://dev.digicert.com/services-api/certificates/download-certificate-format-order-id/)
/// describes the same call by order id, which returns only the order's active certificate. Revoked
/// and expired certificates can be downloaded too (observed). For one that is not issued yet an
/// [`Error::Api`](crate::Error::Api) is to be expected; what the service says is not known.
///
/// The service has been observed to return one and the same certificate for several of an order:
/// ask [`is_for`](CertificateChain::is_for), or compare the
/// [serial number](CertificateChain::serial_number) with the one that the list names.
///
/// A chain that lacks an issuer is an error, and retried: a gateway may have cut it between two
/// certificates. With the root, it must lead to a certificate that names itself as its issuer, or to
/// a third one, which may be a root that is cross-signed.
///
/// ```
/// use certcentral_core::{Api, ApiKey, CertificateId, certificate::DownloadCertificate, http};
///
/// let api = Api::new(ApiKey::new("0123456789ABCDEF")?);
/// let download = DownloadCertificate::new(CertificateId(810399)).without_root();
/// assert!(api.build_request(&download)?.uri().path().ends_with("/download/format/pem_noroot"));
///
/// let page = http::Response::new("<html>Please log in</html>".into());
/// let error = api.parse_response(&download, page).unwrap_err();
/// assert!(error.to_string().contains("Please log in"));
/// # Ok::<(), certcentral_core::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[must_use = "a request does nothing until it is sent"]
pub struct DownloadCertificate {
    certificate_id: CertificateId,
    format: &'static str,
}

impl DownloadCertificate {
    /// Returns a request for `certificate_id`, the intermediates and the root (`pem_all`).
    pub fn new(certificate_id: CertificateId) -> Self {
        Self { certificate_id, format: "pem_all" }
    }

    /// Leaves out the root, as a server's configuration wants it (`pem_noroot`).
    pub fn without_root(self) -> Self {
        Self { format: "pem_noroot", ..self }
    }

    /// Leaves out the intermediates and the root (`pem_nointermediate`).
    pub fn leaf_only(self) -> Self {
        Self { format: "pem_nointermediate", ..self }
    }
}

impl Endpoint for DownloadCertificate {
    type Output = CertificateChain;

    fn path(&self) -> String {
        format!("/certificate/{}/download/format/{}", self.certificate_id, self.format)
    }

    fn accept(&self) -> HeaderValue {
        HeaderValue::from_static("*/*")
    }

    #[inline]
    fn parse(&self, response: &http::Response<Bytes>) -> Result<CertificateChain, DecodeError> {
        let not_pem = |error: String| DecodeError::new(response, "", error);
        let text = str::from_utf8(response.body())
            .map_err(|_| not_pem("the body is not PEM but binary".to_owned()))?;
        let chain = CertificateChain::read(text).map_err(|error| {
            let is_cut = error.is_cut;
            let error = not_pem(error.message);
            if is_cut { error.incomplete() } else { error }
        })?;
        if self.is_whole(&chain) {
            return Ok(chain);
        }
        let (_, behind) = text.rsplit_once("-----").unwrap_or_default();
        let behind = match behind.trim() {
            "" => String::new(),
            behind => format!("; behind the last certificate: {}", Excerpted(behind)),
        };
        Err(not_pem(format!("the chain lacks the issuer of a certificate{behind}")).incomplete())
    }
}

impl DownloadCertificate {
    /// Returns whether the chain leads as far as was asked for. Nothing in a third certificate tells
    /// whether it is a root that is cross-signed.
    fn is_whole(&self, chain: &CertificateChain) -> bool {
        match self.format {
            "pem_all" => chain.is_whole(2),
            "pem_noroot" => chain.is_whole(1),
            _ => true,
        }
    }
}

/// Downloads a certificate with its chain, as a file in another format than PEM.
///
/// DigiCert's page is that of [`DownloadCertificate`]. The file is returned as it came.
///
/// It is asked for by its format, because these are recorded: what a platform or an order gets is
/// decided by the service, and what it sends then is not known.
///
/// ```
/// use certcentral_core::{
///     Api, ApiKey, CertificateId,
///     certificate::{DownloadCertificateAs, FileFormat},
///     http,
/// };
///
/// let api = Api::new(ApiKey::new("0123456789ABCDEF")?);
/// let download = DownloadCertificateAs::new(CertificateId(810399), FileFormat::Pkcs7);
/// assert!(api.build_request(&download)?.uri().path().ends_with("/download/format/p7b"));
///
/// let page = http::Response::new("<html>Please log in</html>".into());
/// assert!(api.parse_response(&download, page).is_err());
/// # Ok::<(), certcentral_core::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[must_use = "a request does nothing until it is sent"]
pub struct DownloadCertificateAs {
    certificate_id: CertificateId,
    format: FileFormat,
}

impl DownloadCertificateAs {
    /// Returns a request for `certificate_id` in a format.
    pub fn new(certificate_id: CertificateId, format: impl Into<FileFormat>) -> Self {
        Self { certificate_id, format: format.into() }
    }
}

impl Endpoint for DownloadCertificateAs {
    type Output = CertificateFile;

    fn path(&self) -> String {
        format!("/certificate/{}/download/format/{}", self.certificate_id, self.format)
    }

    fn accept(&self) -> HeaderValue {
        HeaderValue::from_static("*/*")
    }

    fn check(&self) -> Result<(), InvalidInputError> {
        let is_word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
        let format = self.format.as_str();
        if format.is_empty() || !format.bytes().all(is_word) {
            return Err(InvalidInputError::new("this is no format; name one such as p7b"));
        }
        Ok(())
    }

    #[inline]
    fn parse(&self, response: &http::Response<Bytes>) -> Result<CertificateFile, DecodeError> {
        CertificateFile::read(&self.format, response)
    }
}
