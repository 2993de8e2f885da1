//! The certificate inside an order.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use time::{Date, OffsetDateTime};

use super::{CaCertificate, Organization, ServerPlatform, SignatureHash, Validity};
use crate::{
    certificate::CertificateStatus,
    id::CertificateId,
    json::{keep_unknown_fields, lenient},
};

/// The primary certificate of an order: the one that was issued first, or the newest reissue.
///
/// A certificate that is not issued yet lacks what only an issued one has. "List orders" gives
/// fewer fields than "Order info".
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, remote = "Self")]
#[non_exhaustive]
pub struct PrimaryCertificate {
    /// Certificate ID; absent before the order is approved. A reissue changes it.
    #[serde(with = "lenient::id", skip_serializing_if = "Option::is_none")]
    pub id: Option<CertificateId>,
    /// Thumbprint, 40 hexadecimal digits.
    #[serde(with = "lenient::text", skip_serializing_if = "Option::is_none")]
    pub thumbprint: Option<String>,
    /// Serial number, hexadecimal digits.
    #[serde(with = "lenient::text", skip_serializing_if = "Option::is_none")]
    pub serial_number: Option<String>,
    /// Name secured by the certificate.
    #[serde(with = "lenient::text", skip_serializing_if = "Option::is_none")]
    pub common_name: Option<String>,
    /// Every name secured by the certificate, the common name included (observed). Products
    /// without names have sent one blank name.
    #[serde(with = "lenient::list", skip_serializing_if = "Vec::is_empty")]
    pub dns_names: Vec<String>,
    /// Email addresses secured by the certificate; S/MIME only.
    #[serde(with = "lenient::list", skip_serializing_if = "Vec::is_empty")]
    pub emails: Vec<String>,
    /// How long the certificate was ordered to be valid.
    #[serde(with = "lenient::object", skip_serializing_if = "Option::is_none")]
    pub cert_validity: Option<Validity>,
    /// When the certificate was requested, in UTC.
    #[serde(with = "lenient::timestamp::option", skip_serializing_if = "Option::is_none")]
    pub date_created: Option<OffsetDateTime>,
    /// When the certificate was issued, in UTC.
    #[serde(with = "lenient::timestamp::option", skip_serializing_if = "Option::is_none")]
    pub date_issued: Option<OffsetDateTime>,
    /// First day of the validity.
    #[serde(with = "lenient::date", skip_serializing_if = "Option::is_none")]
    pub valid_from: Option<Date>,
    /// Last day of the validity.
    #[serde(with = "lenient::date", skip_serializing_if = "Option::is_none")]
    pub valid_till: Option<Date>,
    /// Number of days until the certificate expires; negative once it has expired (assumed).
    #[serde(with = "lenient::number", skip_serializing_if = "Option::is_none")]
    pub days_remaining: Option<i64>,
    /// Certificate signing request, PEM.
    #[serde(with = "lenient::text", skip_serializing_if = "Option::is_none")]
    pub csr: Option<String>,
    /// Organization in the certificate; only its id.
    #[serde(with = "lenient::object", skip_serializing_if = "Option::is_none")]
    pub organization: Option<Organization>,
    /// Organizational units in the certificate.
    #[serde(with = "lenient::list", skip_serializing_if = "Vec::is_empty")]
    pub organization_units: Vec<String>,
    /// Platform that the certificate is for.
    #[serde(with = "lenient::object", skip_serializing_if = "Option::is_none")]
    pub server_platform: Option<ServerPlatform>,
    /// Hash of the signature.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub signature_hash: Option<SignatureHash>,
    /// Number of bits used in the key.
    #[serde(with = "lenient::number", skip_serializing_if = "Option::is_none")]
    pub key_size: Option<u32>,
    /// Certificate authority that issues the certificate.
    #[serde(with = "lenient::object", skip_serializing_if = "Option::is_none")]
    pub ca_cert: Option<CaCertificate>,
    /// ID of that authority; not sent for DV orders.
    #[serde(with = "lenient::text", skip_serializing_if = "Option::is_none")]
    pub ca_cert_id: Option<String>,
    /// Status of the certificate; absent until it is reissued or revoked (observed).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<CertificateStatus>,
    /// ID of the user that requested the certificate.
    #[serde(with = "lenient::number", skip_serializing_if = "Option::is_none")]
    pub user_id: Option<u64>,
    /// Every other field.
    #[serde(flatten, skip_deserializing)]
    pub extra: Map<String, Value>,
}
keep_unknown_fields!(PrimaryCertificate);
