//! What is asked, what is found, and what makes a certificate due: whichever the transport.

use certcentral_core::{CertificateId, Error, ListReissues, OrderId, Reissues};
use time::Date;

/// The certificates that should be renewed, and the orders that nothing can be said of.
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct Findings {
    /// What should be renewed, the first to expire first.
    pub due: Vec<Due>,
    /// The orders that failed, and why.
    pub failed: Vec<(OrderId, Error)>,
}

/// The newest certificate of an order, which expires too soon.
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

/// What has to be asked of an order, to [`add`](Findings::add) the answer.
pub fn request(order_id: OrderId) -> ListReissues {
    ListReissues::new(order_id)
}

impl Findings {
    /// Takes in the answer about an order. Its newest issued reissue is due if it expires before
    /// `before`; one with no known end is not.
    pub fn add(&mut self, order_id: OrderId, answer: Result<Reissues, Error>, before: Date) {
        match answer {
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
