//! An order, as "List orders", "Order info" and "Request info" give it.

use std::ops::Not;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Number, Value};
use time::{Date, OffsetDateTime};

use super::{CustomField, OrderStatus, Organization, PrimaryCertificate, Product, Validity};
use crate::{
    id::OrderId,
    json::{keep_unknown_fields, lenient},
    request::RequestSummary,
    user::{Container, Person},
};

/// An order for a certificate, under the service's own field names.
///
/// [`ListOrders`](super::ListOrders) gives the first of the fields, up to `custom_fields`;
/// [`OrderInfo`](super::OrderInfo) gives most of them. Only `id` and `status` are always there.
/// An absent flag says neither yes nor no.
///
/// ```
/// use certcentral_core::{OrderId, order::{Order, OrderStatus}, serde_json};
///
/// // For a test of what you do with one.
/// let mut order = Order::new(OrderId(112233), OrderStatus::Issued);
/// order.is_multi_year_plan = true;
///
/// let json = serde_json::to_string(&order)?;
/// assert_eq!(json, r#"{"id":112233,"status":"issued","is_multi_year_plan":"1"}"#);
/// assert_eq!(serde_json::from_str::<Order>(&json)?, order);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(remote = "Self")]
#[non_exhaustive]
pub struct Order {
    /// Order ID.
    pub id: OrderId,
    /// Status of the order.
    pub status: OrderStatus,
    /// Primary certificate of the order.
    #[serde(default, with = "lenient::object", skip_serializing_if = "Option::is_none")]
    pub certificate: Option<PrimaryCertificate>,
    /// Whether a renewal of the order was ordered.
    #[serde(default, with = "lenient::flag::option", skip_serializing_if = "Option::is_none")]
    pub is_renewed: Option<bool>,
    /// When the order was placed, in UTC.
    #[serde(default, with = "lenient::timestamp::option", skip_serializing_if = "Option::is_none")]
    pub date_created: Option<OffsetDateTime>,
    /// Last day of the order, up to which it can be reissued; absent if nothing was issued yet.
    #[serde(default, with = "lenient::date", skip_serializing_if = "Option::is_none")]
    pub order_valid_till: Option<Date>,
    /// Number of years that the order is valid.
    #[serde(default, with = "lenient::number", skip_serializing_if = "Option::is_none")]
    pub validity_years: Option<u32>,
    /// How long the order is valid. Only "List orders" has it.
    #[serde(default, with = "lenient::object", skip_serializing_if = "Option::is_none")]
    pub order_validity: Option<Validity>,
    /// Organization that the order is for; absent for DV orders.
    #[serde(default, with = "lenient::object", skip_serializing_if = "Option::is_none")]
    pub organization: Option<Organization>,
    /// Container that holds the order.
    #[serde(default, with = "lenient::object", skip_serializing_if = "Option::is_none")]
    pub container: Option<Container>,
    /// Product that was ordered.
    #[serde(default, with = "lenient::object", skip_serializing_if = "Option::is_none")]
    pub product: Option<Product>,
    /// Name of the product in the API, such as `ssl_basic`.
    #[serde(default, with = "lenient::text", skip_serializing_if = "Option::is_none")]
    pub product_name_id: Option<String>,
    /// Whether the order is a multi-year plan.
    #[serde(default, with = "lenient::flag::in_text", skip_serializing_if = "Not::not")]
    pub is_multi_year_plan: bool,
    /// Whether the order was reissued. If not, [`ListReissues`](super::ListReissues) has nothing to
    /// list. Only "List orders" has it.
    #[serde(default, with = "lenient::flag::option", skip_serializing_if = "Option::is_none")]
    pub has_reissues: Option<bool>,
    /// Whether the order has duplicates. If not, [`ListDuplicates`](super::ListDuplicates) has
    /// nothing to list. Only "List orders" has it.
    #[serde(default, with = "lenient::flag::option", skip_serializing_if = "Option::is_none")]
    pub has_duplicates: Option<bool>,
    /// Number of reissues.
    #[serde(default, with = "lenient::number", skip_serializing_if = "Option::is_none")]
    pub reissues_count: Option<u32>,
    /// Number of duplicates.
    #[serde(default, with = "lenient::number", skip_serializing_if = "Option::is_none")]
    pub duplicates_count: Option<u32>,
    /// Number of names in the certificate. Only "List orders" has it.
    #[serde(default, with = "lenient::number", skip_serializing_if = "Option::is_none")]
    pub number_of_sans: Option<u32>,
    /// Price, in whole units of the currency and fractions of it.
    #[serde(default, with = "lenient::decimal", skip_serializing_if = "Option::is_none")]
    pub price: Option<Number>,
    /// Whether renewal notifications are off.
    #[serde(default, with = "lenient::flag::option", skip_serializing_if = "Option::is_none")]
    pub disable_renewal_notifications: Option<bool>,
    /// The account's own fields.
    #[serde(default, with = "lenient::list", skip_serializing_if = "Vec::is_empty")]
    pub custom_fields: Vec<CustomField>,

