//! A line of the output.

use certcentral_example_cli::{CliError, printable};
use certcentral_transport_hyper::{CertificateId, Error, OrderId, ReissueStatus, Reissues};
use serde::{Deserialize, Serialize};
use time::Date;

/// What a line says about an order. The fields are the columns, in this order.
#[derive(Serialize, Deserialize)]
pub(crate) struct Row {
    pub(crate) order_id: OrderId,
    /// How many reissues are issued; `None`, not 0, if the order could not be read.
    pub(crate) issued: Option<usize>,
    pub(crate) pending: Option<usize>,
    pub(crate) rejected: Option<usize>,
    /// How many have another status.
    pub(crate) other: Option<usize>,
    /// This and the next two are of the newest issued reissue.
    pub(crate) certificate_id: Option<CertificateId>,
    pub(crate) common_name: Option<String>,
    pub(crate) valid_till: Option<Date>,
    /// Why the order could not be read.
    pub(crate) error: Option<String>,
}

impl Row {
    pub(crate) fn new(order_id: OrderId, reissues: Result<Reissues, Error>) -> Self {
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
        match reissues {
            Ok(reissues) => empty.with(&reissues),
            Err(error) => Self { error: Some(printable(&CliError::from(error).0)), ..empty },
        }
    }

    fn with(self, reissues: &Reissues) -> Self {
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
