//! Certificates: downloading and revoking them.

mod chain;
pub(crate) mod der;
mod download_certificate;
pub(crate) mod pem;
pub(crate) mod public_key;
mod revocation;
mod revoke_certificate;
mod status;
pub(crate) mod x509;

pub(crate) use self::revocation::RevocationRequest;
pub use self::{
    chain::CertificateChain,
    download_certificate::DownloadCertificate,
    revocation::{Revocation, RevocationReason},
    revoke_certificate::RevokeCertificate,
    status::CertificateStatus,
};
