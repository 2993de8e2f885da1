//! A certificate as a file, in a format that is kept as it is.

use bytes::Bytes;
use http::header::CONTENT_TYPE;

use crate::{error::DecodeError, json::open_enum::open_enum};

open_enum! {
    /// The format of a downloaded file: [`DownloadCertificate`](super::DownloadCertificate) reads
    /// those of PEM.
    pub enum FileFormat {
        /// All certificates in one PKCS #7 message, in PEM: what Windows and Java import. `cer` is
        /// the same, and no DER (observed).
        Pkcs7 = "p7b",
        /// A ZIP of the files that Apache wants: the certificate and the intermediate.
        Apache = "apache",
        /// A ZIP of the certificate, the intermediate and the root, each a `.crt`.
        ZippedCrt = "default",
        /// The same, each a `.cer`.
        ZippedCer = "default_cer",
    }
}

/// A certificate as the service sent it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CertificateFile {
    /// Content type, such as `application/zip`.
    pub content_type: Option<String>,
    /// The file.
    pub body: Bytes,
}

impl CertificateFile {
    /// Reads a file, which is only checked for being whole, and of the kind that was asked for.
    pub(super) fn read(
        format: &FileFormat,
        response: &http::Response<Bytes>,
    ) -> Result<Self, DecodeError> {
        let body = response.body();
        let (is_it, is_whole) = match format {
            FileFormat::Pkcs7 => {
                let text = body.trim_ascii();
                (text.starts_with(b"-----BEGIN PKCS7-----"), text.ends_with(b"-----END PKCS7-----"))
            }
            FileFormat::Apache | FileFormat::ZippedCrt | FileFormat::ZippedCer => {
                // The record at the end has 22 bytes; no archive seen has a comment behind it.
                let end = body.len().checked_sub(22).and_then(|at| body.get(at..));
                let is_whole = end.is_some_and(|end| end.starts_with(b"PK\x05\x06"));
                (body.starts_with(b"PK\x03\x04"), is_whole)
            }
            // A page or JSON is no certificate.
            FileFormat::Other(_) => {
                let text = body.trim_ascii();
                (!text.starts_with(b"<") && !text.starts_with(b"{"), !text.is_empty())
            }
        };
        if !is_it {
            let message = format!("the file is not in the format {format}");
            return Err(DecodeError::new(response, "", message));
        }
        if !is_whole {
            return Err(DecodeError::new(response, "", "the file is cut off").incomplete());
        }
        let content_type = response.headers().get(CONTENT_TYPE);
        let content_type = content_type.and_then(|it| it.to_str().ok()).map(str::to_owned);
        Ok(Self { content_type, body: body.clone() })
    }
}
