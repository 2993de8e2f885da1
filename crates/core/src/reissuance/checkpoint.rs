//! What must survive a reissuance that is interrupted.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::Sought;
use crate::{
    id::OrderId,
    order::{CertificateRequest, DcvMethod, NewOrder, ReissueCertificate},
};

/// What a [`Reissuance`](super::Reissuance) needs to go on after its process was killed.
///
/// Save it, synced to disk, after each drive. At [`Progress::Requesting`](super::Progress::Requesting)
/// that is before the request is sent; at each later [`Progress`](super::Progress) it knows the response.
/// One that does not know it may lead to a second request if the service's lists lag for longer than
/// the [`lag`](super::Reissuance::lag).
///
/// It holds the CSR, and no key: save that first. Of the settings it keeps
/// [`names`](super::Reissuance::names), [`remove_names`](super::Reissuance::remove_names),
/// [`replace_pending`](super::Reissuance::replace_pending), [`again`](super::Reissuance::again),
/// [`lag`](super::Reissuance::lag), [`approve`](super::Reissuance::approve),
/// [`interval`](super::Reissuance::interval) and the [`options`](super::Reissuance::options) of the
/// request, of which `dcv_method` and `skip_approval` are two. It keeps neither
/// [`first_look`](super::Reissuance::first_look) nor the deadline.
///
/// After [`Progress::Issued`](super::Progress::Issued), delete it once the chain is saved. After
/// [`Progress::Rejected`](super::Progress::Rejected), save it once more, and keep it for as long as the
/// order is not to be requested again: resumed, it says `Rejected` again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(clippy::struct_excessive_bools, reason = "each is a separate setting")]
pub struct Checkpoint {
    /// None before a new order is placed.
    pub(super) order_id: Option<OrderId>,
    pub(super) beginning: Beginning,
    pub(super) sought: Sought,
    pub(super) names: Option<Vec<String>>,
    pub(super) remove_names: bool,
    pub(super) replace_pending: bool,
    pub(super) again: bool,
    pub(super) approve: bool,
    pub(super) lag: Duration,
    /// How much of it has passed in which the request was looked for.
    #[serde(default)]
    pub(super) lag_passed: Duration,
    pub(super) interval: Duration,
    /// Whether the service has confirmed the request.
    pub(super) is_answered: bool,
    /// Whether it is certain that no request is under way: none was sent yet, or it was refused.
    #[serde(default)]
    pub(super) is_unsent: bool,
}

/// What is requested.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Beginning {
    Reissue(CertificateRequest),
    Order(NewOrder),
}

impl Beginning {
    pub(super) fn is_new_order(&self) -> bool {
        matches!(self, Self::Order(_))
    }

    pub(super) fn dcv_method(&self) -> Option<DcvMethod> {
        match self {
            Self::Reissue(request) | Self::Order(NewOrder { body: request, .. }) => {
                request.dcv_method()
            }
        }
    }
}

impl Checkpoint {
    pub(super) fn of_reissue(order_id: OrderId, csr: String) -> Self {
        let options = ReissueCertificate::new(order_id, "").dcv_method(DcvMethod::DnsTxt);
        Self::new(Some(order_id), csr, Beginning::Reissue(options.body))
    }

    pub(super) fn new(order_id: Option<OrderId>, csr: String, beginning: Beginning) -> Self {
        Self {
            order_id,
            beginning,
            sought: Sought::new(csr),
            names: None,
            remove_names: false,
            replace_pending: false,
            again: false,
            approve: false,
            lag: Duration::from_secs(15 * 60),
            lag_passed: Duration::ZERO,
            interval: Duration::from_secs(5 * 60),
            is_answered: false,
            is_unsent: false,
        }
    }

    /// Returns the order, once it is placed.
    pub fn order_id(&self) -> Option<OrderId> {
        self.order_id
    }

    /// Returns the order that a new one is to renew.
    pub fn renewal_of(&self) -> Option<OrderId> {
        match &self.beginning {
            Beginning::Reissue(_) => None,
            Beginning::Order(order) => order.renews(),
        }
    }

    /// Returns the CSR, PEM.
    pub fn csr(&self) -> &str {
        &self.sought.csr
    }
}
