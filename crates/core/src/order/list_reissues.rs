//! `GET /order/certificate/{order_id}/reissue`

use std::borrow::Cow;

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use time::{Date, OffsetDateTime};

use super::csr;
use crate::{
    endpoint::Endpoint,
    error::DecodeError,
    id::{CertificateId, OrderId},
    json::{
        list::{Page, decode_list, list},
        open_enum::open_enum,
        serial, times,
    },
};

/// Lists every reissue of an order.
///
/// See DigiCert's page
/// [List reissues](https://dev.digicert.com/en/certcentral-apis/services-api/orders/list-reissues.html).
/// An order that was never reissued has an empty list: its certificate is not a reissue, and is in
/// [`OrderInfo`](super::OrderInfo).
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
    /// Returns a request for the reissues of `order_id` that are not archived.
    pub fn new(order_id: OrderId) -> Self {
        Self { order_id, show_archived: false }
    }

    /// Sets whether archived reissues are listed too. Default: no.
    pub fn show_archived(self, show_archived: bool) -> Self {
        Self { show_archived, ..self }
    }
}

impl Endpoint for ListReissues {
    type Output = Reissues;

    fn path(&self) -> String {
        format!("/order/certificate/{}/reissue", self.order_id)
    }

    fn query(&self) -> Vec<(Cow<'static, str>, String)> {
        let archived = self.show_archived.then(|| ("show_archived".into(), "true".to_owned()));
        archived.into_iter().collect()
    }

    #[inline]
    fn parse(&self, response: &http::Response<Bytes>) -> Result<Reissues, DecodeError> {
        decode_list(response)
    }
}

/// The reissues of an order, in the order in which the service lists them.
///
/// A list is read whole or not at all: one row that cannot be read is an error that names it, and
/// [`salvage`](Self::salvage) is for those who want the rest. `{}`, `[]`, and `certificates` that
/// are `null` or `{}` are the service's ways of saying "none" (observed in sibling endpoints). A
/// list that says itself that it is not complete is an error.
///
/// The list can hold the order's primary certificate, and the same certificate more than once
/// (observed).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Reissues {
    /// One row for each reissue.
    pub certificates: Vec<Reissue>,
    /// Which part of the list this is, if the service says so.
    pub page: Option<Page>,
    /// Every other field of the response.
    pub extra: Map<String, Value>,
}

impl Reissues {
    /// Returns the issued reissue with the greatest `date_issued`, or `date_created` where that is
    /// not given. Of several at one instant it is the one with the greatest id.
    ///
    /// It may have expired meanwhile: see [`Reissue::valid_till`]. `None` says that no reissue was
    /// issued, not that the order has no certificate: that is in [`Order`](super::Order).
    ///
    /// ```
    /// use certcentral_core::{CertificateId, Reissues, serde_json};
    ///
    /// let reissues: Reissues = serde_json::from_str(r#"{"certificates": [
    ///     {"id": 1, "status": "issued", "date_created": "2018-04-08T17:33:26+00:00"},
    ///     {"id": 2, "status": "issued", "date_created": "2019-04-08T17:33:26+00:00"},
    ///     {"id": 3, "status": "pending", "date_created": "2020-04-08T17:33:26+00:00"}
    /// ]}"#)?;
    /// assert_eq!(reissues.newest_issued().map(|reissue| reissue.id), Some(CertificateId(2)));
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    pub fn newest_issued(&self) -> Option<&Reissue> {
        self.iter()
            .filter(|reissue| reissue.status == ReissueStatus::Issued)
            .max_by_key(|reissue| (reissue.date_issued.unwrap_or(reissue.date_created), reissue.id))
    }

    /// Returns the row whose CSR is this one, however its PEM is wrapped and whatever is around it;
    /// of several the newest.
    ///
    /// This is how to find out what became of a request for a reissue, which has no certificate id
    /// (observed): see
    /// [`ReissueCertificate`](crate::order::ReissueCertificate#retries-and-which-certificate-it-became).
    pub fn for_csr(&self, csr: &str) -> Option<&Reissue> {
        let csr = csr::find(csr)?;
        self.iter()
            .filter(|reissue| {
                reissue.csr.as_deref().and_then(csr::find).is_some_and(|it| it == csr)
            })
            .max_by_key(|reissue| (reissue.date_created, reissue.id))
    }
}

list!(Reissues { certificates: Reissue });

