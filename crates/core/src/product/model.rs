//! A product, as "List products" and "Product info" give it.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// A product that the account can order, under the service's own field names.
///
/// What it says is for the key's user and container. How long its certificates can be in days it does
/// not say. Orders name it in less: see [`order::Product`](crate::order::Product).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Product {
    /// Name in the API, such as `ssl_basic`, with which it is ordered.
    pub name_id: String,
    /// Name that CertCentral shows.
    pub name: Option<String>,
    /// Type, such as `ssl_certificate`.
    #[serde(rename = "type")]
    pub kind: Option<String>,
    /// Group, such as `securesite_ssl_certificate`.
    pub group_name: Option<String>,
    /// Type of validation, such as `OV`: in upper case here, and in lower case elsewhere. Absent for
    /// client certificates (observed).
    pub validation_type: Option<String>,
    /// Numbers of years that a certificate can be ordered for.
    #[serde(default)]
    pub allowed_validity_years: Vec<u32>,
    /// Numbers of years that an order can last.
    #[serde(default)]
    pub allowed_order_validity_years: Vec<u32>,
    /// Most years of a plan. Only [`ProductInfo`](super::ProductInfo) has it.
    pub max_multi_year_order_validity_years: Option<u32>,
    /// Authorities that can issue it.
    #[serde(default)]
    pub allowed_ca_certs: Vec<CaCertificate>,
    /// Whether an order needs a CSR.
    pub csr_required: Option<bool>,
    /// Whether an order can have duplicates. Only [`ProductInfo`](super::ProductInfo) has it.
    pub duplicates_allowed: Option<bool>,
    /// Product that takes its place, if it is retired.
    pub replacement_product_name_id: Option<String>,
    /// Every other field, such as `signature_hash_types` and `server_platforms`.
    #[serde(default)]
    pub extra: Map<String, Value>,
}

/// An authority that can issue a product.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct CaCertificate {
    /// ID, which orders name as `ca_cert_id`.
    pub id: Option<String>,
    /// Common name.
    pub name: Option<String>,
    /// Every other field, such as `chain_info`.
    pub extra: Map<String, Value>,
}
