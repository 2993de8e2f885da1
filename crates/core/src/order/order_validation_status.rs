//! `GET /order/certificate/{order_id}/validation`

use std::borrow::Cow;

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use time::OffsetDateTime;

use super::{DcvMethod, DcvStatus, NameScope, OrderStatus};
use crate::{
    endpoint::Endpoint,
    error::DecodeError,
    id::{DomainId, OrderId, OrganizationId},
    json::{decode_json, lenient, open_enum::open_enum, times},
};

/// Gets what an order still waits for: control of which names, and its organization.
///
/// See DigiCert's page
/// [Order validation status](https://dev.digicert.com/en/certcentral-apis/services-api/orders/validation-status.html).
/// Of an order with a pending reissue, it describes that reissue (assumed).
///
/// ```
/// use certcentral_core::{Api, ApiKey, OrderId, http::Response, order::OrderValidationStatus};
///
/// let api = Api::new(ApiKey::new("0123456789ABCDEF")?);
/// let body = r#"{"order_id": "112233", "order_status": "reissue_pending", "dns_name_validations": [
///     {"name_scope": "example.net", "status": "unapproved", "dns_names": ["shop.example.net"]}
/// ]}"#;
/// let request = OrderValidationStatus::new(OrderId(112233));
/// let status = api.parse_response(&request, Response::new(body.into()))?;
/// assert!(!status.is_validated());
/// assert!(status.open_scopes().all(|scope| scope.name_scope == "example.net"));
/// # Ok::<(), certcentral_core::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[must_use = "a request does nothing until it is sent"]
pub struct OrderValidationStatus {
    order_id: OrderId,
    include_risk_check: bool,
}

impl OrderValidationStatus {
    /// Returns a request for what `order_id` waits for.
    pub fn new(order_id: OrderId) -> Self {
        Self { order_id, include_risk_check: false }
    }

    /// Sets whether rows have a `risk_status`, in their `extra`. Rows of DV orders always have it.
    /// Default: no.
    pub fn include_risk_check(self, include_risk_check: bool) -> Self {
        Self { include_risk_check, ..self }
    }
}

impl Endpoint for OrderValidationStatus {
    type Output = ValidationStatus;

    fn path(&self) -> String {
        format!("/order/certificate/{}/validation", self.order_id)
    }

    fn query(&self) -> Vec<(Cow<'static, str>, String)> {
        let risk = self.include_risk_check.then(|| ("include_risk_check".into(), "true".into()));
        risk.into_iter().collect()
    }

    #[inline]
    fn parse(&self, response: &http::Response<Bytes>) -> Result<ValidationStatus, DecodeError> {
        decode_json(response)
    }
}

/// What an order waits for, under the service's own field names.
///
/// It has no random value: that is in [`OrderRandomValue`](super::OrderRandomValue).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ValidationStatus {
    /// Order ID.
    pub order_id: OrderId,
    /// Status of the order.
    pub order_status: OrderStatus,
    /// Whether base domains are validated, or the names themselves.
    pub order_name_scope: Option<NameScope>,
    /// Method of the order.
    pub order_dcv_method: Option<DcvMethod>,
    /// Organization ID; absent for DV orders.
    #[serde(default, deserialize_with = "lenient::nonzero")]
    pub organization_id: Option<OrganizationId>,
    /// Name of the organization; absent for DV orders.
    pub organization_name: Option<String>,
    /// Validations of the organization; none for DV orders.
    #[serde(default)]
    pub organization_validations: Vec<OrganizationValidation>,
    /// One row for each scope to be validated, which is not one for each name.
    #[serde(default)]
    pub dns_name_validations: Vec<ScopeValidation>,
    /// Every other field.
    #[serde(default)]
    pub extra: Map<String, Value>,
}

impl ValidationStatus {
    /// Returns whether nothing is open: every row of names is approved, and every validation of the
    /// organization is complete.
    ///
    /// A response without rows of names says nothing, and is not validated. Neither is one with an
    /// organization that has no validations.
    pub fn is_validated(&self) -> bool {
        let organization = &self.organization_validations;
        let is_complete = |one: &OrganizationValidation| {
            one.status == Some(OrganizationValidationStatus::Complete)
        };
        !self.dns_name_validations.is_empty()
            && self.open_scopes().next().is_none()
            && (self.organization_id.is_none() || !organization.is_empty())
            && organization.iter().all(is_complete)
    }

    /// Iterates over the rows that are not approved.
    pub fn open_scopes(&self) -> impl Iterator<Item = &ScopeValidation> {
        self.dns_name_validations.iter().filter(|scope| scope.status != DcvStatus::Approved)
    }
}

/// A name to be validated, and the order's names that it counts for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ScopeValidation {
    /// Domain ID; absent for DV orders, which make no domains.
    #[serde(default, deserialize_with = "lenient::nonzero")]
    pub domain_id: Option<DomainId>,
    /// Name at which control is shown, such as the base domain.
    pub name_scope: String,
    /// Base domain of the names (observed).
    pub base_domain: Option<String>,
    /// Names of the order that the row is for.
    #[serde(default)]
    pub dns_names: Vec<String>,
    /// Whether control was shown.
    pub status: DcvStatus,
    /// Method of the row.
    pub method: Option<DcvMethod>,
    /// What the approval covers, such as `subdomains`; absent until it is approved (observed).
    pub approval_scope: Option<String>,
    /// Until when the approval counts, in UTC; absent until it is approved (observed).
    #[serde(default, with = "times::timestamp")]
    pub approval_expiration_date: Option<OffsetDateTime>,
    /// Every other field, such as `risk_status`.
    #[serde(default)]
    pub extra: Map<String, Value>,
}

/// A validation of the organization.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct OrganizationValidation {
    /// Type, such as `ov` or `ev`.
    #[serde(rename = "type")]
    pub kind: Option<String>,
    /// Until when it counts, in UTC; absent while it is pending.
    #[serde(with = "times::timestamp")]
    pub validated_until: Option<OffsetDateTime>,
    /// Status.
    pub status: Option<OrganizationValidationStatus>,
    /// Every other field, such as `verified_contacts` and `verification_details`.
    pub extra: Map<String, Value>,
}

open_enum! {
    /// The status of an organization's validation.
    pub enum OrganizationValidationStatus {
        /// It counts (the word in lists of organizations).
        Active = "active",
        /// It counts (the word in orders).
        Complete = "complete",
        /// It has ended (observed once).
        Expired = "expired",
        /// DigiCert is still working on it.
        Pending = "pending",
    }
}
