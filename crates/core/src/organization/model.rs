//! An organization, as "List organizations" and "Organization info" give it.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::{
    id::OrganizationId,
    json::open_enum::open_enum,
    order::{OrganizationValidation, OrganizationValidationStatus},
    user::Container,
};

/// An organization of the account, under the service's own field names.
///
/// Orders name it in less: see [`order::Organization`](crate::order::Organization).
///
/// ```
/// use certcentral_core::{organization::Organization, serde_json};
///
/// let body = r#"{"id": 31, "validations": [{"type": "ov", "status": "active"}]}"#;
/// let organization: Organization = serde_json::from_str(body)?;
/// assert!(organization.is_validated_for("ov") && !organization.is_validated_for("ev"));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Organization {
    /// Organization ID.
    pub id: OrganizationId,
    /// Whether it can be ordered for.
    pub status: Option<OrganizationStatus>,
    /// Legal name.
    pub name: Option<String>,
    /// Name that it is known by, if it has another one.
    pub assumed_name: Option<String>,
    /// Both names, as CertCentral shows them.
    pub display_name: Option<String>,
    /// Whether it is active.
    pub is_active: Option<bool>,
    /// City.
    pub city: Option<String>,
    /// State or province.
    pub state: Option<String>,
    /// Country, two letters.
    pub country: Option<String>,
    /// Container that holds it.
    pub container: Option<Container>,
    /// Validations by type; none if nothing was requested yet. They say nothing about domains.
    #[serde(default)]
    pub validations: Vec<OrganizationValidation>,
    /// Every other field: `address`, `zip`, `telephone`, `is_hidden`, `container_id_assignments` and
    /// contacts, which only [`OrganizationInfo`](super::OrganizationInfo) has.
    #[serde(default)]
    pub extra: Map<String, Value>,
}

impl Organization {
    /// Returns whether a validation of this type, such as `ov` or `ev`, counts. An order for an
    /// organization that is not validated is not refused, but waits.
    pub fn is_validated_for(&self, kind: &str) -> bool {
        use OrganizationValidationStatus::{Active, Complete};
        let is_done = |it: &OrganizationValidation| matches!(it.status, Some(Active | Complete));
        let is_kind = |it: &OrganizationValidation| {
            it.kind.as_deref().is_some_and(|it| it.eq_ignore_ascii_case(kind))
        };
        self.validations.iter().any(|it| is_kind(it) && is_done(it))
    }
}

open_enum! {
    /// Whether an organization can be ordered for.
    pub enum OrganizationStatus {
        /// It can.
        Active = "active",
        /// It cannot.
        Inactive = "inactive",
    }
}
