//! The request, the findings, and which certificates are due, for either transport.

use certcentral_core::{
    CertificateId, Error, OrderId, Reissues,
    certificate::CertificateStatus,
    order::{Duplicates, Order, OrderInfo},
};
use time::Date;

/// The certificates that are due for renewal, and the orders that could not be read.
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct Findings {
    /// The certificates that are due, the first to expire first.
    pub due: Vec<Due>,
    /// The orders that could not be read, and why.
    pub failed: Vec<(OrderId, Error)>,
}

/// A certificate that is due: the primary one of its order.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Due {
    /// The last day on which it is valid.
    pub valid_till: Date,
    /// The order to reissue or renew.
    pub order_id: OrderId,
    /// The certificate.
    pub certificate_id: CertificateId,
    /// The name that it secures.
    pub common_name: Option<String>,
}

/// Returns the request about an order. [`Findings::add`] takes its result.
pub fn request(order_id: OrderId) -> OrderInfo {
    // Not the list of reissues: a certificate that was never reissued is not in it.
    OrderInfo::new(order_id)
}

impl Findings {
    /// Adds the result of an order's request. The order's primary certificate is due if it expires
    /// before `before` or has expired; one that is not issued or was revoked is not.
    pub fn add(&mut self, order_id: OrderId, result: Result<Order, Error>, before: Date) {
        match result {
            Ok(order) => {
                let Some(due) = due(&order, before) else { return };
                let at = self.due.partition_point(|other| rank(other) < rank(&due));
                self.due.insert(at, due);
            }
            Err(error) => self.failed.push((order_id, error)),
        }
    }
}

fn due(order: &Order, before: Date) -> Option<Due> {
    // Without the lists, it is the primary one. Its status is the order's if it has none.
    let primary = order.certificates(&Reissues::default(), &Duplicates::default()).pop()?;
    let was_issued =
        matches!(primary.status, CertificateStatus::Issued | CertificateStatus::Expired);
    let valid_till = primary.valid_till.filter(|&end| was_issued && end < before)?;
    let (certificate_id, common_name) = (primary.id?, primary.common_name);
    Some(Due { valid_till, order_id: order.id, certificate_id, common_name })
}

fn rank(due: &Due) -> (Date, OrderId) {
    (due.valid_till, due.order_id)
}
