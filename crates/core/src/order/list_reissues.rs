//! `GET /order/certificate/{order_id}/reissue`: every reissue of a certificate order.

use std::{slice, vec};

use bytes::Bytes;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};
use time::{Date, OffsetDateTime};

use super::{
    CertificateId, OrderId, ReissueStatus,
    listing::{Listing, ReadListing},
};
use crate::{
    endpoint::{Endpoint, decode_with},
    error::DecodeError,
    wire,
};

/// Asks for every reissue of one order: `GET /order/certificate/{order_id}/reissue` (documented).
///
/// ```
/// use certcentral_core::{Api, ApiKey, ListReissues, OrderId};
///
/// let api = Api::new(ApiKey::new("0123456789ABCDEF")?);
/// let request = api.build_request(&ListReissues::new(OrderId(112233)).show_archived(true))?;
/// assert_eq!(
///     request.uri(),
///     "https://www.digicert.com/services/v2/order/certificate/112233/reissue?show_archived=true",
/// );
/// # Ok::<(), certcentral_core::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[must_use = "a request does nothing until it is sent"]
pub struct ListReissues {
    order_id: OrderId,
    show_archived: bool,
}

impl ListReissues {
    /// The reissues of `order_id` that are not archived.
    pub fn new(order_id: OrderId) -> Self {
        Self { order_id, show_archived: false }
    }

    /// Whether archived reissues are listed too (documented in the newer edition of the page).
    pub fn show_archived(self, show_archived: bool) -> Self {
        Self { show_archived, ..self }
    }
}

impl Endpoint for ListReissues {
    type Output = Reissues;

    fn path(&self) -> String {
        let query = if self.show_archived { "?show_archived=true" } else { "" };
        format!("/order/certificate/{}/reissue{query}", self.order_id)
    }

    fn name(&self) -> &'static str {
        "ListReissues"
    }

    fn order_id(&self) -> Option<OrderId> {
        Some(self.order_id)
    }

    fn parse(&self, response: &http::Response<Bytes>) -> Result<Reissues, DecodeError> {
        decode_with(response, ReadListing::sized_for(response.body())).map(Reissues::from)
    }
}

/// The reissues of an order, in the order in which the service lists them.
///
/// Read from JSON all or nothing: one row that cannot be read is an error that names it, and
/// [`salvage`](Self::salvage) is for those who want the rest. `{}`,
/// `[]`, and `certificates` that are `null` or `{}` are the service's ways to say "none"
/// (observed in sibling endpoints).
///
/// The list can hold the order's primary certificate, and the same certificate more than once
/// (observed). Serializes to the service's own JSON.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Reissues {
    /// One row for each reissue.
    pub certificates: Vec<Reissue>,
    /// Every other field of the answer.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

impl Reissues {
    /// A list of `certificates`, with no other fields.
    pub fn new(certificates: Vec<Reissue>) -> Self {
        Self { certificates, extra: Map::new() }
    }

    /// The issued reissue with the greatest `date_issued`, or `date_created` where that is not
    /// given; of several at one instant the one with the greatest id.
    ///
    /// ```
    /// use certcentral_core::{CertificateId, Reissues, serde_json};
    ///
    /// let body = include_str!("../../../../fixtures/orders/112233-seed-example.json");
    /// let reissues: Reissues = serde_json::from_str(body)?;
    /// assert_eq!(reissues.newest_issued().map(|reissue| reissue.id), Some(CertificateId(12345)));
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    pub fn newest_issued(&self) -> Option<&Reissue> {
        self.certificates
            .iter()
            .filter(|reissue| reissue.status == ReissueStatus::Issued)
            .max_by_key(|reissue| (reissue.date_issued.unwrap_or(reissue.date_created), reissue.id))
    }
}

impl IntoIterator for Reissues {
    type Item = Reissue;
    type IntoIter = vec::IntoIter<Reissue>;

    fn into_iter(self) -> Self::IntoIter {
        self.certificates.into_iter()
    }
}

#[expect(clippy::into_iter_without_iter, reason = "`certificates.iter()` is it")]
impl<'a> IntoIterator for &'a Reissues {
    type Item = &'a Reissue;
    type IntoIter = slice::Iter<'a, Reissue>;

    fn into_iter(self) -> Self::IntoIter {
        self.certificates.iter()
    }
}

impl<'de> Deserialize<'de> for Reissues {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Listing::deserialize(from).map(Self::from)
    }
}

impl From<Listing<Reissue>> for Reissues {
    fn from(Listing { certificates, extra }: Listing<Reissue>) -> Self {
        Self { certificates, extra }
    }
}

