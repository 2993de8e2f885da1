//! `GET /order/certificate/{order_id}/duplicate`

use std::borrow::Cow;

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use time::{Date, OffsetDateTime};

use super::SignatureHash;
use crate::{
    certificate::CertificateStatus,
    endpoint::Endpoint,
    error::DecodeError,
    id::{CertificateId, OrderId},
    json::{
        list::{Page, decode_list, list},
        serial, times,
    },
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

    #[inline]
    fn parse(&self, response: &http::Response<Bytes>) -> Result<Duplicates, DecodeError> {
        decode_list(response)
    }
}

/// The duplicates of an order's certificate, in the order in which the service lists them.
///
/// A list is read whole or not at all. It can hold the order's primary certificate, even several
/// times (observed).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Duplicates {
    /// One row for each duplicate.
    pub certificates: Vec<Duplicate>,
    /// Which part of the list this is, if the service says so.
    pub page: Option<Page>,
    /// Every other field of the response.
    pub extra: Map<String, Value>,
}

list!(Duplicates { certificates: Duplicate });

/// One duplicate of an order's certificate, under the service's own field names.
///
/// A duplicate that is not issued yet lacks what only an issued one has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Duplicate {
    /// Certificate ID.
    pub id: CertificateId,
    /// Thumbprint of the certificate.
    pub thumbprint: Option<String>,
    /// Serial number of the certificate: it is issued if it has one.
    #[serde(default, deserialize_with = "serial::number")]
    pub serial_number: Option<String>,
    /// Name secured by the certificate.
    pub common_name: Option<String>,
    /// Every name secured by the certificate.
    #[serde(default)]
    pub dns_names: Vec<String>,
    /// Status of the request.
    pub status: CertificateStatus,
    /// When the certificate was requested, in UTC.
    #[serde(with = "times::timestamp::required")]
    pub date_created: OffsetDateTime,
    /// First day of the certificate's validity.
    #[serde(default, with = "times::date")]
    pub valid_from: Option<Date>,
    /// Last day of the certificate's validity.
    #[serde(default, with = "times::date")]
    pub valid_till: Option<Date>,
    /// Number of days until the certificate expires; negative once it has expired (assumed).
    pub days_remaining: Option<i64>,
    /// Certificate signing request, PEM.
    pub csr: Option<String>,
    /// Hash of the signature.
    pub signature_hash: Option<SignatureHash>,
    /// Number of bits used in the key.
    pub key_size: Option<u32>,
    /// ID of the authority that issues the certificate.
    pub ca_cert_id: Option<String>,
    /// Number of the duplicate within its order, with leading zeros.
    pub sub_id: Option<String>,
    /// Public ID.
    pub public_id: Option<String>,
    /// Whether the duplicate is archived. Archived ones are listed only if asked for.
    #[serde(default)]
    pub archived: bool,
    /// ID of the user that requested the duplicate.
    pub user_id: Option<u64>,
    /// First name of that user.
    pub firstname: Option<String>,
    /// Last name of that user.
    pub lastname: Option<String>,
    /// Every field that this version does not know.
    #[serde(default)]
    pub extra: Map<String, Value>,
}
impl Duplicate {
    /// Returns whether the duplicate has a serial number. Its status does not tell: it is
    /// `approved` before and after the issuance (observed).
    pub fn is_issued(&self) -> bool {
        self.serial_number.as_deref().is_some_and(|serial| !serial.trim().is_empty())
    }
}
