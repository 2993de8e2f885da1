//! Certificates: downloading and revoking them.

mod status;

pub use self::status::CertificateStatus;
