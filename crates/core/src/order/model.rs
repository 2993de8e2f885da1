//! An order, as "List orders", "Order info" and "Request info" give it.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use time::{Date, OffsetDateTime};

use super::{Organization, Product, SignatureHash};
use crate::{
    certificate::CertificateStatus,
    id::{CertificateId, OrderId},
    json::{lenient, open_enum::open_enum, serial, times},
    request::RequestSummary,
    user::Container,
};

/// An order for a certificate, under the service's own field names.
///
/// [`ListOrders`](super::ListOrders) gives the first of the fields, up to `number_of_sans`;
/// [`OrderInfo`](super::OrderInfo) gives most of them. Only `id` and `status` are always there.
/// `None` means that the service did not say.
///
/// What programs use has a field here: identity, status, dates, names, counts, requests, organization
/// and product. One of these that cannot be read is an error. All else is in `extra` as the service
/// sent it, so that its form cannot cost a whole page of orders.
///
/// ```
/// use certcentral_core::{order::{Order, OrderStatus}, serde_json};
///
/// // For a test of what you do with one.
/// let order: Order = serde_json::from_str(r#"{"id": 112233, "status": "issued"}"#)?;
/// assert_eq!((order.status, order.certificate), (OrderStatus::Issued, None));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Order {
    /// Order ID.
    pub id: OrderId,
    /// Status of the order.
    pub status: OrderStatus,
    /// Primary certificate of the order.
    pub certificate: Option<PrimaryCertificate>,
    /// Whether a renewal of the order was ordered.
    pub is_renewed: Option<bool>,
    /// When the order was placed, in UTC.
    #[serde(default, with = "times::timestamp")]
    pub date_created: Option<OffsetDateTime>,
    /// Last day of the order, up to which it can be reissued; absent if nothing was issued yet.
    #[serde(default, with = "times::date")]
    pub order_valid_till: Option<Date>,
    /// Number of years that the order is valid.
    pub validity_years: Option<u32>,
    /// Organization that the order is for; absent for DV orders.
    pub organization: Option<Organization>,
    /// Container that holds the order.
    pub container: Option<Container>,
    /// Product that was ordered.
    pub product: Option<Product>,
    /// Name of the product in the API, such as `ssl_basic`.
    pub product_name_id: Option<String>,
    /// Whether the order is a plan, in which certificates are reissued until it ends: one of a year is
    /// one too, and an order by days is none (observed).
    #[serde(default)]
    pub is_multi_year_plan: bool,
    /// Whether the order was reissued. If not, [`ListReissues`](super::ListReissues) has nothing to
    /// list. Only "List orders" has it.
    pub has_reissues: Option<bool>,
    /// Whether the order has duplicates. If not, [`ListDuplicates`](super::ListDuplicates) has
    /// nothing to list. Only "List orders" has it.
    pub has_duplicates: Option<bool>,
    /// Number of reissues.
    pub reissues_count: Option<u32>,
    /// Number of duplicates.
    pub duplicates_count: Option<u32>,
    /// Number of names in the certificate. Only "List orders" has it.
    pub number_of_sans: Option<u32>,
    /// Whether the order is itself a renewal.
    pub is_renewal: Option<bool>,
    /// Order that renewed this one. The service's 0 is read as none.
    #[serde(default, deserialize_with = "lenient::nonzero")]
    pub renewed_order_id: Option<OrderId>,
    /// Order that this one renews.
    #[serde(default, deserialize_with = "lenient::nonzero")]
    pub renewal_of_order_id: Option<OrderId>,
    /// When the order was last reissued, in UTC; absent if it never was (observed).
    #[serde(default, with = "times::timestamp")]
    pub last_reissued_date: Option<OffsetDateTime>,
    /// Whether the order is renewed automatically.
    pub auto_renew: Option<bool>,
    /// Whether a plan is reissued automatically, 30 days before its certificate expires.
    pub auto_reissue: Option<bool>,
    /// Requests for the order, its reissues, duplicates and revocations.
    #[serde(default)]
    pub requests: Vec<RequestSummary>,
    /// Every other field: contacts (`verified_contacts` has two forms) and `user`, `custom_fields`,
    /// `price` and `payment_method`, settings such as `disable_renewal_notifications`, what only
    /// public clients name (`notes`, `dcv_method`, `has_pending_request` and more), what only orders
    /// before 2022 have (`public_id`, `receipt_id`, `send_minus_90` and more), and what this version
    /// does not know. Integers beyond 64 bits become floating-point numbers.
    #[serde(default)]
    pub extra: Map<String, Value>,
}