/// One reissue of an order, under the service's own field names.
///
/// Pending and rejected reissues lack what only an issued certificate has. Where a field is a
/// number, a date or a flag, a string that holds one is read too, and `null` or an empty string
/// is taken as absent.
///
/// ```
/// use certcentral_core::{CertificateId, Reissue, ReissueStatus, serde_json, time::OffsetDateTime};
///
/// // For a test of what you do with one.
/// let requested = OffsetDateTime::from_unix_timestamp(1_554_744_806)?;
/// let mut reissue = Reissue::new(CertificateId(12345), ReissueStatus::Pending, requested);
/// reissue.dns_names = vec!["www.example.com".to_owned()];
///
/// let json = serde_json::to_value(&reissue)?;
/// assert_eq!(json["date_created"], "2019-04-08T17:33:26+00:00");
/// assert_eq!(serde_json::from_value::<Reissue>(json)?, reissue);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Reissue {
    /// Certificate ID (documented).
    pub id: CertificateId,

    /// Thumbprint of the certificate (documented).
    #[serde(default, deserialize_with = "wire::text", skip_serializing_if = "Option::is_none")]
    pub thumbprint: Option<String>,

    /// Serial number of the certificate (documented).
    #[serde(default, deserialize_with = "wire::text", skip_serializing_if = "Option::is_none")]
    pub serial_number: Option<String>,

    /// Name secured by the certificate (documented).
    #[serde(default, deserialize_with = "wire::text", skip_serializing_if = "Option::is_none")]
    pub common_name: Option<String>,

    /// Additional names secured by the certificate (documented). A blank name, as a sibling
    /// endpoint has documented to send, is kept as it is.
    #[serde(default, deserialize_with = "wire::list")]
    pub dns_names: Vec<String>,

    /// Status of the certificate (documented).
    pub status: ReissueStatus,

    /// When the certificate was requested; UTC (documented). Other offsets are read and kept.
    #[serde(deserialize_with = "wire::timestamp", serialize_with = "wire::write_timestamp")]
    pub date_created: OffsetDateTime,

    /// When the certificate was issued; UTC, absent for pending and rejected reissues
    /// (documented in the newer edition of the page).
    #[serde(
        default,
        deserialize_with = "wire::optional_timestamp",
        serialize_with = "wire::write_optional_timestamp",
        skip_serializing_if = "Option::is_none"
    )]
    pub date_issued: Option<OffsetDateTime>,

    /// Expiration date of the certificate (documented).
    #[serde(
        default,
        deserialize_with = "wire::optional_date",
        serialize_with = "wire::write_date",
        skip_serializing_if = "Option::is_none"
    )]
    pub valid_till: Option<Date>,

    /// Number of days until the certificate expires, as the service counts them (documented);
    /// negative once it has expired (assumed).
    #[serde(
        default,
        deserialize_with = "wire::optional_number",
        skip_serializing_if = "Option::is_none"
    )]
    pub days_remaining: Option<i64>,

    /// Certificate signing request, PEM (documented).
    #[serde(default, deserialize_with = "wire::text", skip_serializing_if = "Option::is_none")]
    pub csr: Option<String>,

    /// Number of bits used in the key (documented).
    #[serde(
        default,
        deserialize_with = "wire::optional_number",
        skip_serializing_if = "Option::is_none"
    )]
    pub key_size: Option<u32>,

    /// ID of the user that requested the reissue (documented).
    #[serde(
        default,
        deserialize_with = "wire::optional_number",
        skip_serializing_if = "Option::is_none"
    )]
    pub user_id: Option<u64>,

    /// Email address of the user that requested the reissue (documented).
    #[serde(default, deserialize_with = "wire::text", skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,

    /// First name of the user that requested the reissue (documented).
    #[serde(default, deserialize_with = "wire::text", skip_serializing_if = "Option::is_none")]
    pub firstname: Option<String>,

    /// Last name of the user that requested the reissue (documented).
    #[serde(default, deserialize_with = "wire::text", skip_serializing_if = "Option::is_none")]
    pub lastname: Option<String>,

    /// Receipt ID for the reissued certificate order (documented). Text, because it can have
    /// leading zeros.
    #[serde(default, deserialize_with = "wire::text", skip_serializing_if = "Option::is_none")]
    pub receipt_id: Option<String>,

    /// Number of domains added to the reissued order that were charged for; 0 if domains were
    /// added but not charged for (documented).
    #[serde(
        default,
        deserialize_with = "wire::optional_number",
        serialize_with = "wire::write_count",
        skip_serializing_if = "Option::is_none"
    )]
    pub purchased_dns_names: Option<u32>,

    /// Number of wildcard domains added to the reissued order that were charged for; 0 if some
    /// were added but not charged for (documented).
    #[serde(
        default,
        deserialize_with = "wire::optional_number",
        serialize_with = "wire::write_count",
        skip_serializing_if = "Option::is_none"
    )]
    pub purchased_wildcard_names: Option<u32>,

    /// Whether the reissue is archived; archived ones are listed only if asked for (documented in
    /// the newer edition of the page). Left out of the JSON if false, as the older edition does.
    #[serde(
        default,
        deserialize_with = "wire::flag",
        serialize_with = "wire::write_flag",
        skip_serializing_if = "std::ops::Not::not"
    )]
    pub archived: bool,

    /// Every field that this version does not know, as JSON. Must not name one of the above when
    /// serialized. Integers beyond 64 bits become floating point numbers.
    #[serde(flatten, deserialize_with = "wire::fields")]
    pub extra: Map<String, Value>,
}

impl Reissue {
    /// A reissue with what every reissue has, and nothing else.
    pub fn new(id: CertificateId, status: ReissueStatus, date_created: OffsetDateTime) -> Self {
        Self {
            id,
            thumbprint: None,
            serial_number: None,
            common_name: None,
            dns_names: Vec::new(),
            status,
            date_created,
            date_issued: None,
            valid_till: None,
            days_remaining: None,
            csr: None,
            key_size: None,
            user_id: None,
            email: None,
            firstname: None,
            lastname: None,
            receipt_id: None,
            purchased_dns_names: None,
            purchased_wildcard_names: None,
            archived: false,
            extra: Map::new(),
        }
    }
}
