//! Certificates: downloading and revoking them.

mod chain;
pub(crate) mod der;
mod download_certificate;
mod file;
mod get_certificate_chain;
pub(crate) mod pem;
mod revocation;
mod revoke_certificate;
pub(crate) mod x509;

pub(crate) use self::revocation::RevocationRequest;
pub use self::{
    chain::CertificateChain,
    download_certificate::{DownloadCertificate, DownloadCertificateAs},
    file::{CertificateFile, FileFormat},
    get_certificate_chain::GetCertificateChain,
    revocation::{Revocation, RevocationReason},
    revoke_certificate::RevokeCertificate,
};
use crate::json::open_enum::open_enum;

open_enum! {
    /// The status of a certificate, whichever role it has in its order.
    pub enum CertificateStatus {
        /// The request was approved. A duplicate has this status before and after it is issued
        /// (observed): see [`Duplicate::is_issued`](crate::order::Duplicate::is_issued).
        Approved = "approved",
        /// The certificate has expired.
        Expired = "expired",
        /// The certificate was issued.
        Issued = "issued",
        /// The certificate waits for validation or approval.
        Pending = "pending",
        /// The request was rejected.
        Rejected = "rejected",
        /// The certificate was revoked.
        Revoked = "revoked",
    }
}