open_enum! {
    /// The status of a reissue.
    ///
    /// DigiCert's page lists three. Sibling endpoints have been observed to send others
    /// (`approved`, `processing`, `revoked`, `canceled`, `expired`, `needs_approval`,
    /// `reissue_pending`, `waiting_pickup`, `denied`). Those, and any other, are kept as
    /// [`Other`](Self::Other).
    ///
    /// ```
    /// use certcentral_core::ReissueStatus;
    ///
    /// assert_eq!(ReissueStatus::from("issued"), ReissueStatus::Issued);
    /// assert_eq!(ReissueStatus::from("revoked").as_str(), "revoked");
    /// ```
    pub enum ReissueStatus {
        /// The certificate was issued.
        Issued = "issued",
        /// The reissue was requested and waits for validation or approval.
        Pending = "pending",
        /// The request was rejected.
        Rejected = "rejected",
    }
}

impl ReissueStatus {
    /// Returns whether nothing more will come of it. A status that is not known is not final.
    pub fn is_final(&self) -> bool {
        match self {
            Self::Issued | Self::Rejected => true,
            Self::Pending => false,
            Self::Other(status) => {
                matches!(status.as_str(), "canceled" | "denied" | "expired" | "revoked")
            }
        }
    }
}

/// One reissue of an order, under the service's own field names.
///
/// Pending and rejected reissues lack what only an issued certificate has. The response's other
/// forms are read too, as [`decode_json`](crate::decode_json) describes them.
///
/// ```
/// use certcentral_core::{Reissue, ReissueStatus, serde_json};
///
/// // For a test of what you do with one.
/// let json = r#"{"id": 12345, "status": "pending", "date_created": "2019-04-08T17:33:26+00:00"}"#;
/// let reissue: Reissue = serde_json::from_str(json)?;
/// assert_eq!((&reissue.status, reissue.date_issued), (&ReissueStatus::Pending, None));
///
/// let json = serde_json::to_value(&reissue)?;
/// assert_eq!(json["date_created"], "2019-04-08T17:33:26+00:00");
/// assert_eq!(serde_json::from_value::<Reissue>(json)?, reissue);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Reissue {
    /// Certificate ID.
    pub id: CertificateId,

    /// Thumbprint of the certificate.
    pub thumbprint: Option<String>,

    /// Serial number of the certificate.
    #[serde(default, deserialize_with = "serial::number")]
    pub serial_number: Option<String>,

    /// Name secured by the certificate.
    pub common_name: Option<String>,

    /// Additional names secured by the certificate. A blank name, which a sibling endpoint has
    /// sent, is kept as it is.
    #[serde(default)]
    pub dns_names: Vec<String>,

    /// Status of the certificate.
    pub status: ReissueStatus,

    /// When the certificate was requested, in UTC. Other offsets are read and kept.
    #[serde(with = "times::timestamp::required")]
    pub date_created: OffsetDateTime,

    /// When the certificate was issued, in UTC; absent for pending and rejected reissues.
    #[serde(default, with = "times::timestamp")]
    pub date_issued: Option<OffsetDateTime>,

    /// Last day of the certificate's validity.
    #[serde(default, with = "times::date")]
    pub valid_till: Option<Date>,

    /// Number of days until the certificate expires, as the service counts them; negative once it
    /// has expired (assumed).
    pub days_remaining: Option<i64>,

    /// Certificate signing request, PEM.
    pub csr: Option<String>,

    /// Number of bits used in the key.
    pub key_size: Option<u32>,

    /// ID of the user that requested the reissue.
    pub user_id: Option<u64>,

    /// Email address of the user that requested the reissue.
    pub email: Option<String>,

    /// First name of the user that requested the reissue.
    pub firstname: Option<String>,

    /// Last name of the user that requested the reissue.
    pub lastname: Option<String>,

    /// Receipt ID for the reissued certificate order. Text, because it can have leading zeros.
    pub receipt_id: Option<String>,

    /// Number of domains added to the reissued order that were charged for; 0 if domains were
    /// added but not charged for.
    pub purchased_dns_names: Option<u32>,

    /// Number of wildcard domains added to the reissued order that were charged for; 0 if some
    /// were added but not charged for.
    pub purchased_wildcard_names: Option<u32>,

    /// Whether the reissue is archived. Archived ones are listed only if asked for.
    #[serde(default)]
    pub archived: bool,

    /// Every field that this version does not know, as JSON. Integers beyond 64 bits become
    /// floating-point numbers.
    #[serde(default)]
    pub extra: Map<String, Value>,
}
