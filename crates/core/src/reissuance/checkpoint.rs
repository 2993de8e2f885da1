//! What must survive a reissuance that is interrupted.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::Sought;
use crate::{
    id::OrderId,
    order::{DcvMethod, ReissueCertificate, reissue_certificate::Options},
};

/// What a [`Reissuance`](super::Reissuance) needs to go on after its process was killed.
///
/// Save it, synced to disk, when [`Progress::Requesting`](super::Progress::Requesting) is given:
/// before the request is sent. It holds the CSR, the names and the options, and no key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(clippy::struct_excessive_bools, reason = "each is a setting of its own")]
pub struct Checkpoint {
    pub(super) order_id: OrderId,
    pub(super) sought: Sought,
    pub(super) names: Option<Vec<String>>,
    pub(super) options: Options,
    pub(super) remove_names: bool,
    pub(super) replace_pending: bool,
    pub(super) again: bool,
    pub(super) approve: bool,
    pub(super) lag: Duration,
    pub(super) interval: Duration,
    /// Whether the service has answered that the reissue is requested.
    pub(super) is_answered: bool,
}

impl Checkpoint {
    pub(super) fn new(order_id: OrderId, csr: String) -> Self {
        let options = ReissueCertificate::new(order_id, "").dcv_method(DcvMethod::DnsTxt);
        Self {
            order_id,
            sought: Sought::new(csr),
            names: None,
            options: options.into_options(),
            remove_names: false,
            replace_pending: false,
            again: false,
            approve: false,
            lag: Duration::from_secs(15 * 60),
            interval: Duration::from_secs(5 * 60),
            is_answered: false,
        }
    }

    /// Returns the order that is reissued.
    pub fn order_id(&self) -> OrderId {
        self.order_id
    }

    /// Returns the CSR, PEM.
    pub fn csr(&self) -> &str {
        &self.sought.csr
    }
}
