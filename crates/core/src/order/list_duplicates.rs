//! `GET /order/certificate/{order_id}/duplicate`

use std::borrow::Cow;

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use time::{Date, OffsetDateTime};

use super::{ServerPlatform, SignatureHash};
use crate::{
    certificate::CertificateStatus,
    endpoint::Endpoint,
    error::DecodeError,
    id::{CertificateId, OrderId},
    json::{keep_unknown_fields, lenient, list::list, whole::decode_list},
};

/// Lists every duplicate of an order's certificate.
///
/// See DigiCert's page
/// [List duplicates](https://dev.digicert.com/en/certcentral-apis/services-api/orders/list-duplicates.html).
///
/// ```
/// use certcentral_core::{Api, ApiKey, OrderId, order::ListDuplicates};
///
/// let api = Api::new(ApiKey::new("0123456789ABCDEF")?);
/// let request = api.build_request(&ListDuplicates::new(OrderId(112233)).show_archived(true))?;
/// assert!(request.uri().path().ends_with("/order/certificate/112233/duplicate"));
/// # Ok::<(), certcentral_core::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[must_use = "a request does nothing until it is sent"]
pub struct ListDuplicates {
    order_id: OrderId,
    show_archived: bool,
}

impl ListDuplicates {
    /// Returns a request for the duplicates of `order_id` that are not archived.
    pub fn new(order_id: OrderId) -> Self {
        Self { order_id, show_archived: false }
    }

    /// Sets whether archived duplicates are listed too. Default: no.
    pub fn show_archived(self, show_archived: bool) -> Self {
        Self { show_archived, ..self }
    }
}

impl Endpoint for ListDuplicates {
    type Output = Duplicates;

    fn path(&self) -> String {
        format!("/order/certificate/{}/duplicate", self.order_id)
    }

    fn query(&self) -> Vec<(Cow<'static, str>, String)> {
        let archived = self.show_archived.then(|| ("show_archived".into(), "true".to_owned()));
        archived.into_iter().collect()
    }

    fn parse(&self, response: &http::Response<Bytes>) -> Result<Duplicates, DecodeError> {
        decode_list(response)
    }
}

/// The duplicates of an order's certificate, in the order in which the service lists them.
///
/// A list is read whole or not at all. It can hold the order's primary certificate, even several
/// times (observed). Serializes to the service's own JSON.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Duplicates {
    /// One row for each duplicate.
    pub certificates: Vec<Duplicate>,
    /// Every other field of the response.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

list!(Duplicates { certificates: Duplicate });

/// The status of a duplicate.
pub type DuplicateStatus = CertificateStatus;

/// One duplicate of an order's certificate, under the service's own field names.
///
/// A duplicate that is not issued yet lacks what only an issued one has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(remote = "Self")]
#[non_exhaustive]
pub struct Duplicate {
    /// Certificate ID.
    pub id: CertificateId,
    /// Thumbprint of the certificate.
    #[serde(default, with = "lenient::text", skip_serializing_if = "Option::is_none")]
    pub thumbprint: Option<String>,
    /// Serial number of the certificate: it is issued if it has one.
    #[serde(default, with = "lenient::text", skip_serializing_if = "Option::is_none")]
    pub serial_number: Option<String>,
    /// Name secured by the certificate.
    #[serde(default, with = "lenient::text", skip_serializing_if = "Option::is_none")]
    pub common_name: Option<String>,
    /// Every name secured by the certificate.
    #[serde(default, with = "lenient::list")]
    pub dns_names: Vec<String>,
    /// Status of the request.
    pub status: DuplicateStatus,
    /// When the certificate was requested, in UTC.
    #[serde(with = "lenient::timestamp")]
    pub date_created: OffsetDateTime,
    /// First day of the certificate's validity.
    #[serde(default, with = "lenient::date", skip_serializing_if = "Option::is_none")]
    pub valid_from: Option<Date>,
    /// Last day of the certificate's validity.
    #[serde(default, with = "lenient::date", skip_serializing_if = "Option::is_none")]
    pub valid_till: Option<Date>,
    /// Number of days until the certificate expires; negative once it has expired (assumed).
    #[serde(default, with = "lenient::number", skip_serializing_if = "Option::is_none")]
    pub days_remaining: Option<i64>,
    /// Certificate signing request, PEM.
    #[serde(default, with = "lenient::text", skip_serializing_if = "Option::is_none")]
    pub csr: Option<String>,
    /// Platform that the certificate is for.
    #[serde(default, with = "lenient::object", skip_serializing_if = "Option::is_none")]
    pub server_platform: Option<ServerPlatform>,
    /// Hash of the signature.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signature_hash: Option<SignatureHash>,
    /// Number of bits used in the key.
    #[serde(default, with = "lenient::number", skip_serializing_if = "Option::is_none")]
    pub key_size: Option<u32>,
    /// ID of the authority that issues the certificate.
    #[serde(default, with = "lenient::text", skip_serializing_if = "Option::is_none")]
    pub ca_cert_id: Option<String>,
    /// Number of the duplicate within its order, with leading zeros.
    #[serde(default, with = "lenient::text", skip_serializing_if = "Option::is_none")]
    pub sub_id: Option<String>,
    /// Public ID.
    #[serde(default, with = "lenient::text", skip_serializing_if = "Option::is_none")]
    pub public_id: Option<String>,
    /// Whether the duplicate is archived. Archived ones are listed only if asked for.
    #[serde(default, with = "lenient::flag::in_text")]
    pub archived: bool,
    /// ID of the user that requested the duplicate.
    #[serde(default, with = "lenient::number", skip_serializing_if = "Option::is_none")]
    pub user_id: Option<u64>,
    /// First name of that user.
    #[serde(default, with = "lenient::text", skip_serializing_if = "Option::is_none")]
    pub firstname: Option<String>,
    /// Last name of that user.
    #[serde(default, with = "lenient::text", skip_serializing_if = "Option::is_none")]
    pub lastname: Option<String>,
    /// Every field that this version does not know.
    #[serde(flatten, skip_deserializing)]
    pub extra: Map<String, Value>,
}
keep_unknown_fields!(Duplicate);

impl Duplicate {
    /// Returns a duplicate with what every duplicate has, and nothing else.
    pub fn new(id: CertificateId, status: DuplicateStatus, date_created: OffsetDateTime) -> Self {
        Self {
            id,
            thumbprint: None,
            serial_number: None,
            common_name: None,
            dns_names: Vec::new(),
            status,
            date_created,
            valid_from: None,
            valid_till: None,
            days_remaining: None,
            csr: None,
            server_platform: None,
            signature_hash: None,
            key_size: None,
            ca_cert_id: None,
            sub_id: None,
            public_id: None,
            archived: false,
            user_id: None,
            firstname: None,
            lastname: None,
            extra: Map::new(),
        }
    }

    /// Returns whether the duplicate has a serial number. Its status does not tell: it is
    /// `approved` before and after the issuance (observed).
    pub fn is_issued(&self) -> bool {
        self.serial_number.as_deref().is_some_and(|serial| !serial.trim().is_empty())
    }
}
