//! What became of a reissue: one pure function.

use serde::{Deserialize, Serialize};

use crate::{
    certificate::CertificateStatus,
    id::{CertificateId, RequestId},
    order::{Order, OrderStatus, Reissue, ReissueStatus, Reissues, csr},
    request::{RequestStatus, RequestSummary},
};

/// What became of a reissue that was sought.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum State {
    /// Nothing shows that it was requested. The service's lists may lag.
    NotRequested,
    /// Another reissue of the order is pending, or a request for one whose CSR is not known.
    OtherPending,
    /// It waits for the approval of this request.
    Approval(RequestId),
    /// It waits for validation, or is being issued.
    Pending,
    /// It was issued: as this certificate.
    Issued(CertificateId),
    /// Nothing more will come of it.
    Ended(ReissueStatus),
}

/// What is known of a reissue that is sought.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Sought {
    /// Its CSR, PEM.
    pub csr: String,
    /// Its certificate ID, if the service has told it.
    pub certificate_id: Option<CertificateId>,
    /// The request for it, if the service has told it.
    pub request_id: Option<RequestId>,
    /// Certificates that are not meant, because they were there before.
    pub not: Vec<CertificateId>,
}

impl Sought {
    /// Returns what is known of a reissue before it is requested.
    pub fn new(csr: impl Into<String>) -> Self {
        Self { csr: csr.into(), ..Self::default() }
    }

    /// Notes the certificates that are there: all, or those with this CSR.
    pub(super) fn exclude(&mut self, order: &Order, reissues: &Reissues, all: bool) {
        let primary = order.certificate.iter().map(|it| (it.id, it.csr.as_deref()));
        let rows = reissues.iter().map(|row| (Some(row.id), row.csr.as_deref()));
        let known = primary.chain(rows).filter(|(_, csr)| all || self.has_csr(*csr));
        self.not = known.filter_map(|(id, _)| id).collect();
    }

    pub(super) fn has_csr(&self, other: Option<&str>) -> bool {
        let other = other.and_then(csr::find);
        other.is_some_and(|other| csr::find(&self.csr).is_some_and(|csr| csr == other))
    }

    /// Returns the row that is meant. Where neither the id nor the CSR tells, it is an issued one that
    /// was not there before, if what was there is known.
    pub(super) fn row<'a>(&self, reissues: &'a Reissues) -> Option<&'a Reissue> {
        let newest = |is_meant: &dyn Fn(&Reissue) -> bool| {
            let rows = reissues.iter().filter(|row| !self.not.contains(&row.id) && is_meant(row));
            rows.max_by_key(|row| (row.date_created, row.id))
        };
        let is_unknown = |row: &Reissue| row.csr.is_none() && row.status == ReissueStatus::Issued;
        match self.certificate_id {
            // An older certificate with the same CSR is another one.
            Some(id) => newest(&|row| row.id == id),
            None => newest(&|row| self.has_csr(row.csr.as_deref()))
                .or_else(|| newest(&is_unknown).filter(|_| !self.not.is_empty())),
        }
    }
}

impl State {
    /// Tells what became of the reissue that is sought, from the order and its list of reissues.
    ///
    /// The certificate ID decides, where it is known, else the CSR. The list may lack the CSR, and may
    /// lag; then the order's current certificate and its requests count too.
    pub fn of(order: &Order, reissues: &Reissues, sought: &Sought) -> Self {
        let request = order.requests.iter().find(|request| Some(request.id) == sought.request_id);
        let request_status = request.and_then(|request| request.status.as_ref());
        let needs_approval = sought
            .request_id
            .filter(|_| request_status.is_some_and(RequestStatus::is_open))
            .map(Self::Approval);
        if let Some(row) = sought.row(reissues) {
            return match &row.status {
                ReissueStatus::Issued => Self::Issued(row.id),
                status if status.is_final() => Self::Ended(status.clone()),
                _ => needs_approval.unwrap_or(Self::Pending),
            };
        }
        if let Some(state) = current(order, sought) {
            return state;
        }
        if request_status == Some(&RequestStatus::Rejected) {
            return Self::Ended(ReissueStatus::Rejected);
        }
        if let Some(needs_approval) = needs_approval {
            return needs_approval;
        }
        match sought.request_id {
            // An order of a list has no requests.
            Some(id) if request.is_none() && sought.certificate_id.is_none() => Self::Approval(id),
            None if sought.certificate_id.is_none() => {
                let is_other_open = order.requests.iter().any(RequestSummary::is_open_reissue);
                if is_other_open || order.status == OrderStatus::ReissuePending {
                    Self::OtherPending
                } else {
                    Self::NotRequested
                }
            }
            _ => Self::Pending,
        }
    }
}

/// What became of a new order.
pub(super) fn of_new_order(order: &Order) -> State {
    let open = order
        .requests
        .iter()
        .find(|request| request.status.as_ref().is_some_and(RequestStatus::is_open));
    let certificate = order.certificate.as_ref().and_then(|certificate| certificate.id);
    match (&order.status, certificate) {
        (OrderStatus::Issued, Some(id)) => State::Issued(id),
        (status, _) if status.is_under_way() => {
            open.map_or(State::Pending, |request| State::Approval(request.id))
        }
        (OrderStatus::Issued, None) => State::Pending,
        (status, _) => State::Ended(status.as_str().into()),
    }
}

/// The state if the order's current certificate is the one that is sought.
fn current(order: &Order, sought: &Sought) -> Option<State> {
    let certificate = order.certificate.as_ref()?;
    let id = certificate.id.filter(|id| !sought.not.contains(id))?;
    let is_sought = match sought.certificate_id {
        Some(sought) => sought == id,
        None => match &certificate.csr {
            Some(csr) => sought.has_csr(Some(csr)),
            None => !sought.not.is_empty(),
        },
    };
    let is_issued = certificate.serial_number.is_some() || certificate.date_issued.is_some();
    match &certificate.status {
        _ if !is_sought => None,
        Some(CertificateStatus::Revoked) => Some(State::Ended("revoked".into())),
        _ if order.status == OrderStatus::Revoked => Some(State::Ended("revoked".into())),
        _ => is_issued.then_some(State::Issued(id)),
    }
}
