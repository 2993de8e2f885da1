//! What orders and certificates are made of.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use time::Date;

use crate::json::{keep_unknown_fields, lenient, open_enum::open_enum};

/// The organization that an order or a certificate is for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, remote = "Self")]
#[non_exhaustive]
pub struct Organization {
    /// Organization ID. Orders of 2015 lack it.
    #[serde(with = "lenient::number", skip_serializing_if = "Option::is_none")]
    pub id: Option<u64>,
    /// Legal name.
    #[serde(with = "lenient::text", skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Name that the organization does business under.
    #[serde(with = "lenient::text", skip_serializing_if = "Option::is_none")]
    pub assumed_name: Option<String>,
    /// Both names, as CertCentral shows them.
    #[serde(with = "lenient::text", skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
    /// City.
    #[serde(with = "lenient::text", skip_serializing_if = "Option::is_none")]
    pub city: Option<String>,
    /// State or province.
    #[serde(with = "lenient::text", skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
    /// Country, two letters.
    #[serde(with = "lenient::text", skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
    /// Whether the organization is active.
    #[serde(with = "lenient::flag::option", skip_serializing_if = "Option::is_none")]
    pub is_active: Option<bool>,
    /// Every other field.
    #[serde(flatten, skip_deserializing)]
    pub extra: Map<String, Value>,
}
keep_unknown_fields!(Organization);

/// The product that was ordered.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, remote = "Self")]
#[non_exhaustive]
pub struct Product {
    /// Name in the API, such as `ssl_basic`.
    #[serde(with = "lenient::text", skip_serializing_if = "Option::is_none")]
    pub name_id: Option<String>,
    /// Name that CertCentral shows.
    #[serde(with = "lenient::text", skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Type, such as `ssl_certificate`.
    #[serde(rename = "type", with = "lenient::text", skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// Type of validation, such as `ov`. Only "Order info" has it and those below.
    #[serde(with = "lenient::text", skip_serializing_if = "Option::is_none")]
    pub validation_type: Option<String>,
    /// Name of the validation, such as `OV`.
    #[serde(with = "lenient::text", skip_serializing_if = "Option::is_none")]
    pub validation_name: Option<String>,
    /// Description of the validation.
    #[serde(with = "lenient::text", skip_serializing_if = "Option::is_none")]
    pub validation_description: Option<String>,
    /// Whether an order of this product needs a CSR.
    #[serde(with = "lenient::flag::option", skip_serializing_if = "Option::is_none")]
    pub csr_required: Option<bool>,
    /// Every other field.
    #[serde(flatten, skip_deserializing)]
    pub extra: Map<String, Value>,
}
keep_unknown_fields!(Product);

/// One of the account's own fields on an order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, remote = "Self")]
#[non_exhaustive]
pub struct CustomField {
    /// ID of the field.
    #[serde(with = "lenient::number", skip_serializing_if = "Option::is_none")]
    pub metadata_id: Option<u64>,
    /// Label of the field.
    #[serde(with = "lenient::text", skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// What the order has there.
    #[serde(with = "lenient::text", skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// Every other field.
    #[serde(flatten, skip_deserializing)]
    pub extra: Map<String, Value>,
}
keep_unknown_fields!(CustomField);

/// The server software that a certificate is for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, remote = "Self")]
#[non_exhaustive]
pub struct ServerPlatform {
    /// Platform ID; -1 for any other platform.
    #[serde(with = "lenient::number", skip_serializing_if = "Option::is_none")]
    pub id: Option<i64>,
    /// Name, such as `nginx`.
    #[serde(with = "lenient::text", skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Page that describes the installation.
    #[serde(with = "lenient::text", skip_serializing_if = "Option::is_none")]
    pub install_url: Option<String>,
    /// Page that describes how to make a CSR.
    #[serde(with = "lenient::text", skip_serializing_if = "Option::is_none")]
    pub csr_url: Option<String>,
    /// Every other field.
    #[serde(flatten, skip_deserializing)]
    pub extra: Map<String, Value>,
}
keep_unknown_fields!(ServerPlatform);

/// The authority that issues a certificate.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, remote = "Self")]
#[non_exhaustive]
pub struct CaCertificate {
    /// ID of the authority, such as `DF3689F672CCB90C`.
    #[serde(with = "lenient::text", skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Name of the authority.
    #[serde(with = "lenient::text", skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Every other field.
    #[serde(flatten, skip_deserializing)]
    pub extra: Map<String, Value>,
}
keep_unknown_fields!(CaCertificate);

/// How long a certificate or an order was ordered to be valid: in years, in days, or until a date.
/// The service gives the one that was used in the order.
///
/// ```
/// use certcentral_core::{order::Validity, serde_json};
///
/// assert_eq!(serde_json::to_string(&Validity::days(199))?, r#"{"days":199}"#);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, remote = "Self")]
#[non_exhaustive]
pub struct Validity {
    /// Number of years.
    #[serde(with = "lenient::number", skip_serializing_if = "Option::is_none")]
    pub years: Option<u32>,
    /// Number of days.
    #[serde(with = "lenient::number", skip_serializing_if = "Option::is_none")]
    pub days: Option<u32>,
    /// Last day.
    #[serde(with = "lenient::date", skip_serializing_if = "Option::is_none")]
    pub custom_expiration_date: Option<Date>,
    /// Every other field.
    #[serde(flatten, skip_deserializing)]
    pub extra: Map<String, Value>,
}
keep_unknown_fields!(Validity);

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
