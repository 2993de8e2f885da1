//! The request, the findings, and which certificates are due, for either transport.

use certcentral_core::{CertificateId, Error, ListReissues, OrderId, Reissues};
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

/// A certificate that is due: the newest reissue of its order.
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
pub fn request(order_id: OrderId) -> ListReissues {
    ListReissues::new(order_id)
}

impl Findings {
    /// Adds the result of an order's request. The order's newest issued reissue is due if it expires
    /// before `before`; one without `valid_till` is not.
    pub fn add(&mut self, order_id: OrderId, result: Result<Reissues, Error>, before: Date) {
        match result {
            Ok(reissues) => {
                let Some(due) = due(order_id, &reissues, before) else { return };
                let at = self.due.partition_point(|other| order(other) < order(&due));
                self.due.insert(at, due);
            }
            Err(error) => self.failed.push((order_id, error)),
        }
    }
}

fn due(order_id: OrderId, reissues: &Reissues, before: Date) -> Option<Due> {
    let newest = reissues.newest_issued()?;
    let valid_till = newest.valid_till.filter(|&end| end < before)?;
    let common_name = newest.common_name.clone();
    Some(Due { valid_till, order_id, certificate_id: newest.id, common_name })
}

fn order(due: &Due) -> (Date, OrderId) {
    (due.valid_till, due.order_id)
}