    /// Whether the order is itself a renewal.
    #[serde(default, with = "lenient::flag::option", skip_serializing_if = "Option::is_none")]
    pub is_renewal: Option<bool>,
    /// Order that renewed this one. The service's 0 is read as none.
    #[serde(default, with = "lenient::id", skip_serializing_if = "Option::is_none")]
    pub renewed_order_id: Option<OrderId>,
    /// Order that this one renews.
    #[serde(default, with = "lenient::id", skip_serializing_if = "Option::is_none")]
    pub renewal_of_order_id: Option<OrderId>,
    /// Last day of the order that this one renews. Only "Request info" has it.
    #[serde(default, with = "lenient::date", skip_serializing_if = "Option::is_none")]
    pub renewal_of_order_valid_till: Option<Date>,
    /// When the order was last reissued, in UTC; absent if it never was (observed).
    #[serde(default, with = "lenient::timestamp::option", skip_serializing_if = "Option::is_none")]
    pub last_reissued_date: Option<OffsetDateTime>,
    /// Whether the order is renewed automatically.
    #[serde(default, with = "lenient::flag::digit", skip_serializing_if = "Option::is_none")]
    pub auto_renew: Option<bool>,
    /// Whether a plan is reissued automatically, 30 days before its certificate expires.
    #[serde(default, with = "lenient::flag::digit", skip_serializing_if = "Option::is_none")]
    pub auto_reissue: Option<bool>,
    /// Contact of the organization.
    #[serde(default, with = "lenient::object", skip_serializing_if = "Option::is_none")]
    pub organization_contact: Option<Person>,
    /// Technical contact.
    #[serde(default, with = "lenient::object", skip_serializing_if = "Option::is_none")]
    pub technical_contact: Option<Person>,
    /// Contacts that DigiCert has verified.
    #[serde(default, with = "lenient::list", skip_serializing_if = "Vec::is_empty")]
    pub verified_contacts: Vec<Person>,
    /// User that placed the order.
    #[serde(default, with = "lenient::object", skip_serializing_if = "Option::is_none")]
    pub user: Option<Person>,
    /// Users that the order is assigned to.
    #[serde(default, with = "lenient::list", skip_serializing_if = "Vec::is_empty")]
    pub user_assignments: Vec<Person>,
    /// Requests for the order, its reissues, duplicates and revocations.
    #[serde(default, with = "lenient::list", skip_serializing_if = "Vec::is_empty")]
    pub requests: Vec<RequestSummary>,
    /// What CAA records say, by domain. Only if asked for with `include_caa_status`, and only while a
    /// TLS or Secure Email order is pending.
    #[serde(default, with = "lenient::fields", skip_serializing_if = "Map::is_empty")]
    pub caa_status_message: Map<String, Value>,
    /// Whether duplicates can be ordered.
    #[serde(default, with = "lenient::flag::option", skip_serializing_if = "Option::is_none")]
    pub allow_duplicates: Option<bool>,
    /// Number of names that were charged for.
    #[serde(default, with = "lenient::number", skip_serializing_if = "Option::is_none")]
    pub purchased_dns_names: Option<u32>,
    /// Payment method, such as `balance`, `card` or `profile`.
    #[serde(default, with = "lenient::text", skip_serializing_if = "Option::is_none")]
    pub payment_method: Option<String>,
    /// Whether no email is sent when a certificate is issued.
    #[serde(default, with = "lenient::flag::option", skip_serializing_if = "Option::is_none")]
    pub disable_issuance_email: Option<bool>,
    /// Whether the order is outside the account's contract.
    #[serde(default, with = "lenient::flag::option", skip_serializing_if = "Option::is_none")]
    pub is_out_of_contract: Option<bool>,
    /// Whether guests may see the order.
    #[serde(default, with = "lenient::flag::option", skip_serializing_if = "Option::is_none")]
    pub is_guest_access_enabled: Option<bool>,
    /// How a code signing certificate is delivered.
    #[serde(default, with = "lenient::text", skip_serializing_if = "Option::is_none")]
    pub cs_provisioning_method: Option<String>,
    /// Every other field: `ship_info` and `unsubmitted_domains`, whose form no page describes, what
    /// only public clients name (`prices`, `notes`, `dcv_method`, `has_pending_request` and more),
    /// what only orders before 2022 have (`public_id`, `receipt_id`, `send_minus_90` and more), and
    /// what this version does not know. Integers beyond 64 bits become floating-point numbers.
    #[serde(flatten, skip_deserializing)]
    pub extra: Map<String, Value>,
}
keep_unknown_fields!(Order);

impl Order {
    /// Returns an order with what every order has, and nothing else.
    pub fn new(id: OrderId, status: OrderStatus) -> Self {
        Self {
            id,
            status,
            certificate: None,
            is_renewed: None,
            date_created: None,
            order_valid_till: None,
            validity_years: None,
            order_validity: None,
            organization: None,
            container: None,
            product: None,
            product_name_id: None,
            is_multi_year_plan: false,
            has_reissues: None,
            has_duplicates: None,
            reissues_count: None,
            duplicates_count: None,
            number_of_sans: None,
            price: None,
            disable_renewal_notifications: None,
            custom_fields: Vec::new(),
            is_renewal: None,
            renewed_order_id: None,
            renewal_of_order_id: None,
            renewal_of_order_valid_till: None,
            last_reissued_date: None,
            auto_renew: None,
            auto_reissue: None,
            organization_contact: None,
            technical_contact: None,
            verified_contacts: Vec::new(),
            user: None,
            user_assignments: Vec::new(),
            requests: Vec::new(),
            caa_status_message: Map::new(),
            allow_duplicates: None,
            purchased_dns_names: None,
            payment_method: None,
            disable_issuance_email: None,
            is_out_of_contract: None,
            is_guest_access_enabled: None,
            cs_provisioning_method: None,
            extra: Map::new(),
        }
    }
}
