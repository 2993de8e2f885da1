//! Parts of orders, and an order in a list of statuses.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use time::Date;

use super::OrderStatus;
use crate::{
    id::{CertificateId, OrderId, OrganizationId},
    json::{lenient, open_enum::open_enum, times},
};

/// An order in a list of nothing but statuses, under the service's own field names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct OrderSummary {
    /// Order ID.
    pub order_id: OrderId,
    /// Certificate ID of the order's primary certificate.
    #[serde(default, deserialize_with = "lenient::nonzero")]
    pub certificate_id: Option<CertificateId>,
    /// Status that the order has now.
    pub status: OrderStatus,
    /// Every other field.
    #[serde(default)]
    pub extra: Map<String, Value>,
}

/// The organization that an order or a certificate is for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Organization {
    /// Organization ID. Orders of 2015 lack it.
    pub id: Option<OrganizationId>,
    /// Legal name.
    pub name: Option<String>,
    /// Both names, as CertCentral shows them.
    pub display_name: Option<String>,
    /// City.
    pub city: Option<String>,
    /// State or province.
    pub state: Option<String>,
    /// Country, two letters.
    pub country: Option<String>,
    /// Every other field, such as `assumed_name` and `is_active`.
    pub extra: Map<String, Value>,
}

/// The product that was ordered.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Product {
    /// Name in the API, such as `ssl_basic`.
    pub name_id: Option<String>,
    /// Name that CertCentral shows.
    pub name: Option<String>,
    /// Type, such as `ssl_certificate`.
    #[serde(rename = "type")]
    pub kind: Option<String>,
    /// Type of validation, such as `ov`. Only "Order info" has it.
    pub validation_type: Option<String>,
    /// Every other field, such as `csr_required`.
    pub extra: Map<String, Value>,
}

/// How long a certificate is to be valid: a number of years, a number of days, or until a date.
///
/// ```
/// use certcentral_core::{order::Validity, serde_json};
///
/// assert_eq!(serde_json::to_string(&Validity::days(199))?, r#"{"days":199}"#);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Validity {
    /// Number of years.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub years: Option<u32>,
    /// Number of days.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub days: Option<u32>,
    /// Last day.
    #[serde(default, with = "times::date", skip_serializing_if = "Option::is_none")]
    pub custom_expiration_date: Option<Date>,
}

impl From<Validity> for Value {
    fn from(validity: Validity) -> Self {
        serde_json::to_value(validity).unwrap_or_default()
    }
}

impl Validity {
    /// Returns a validity of this many years.
    pub fn years(years: u32) -> Self {
        Self { years: Some(years), ..Self::default() }
    }

    /// Returns a validity of this many days.
    pub fn days(days: u32) -> Self {
        Self { days: Some(days), ..Self::default() }
    }

    /// Returns a validity that ends with this day.
    pub fn until(custom_expiration_date: Date) -> Self {
        Self { custom_expiration_date: Some(custom_expiration_date), ..Self::default() }
    }

    /// Whether it is no time at all.
    pub(crate) fn is_empty(&self) -> bool {
        self.years.or(self.days) == Some(0) || *self == Self::default()
    }
}

open_enum! {
    /// The hash of a certificate's signature.
    ///
    /// Lists of 2015 have `SHA256` in capitals, which is kept as [`Other`](Self::Other).
    pub enum SignatureHash {
        /// SHA-256.
        Sha256 = "sha256",
        /// SHA-384.
        Sha384 = "sha384",
        /// SHA-512.
        Sha512 = "sha512",
    }
}
