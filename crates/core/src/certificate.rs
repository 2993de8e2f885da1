//! Certificates: downloading and revoking them.

mod chain;
mod der;
mod download_certificate;
mod pem;
mod revocation;
mod revoke_certificate;
mod status;

pub(crate) use self::revocation::RevocationRequest;
pub use self::{
    chain::CertificateChain,
    download_certificate::DownloadCertificate,
    revocation::{Revocation, RevocationReason},
    revoke_certificate::RevokeCertificate,
    status::CertificateStatus,
};
