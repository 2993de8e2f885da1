//! What is said of one order.

use certcentral_core::{CertificateId, Error, OrderId, ReissueStatus, Reissues};
use serde::{Deserialize, Serialize};
use time::Date;

use crate::{printable::printable, trouble::Trouble};

/// One order, as a line of the output says it. The fields' order is the columns'.
#[derive(Serialize, Deserialize)]
pub(crate) struct Row {
    pub(crate) order_id: OrderId,
    /// How many reissues are issued; nothing, and not zero, if the order was not answered.
    pub(crate) issued: Option<usize>,
    pub(crate) pending: Option<usize>,
    pub(crate) rejected: Option<usize>,
    /// How many have a status besides these three.
    pub(crate) other: Option<usize>,
    /// This and the next two are of the reissue that was issued last.
    pub(crate) certificate_id: Option<CertificateId>,
    pub(crate) common_name: Option<String>,
    pub(crate) valid_till: Option<Date>,
    /// Why the order was not answered.
    pub(crate) error: Option<String>,
}

impl Row {
    pub(crate) fn new(order_id: OrderId, answer: Result<Reissues, Error>) -> Self {
        let empty = Self {
            order_id,
            issued: None,
            pending: None,
            rejected: None,
            other: None,
            certificate_id: None,
            common_name: None,
            valid_till: None,
            error: None,
        };
        match answer {
            Ok(reissues) => empty.answered(&reissues),
            Err(error) => Self { error: Some(printable(&Trouble::from(error).0)), ..empty },
        }
    }

    fn answered(self, reissues: &Reissues) -> Self {
        let (mut issued, mut pending, mut rejected, mut other) = (0, 0, 0, 0);
        for reissue in reissues {
            match reissue.status {
                ReissueStatus::Issued => issued += 1,
                ReissueStatus::Pending => pending += 1,
                ReissueStatus::Rejected => rejected += 1,
                _ => other += 1,
            }
        }
        let newest = reissues.newest_issued();
        Self {
            issued: Some(issued),
            pending: Some(pending),
            rejected: Some(rejected),
            other: Some(other),
            certificate_id: newest.map(|reissue| reissue.id),
            common_name: newest.and_then(|reissue| reissue.common_name.as_deref().map(printable)),
            valid_till: newest.and_then(|reissue| reissue.valid_till),
            ..self
        }
    }
}