open_enum! {
    /// The status of an order.
    ///
    /// DigiCert's pages name most of these; `Approved`, `Denied`, `Expired` and `Processing` are
    /// observed.
    pub enum OrderStatus {
        /// The order was approved.
        Approved = "approved",
        /// The order was canceled.
        Canceled = "canceled",
        /// The order was denied.
        Denied = "denied",
        /// The order has expired: at its own end, and not at its certificate's (observed). As a filter,
        /// [`Issued`](Self::Issued) finds such orders too.
        Expired = "expired",
        /// The certificate was issued.
        Issued = "issued",
        /// The order waits for its approval.
        NeedsApproval = "needs_approval",
        /// The order waits for a CSR.
        NeedsCsr = "needs_csr",
        /// The order waits for validation.
        Pending = "pending",
        /// The certificate is being issued.
        Processing = "processing",
        /// A reissue was requested. The order's certificate is the old one until it is issued.
        ReissuePending = "reissue_pending",
        /// The order was rejected.
        Rejected = "rejected",
        /// The order's certificates were revoked.
        Revoked = "revoked",
        /// The certificate waits to be picked up.
        WaitingPickup = "waiting_pickup",
    }
}

impl OrderStatus {
    /// Returns whether something that was requested is not there yet.
    pub fn is_under_way(&self) -> bool {
        matches!(
            self,
            Self::Approved
                | Self::NeedsApproval
                | Self::NeedsCsr
                | Self::Pending
                | Self::Processing
                | Self::ReissuePending
                | Self::WaitingPickup
        )
    }
}

impl Order {
    /// Whether it does not say that it was never reissued.
    pub(crate) fn may_have_reissues(&self) -> bool {
        let was_never = self.reissues_count == Some(0) || self.has_reissues == Some(false);
        let is_open = self.requests.iter().any(RequestSummary::is_open_reissue);
        !was_never || is_open || self.status.is_under_way()
    }

    /// Returns the CSR of its current certificate.
    pub(crate) fn csr(&self) -> Option<&str> {
        self.certificate.as_ref()?.csr.as_deref()
    }

    /// Returns the names of its current certificate, the common name first, each once, as the service
    /// wrote them. A blank one is left out.
    pub fn names(&self) -> Vec<&str> {
        let mut names: Vec<&str> = Vec::new();
        let certificate = self.certificate.iter();
        let all = certificate.flat_map(|it| it.common_name.iter().chain(&it.dns_names));
        for name in all.map(|name| name.trim()).filter(|name| !name.is_empty()) {
            if !names.iter().any(|known| known.eq_ignore_ascii_case(name)) {
                names.push(name);
            }
        }
        names
    }
}

/// The primary certificate of an order: the one that was issued first, or the newest reissue.
///
/// A certificate that is not issued yet lacks what only an issued one has. "List orders" gives
/// fewer fields than "Order info".
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct PrimaryCertificate {
    /// Certificate ID; absent before the order is approved. A reissue changes it.
    #[serde(deserialize_with = "lenient::nonzero")]
    pub id: Option<CertificateId>,
    /// Thumbprint, 40 hexadecimal digits.
    pub thumbprint: Option<String>,
    /// Serial number, hexadecimal digits.
    #[serde(default, deserialize_with = "serial::number")]
    pub serial_number: Option<String>,
    /// Name secured by the certificate.
    pub common_name: Option<String>,
    /// Every name secured by the certificate, the common name included (observed). Products
    /// without names have sent one blank name.
    pub dns_names: Vec<String>,
    /// Email addresses secured by the certificate; S/MIME only.
    pub emails: Vec<String>,
    /// When the certificate was requested, in UTC.
    #[serde(with = "times::timestamp")]
    pub date_created: Option<OffsetDateTime>,
    /// When the certificate was issued, in UTC.
    #[serde(with = "times::timestamp")]
    pub date_issued: Option<OffsetDateTime>,
    /// First day of the validity.
    #[serde(with = "times::date")]
    pub valid_from: Option<Date>,
    /// Last day of the validity.
    #[serde(with = "times::date")]
    pub valid_till: Option<Date>,
    /// Number of days until the certificate expires; negative once it has expired (assumed).
    pub days_remaining: Option<i64>,
    /// Certificate signing request, PEM.
    pub csr: Option<String>,
    /// Hash of the signature.
    pub signature_hash: Option<SignatureHash>,
    /// Number of bits used in the key.
    pub key_size: Option<u32>,
    /// ID of the authority that issues the certificate; not sent for DV orders.
    pub ca_cert_id: Option<String>,
    /// Status of the certificate; absent until it is reissued or revoked (observed).
    pub status: Option<CertificateStatus>,
    /// ID of the user that requested the certificate.
    pub user_id: Option<u64>,
    /// Every other field, such as `ca_cert`, `cert_validity`, `organization_units` and
    /// `server_platform`.
    pub extra: Map<String, Value>,
}
