//! A line of the output.

use certcentral_example_cli::printable;
use certcentral_transport_hyper::{
    CertificateId, OrderId,
    certificate::CertificateStatus,
    order::{CertificateRole, Order, OrderCertificate},
};
use serde::{Deserialize, Serialize};
use time::{Date, OffsetDateTime, serde::rfc3339};

/// A certificate and its order. An order without a certificate, or with an error, has one row too.
///
/// The fields are the columns, in this order.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Row {
    pub(crate) order_id: OrderId,
    pub(crate) order_status: Option<String>,
    pub(crate) product: Option<String>,
    /// How many certificates the order has, each of which has a row; absent if that is not known.
    pub(crate) certificates: Option<usize>,
    pub(crate) certificate_id: Option<CertificateId>,
    pub(crate) role: Option<CertificateRole>,
    pub(crate) status: Option<String>,
    pub(crate) serial_number: Option<String>,
    pub(crate) common_name: Option<String>,
    /// Separated by spaces.
    pub(crate) dns_names: Option<String>,
    #[serde(with = "rfc3339::option")]
    pub(crate) date_created: Option<OffsetDateTime>,
    #[serde(with = "rfc3339::option")]
    pub(crate) date_issued: Option<OffsetDateTime>,
    pub(crate) valid_from: Option<Date>,
    pub(crate) valid_till: Option<Date>,
    pub(crate) archived: Option<bool>,
    /// Why the order could not be read, as one word. Empty if it was, and not absent: readers that
    /// guess a column's type by its first rows would see no text in it.
    pub(crate) error_kind: String,
    pub(crate) error: String,
}

impl Row {
    /// Returns the rows of an order.
    pub(crate) fn of_order(order: &Order, certificates: &[OrderCertificate]) -> Vec<Self> {
        let order = Self {
            order_status: text(Some(order.status.as_str())),
            product: text(order.product_name_id.as_deref()),
            certificates: Some(certificates.len()),
            ..Self::new(order.id)
        };
        if certificates.is_empty() {
            return vec![order];
        }
        let rows = certificates.iter().map(|certificate| order.clone().with(certificate));
        rows.collect()
    }

    /// Returns the row of an order that could not be read.
    pub(crate) fn of_error(order_id: OrderId, error_kind: String, error: &str) -> Self {
        Self { error_kind, error: printable(error), ..Self::new(order_id) }
    }

    fn new(order_id: OrderId) -> Self {
        Self {
            order_id,
            order_status: None,
            product: None,
            certificates: None,
            certificate_id: None,
            role: None,
            status: None,
            serial_number: None,
            common_name: None,
            dns_names: None,
            date_created: None,
            date_issued: None,
            valid_from: None,
            valid_till: None,
            archived: None,
            error_kind: String::new(),
            error: String::new(),
        }
    }

    fn with(self, certificate: &OrderCertificate) -> Self {
        Self {
            certificate_id: certificate.id,
            role: Some(certificate.role),
            status: text(Some(status(certificate))),
            serial_number: text(certificate.serial_number.as_deref()),
            common_name: text(certificate.common_name.as_deref()),
            dns_names: text(Some(&certificate.dns_names.join(" "))),
            date_created: certificate.date_created,
            date_issued: certificate.date_issued,
            valid_from: certificate.valid_from,
            valid_till: certificate.valid_till,
            archived: Some(certificate.archived),
            ..self
        }
    }
}

/// A duplicate that is `approved` is issued or pending (observed): it is issued if it has a serial
/// number.
fn status(certificate: &OrderCertificate) -> &str {
    match (&certificate.status, &certificate.serial_number) {
        (CertificateStatus::Approved, Some(_)) => CertificateStatus::Issued.as_str(),
        (CertificateStatus::Approved, None) => CertificateStatus::Pending.as_str(),
        (status, _) => status.as_str(),
    }
}

/// One line without control characters, or nothing.
fn text(text: Option<&str>) -> Option<String> {
    text.map(printable).filter(|text| !text.is_empty())
}
