//! Certificates: downloading and revoking them.

mod chain;
mod der;
mod download_certificate;
mod pem;
mod status;

pub use self::{
    chain::CertificateChain, download_certificate::DownloadCertificate, status::CertificateStatus,
};
