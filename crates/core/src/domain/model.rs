//! A domain, as "List domains" and "Domain info" give it.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use time::OffsetDateTime;

use crate::{
    id::DomainId,
    json::{open_enum::open_enum, times},
    order::{DcvMethod, Organization},
    user::Container,
};

/// A domain, under the service's own field names.
///
/// ```
/// use certcentral_core::{domain::Domain, serde_json, time::OffsetDateTime};
///
/// // For a test of what you do with one.
/// let domain: Domain = serde_json::from_str(r#"{"id": 90210, "name": "example.net"}"#)?;
/// assert!(!domain.is_validated(OffsetDateTime::UNIX_EPOCH));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Domain {
    /// Domain ID.
    pub id: DomainId,
    /// The name.
    pub name: String,
    /// Whether it can be used in orders.
    pub is_active: Option<bool>,
    /// When it was added, in UTC.
    #[serde(default, with = "times::timestamp")]
    pub date_created: Option<OffsetDateTime>,
    /// Base domain of the name (observed).
    pub base_domain: Option<String>,
    /// Organization that it belongs to.
    pub organization: Option<Organization>,
    /// Container that holds it.
    pub container: Option<Container>,
    /// How control of it is shown.
    pub dcv_method: Option<DcvMethod>,
    /// When it was last submitted for validation, in UTC; absent if it never was (observed).
    #[serde(default, with = "times::timestamp")]
    pub last_submitted_datetime: Option<OffsetDateTime>,
    /// When control was last shown, in UTC.
    #[serde(default, with = "times::timestamp")]
    pub dcv_approval_datetime: Option<OffsetDateTime>,
    /// Until when that counts, in UTC; in the past if it has ended. Calculate with this date, and not
    /// with a number of days: earlier validations were given other ends.
    #[serde(default, with = "times::timestamp")]
    pub dcv_expiration_datetime: Option<OffsetDateTime>,
    /// Whether a validation is under way. Only [`DomainInfo`](super::DomainInfo) has it.
    pub is_pending_validation: Option<bool>,
    /// Validations by type. None if there was no validation, or if it has ended (observed).
    #[serde(default)]
    pub validations: Vec<DomainValidation>,
    /// What shows control of it. Only [`DomainInfo::include_dcv`](super::DomainInfo::include_dcv)
    /// gives it.
    pub dcv_token: Option<DcvToken>,
    /// Every other field. `dcv_expiration` is among them: its dates are in US Mountain Time. So is
    /// `account_token`, if the domain is prepared for locking: think before you log it.
    #[serde(default)]
    pub extra: Map<String, Value>,
}

impl Domain {
    /// Returns whether control of it counts as shown at `now`.
    ///
    /// It reads [`dcv_expiration_datetime`](Self::dcv_expiration_datetime), which
    /// [`DomainInfo`](super::DomainInfo) has only with `include_dcv`.
    pub fn is_validated(&self, now: OffsetDateTime) -> bool {
        self.dcv_expiration_datetime.is_some_and(|until| until > now)
    }
}

/// A validation of a domain, for one type of certificate.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct DomainValidation {
    /// Type, such as `ov` or `ev`.
    #[serde(rename = "type")]
    pub kind: Option<String>,
    /// Until when it counts, in UTC.
    #[serde(with = "times::timestamp")]
    pub validated_until: Option<OffsetDateTime>,
    /// Status.
    pub status: Option<DomainStatus>,
    /// Every other field, such as `dcv_status` and `org_status`.
    pub extra: Map<String, Value>,
}

/// What shows control of a domain, and whether it was found.
///
/// [`Challenge::of_domain`](crate::reissuance::Challenge::of_domain) says where to publish it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct DcvToken {
    /// The random value of the domain, of any form. On an order, that of the order counts too.
    pub token: Option<String>,
    /// Whether it was found.
    pub status: Option<DomainStatus>,
    /// Until when it counts, in UTC.
    #[serde(with = "times::timestamp")]
    pub expiration_date: Option<OffsetDateTime>,
    /// URL of the file, if the method is one of files.
    pub http_token_url: Option<String>,
    /// Every other field. `verification_value` is among them, for CNAME records: it is the end of
    /// their target, and not the whole (observed).
    pub extra: Map<String, Value>,
}

open_enum! {
    /// The status of a domain's validation, or of its random value.
    pub enum DomainStatus {
        /// It counts, or was found.
        Active = "active",
        /// It is under way, or was not found yet.
        Pending = "pending",
    }
}
