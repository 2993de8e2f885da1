//! What becomes of requests: approval, rejection, cancellation, and issuance itself.

use time::OffsetDateTime;

use crate::account::Account;
use crate::account::order::{Order, OrderStatus, State};
use crate::account::request::{Request, RequestKind, RequestStatus};
use crate::refusal::Refusal;

impl Account {
    /// Gives an open request another status.
    pub(crate) fn decide(
        &mut self,
        request_id: u64,
        status: RequestStatus,
        comment: Option<String>,
    ) -> Result<(), Refusal> {
        let now = OffsetDateTime::now_utc();
        let request = self.requests.get(&request_id).ok_or_else(Refusal::no_such_request)?;
        if !request.is_open() {
            return Err(Refusal::already_processed());
        }
        let (kind, order_id, certificate_id) =
            (request.kind, request.order_id, request.certificate_id);
        match (status, kind, certificate_id) {
            (RequestStatus::Submitted | RequestStatus::Pending, ..) => {
                return self.with_request(request_id, |request| request.status = status);
            }
            (RequestStatus::Approved, RequestKind::Revoke, _) => {
                self.revoke_now(order_id, certificate_id, now)?;
            }
            (RequestStatus::Approved, _, Some(certificate_id)) => {
                self.approve_certificate(order_id, certificate_id, now)?;
            }
            (RequestStatus::Rejected, RequestKind::Reissue | RequestKind::Duplicate, Some(id)) => {
                self.order_mut(order_id)?.reject(id, now);
            }
            (RequestStatus::Approved | RequestStatus::Rejected, ..) => {}
        }
        self.with_request(request_id, |request| request.process(status, comment, now))
    }

    /// Cancels the pending reissue of an order.
    pub(crate) fn cancel(&mut self, order_id: u64, note: String) -> Result<(), Refusal> {
        let order = self.order_mut(order_id)?;
        match order.open_reissue() {
            Some(reissue) if order.status() == OrderStatus::ReissuePending => {
                self.reject_certificate(order_id, reissue, Some(note), OffsetDateTime::now_utc());
                Ok(())
            }
            _ => Err(Refusal::cannot_cancel()),
        }
    }

    /// Sets whether approved requests wait; if not, those that wait are issued.
    pub(crate) fn hold_issuance(&mut self, hold: bool) {
        self.holds_issuance = hold;
        if !hold {
            for order_id in self.orders.keys().copied().collect::<Vec<_>>() {
                self.issue_where(order_id, |state| matches!(state, State::Approved));
            }
        }
    }

    /// Issues what an order waits for, approved or not. Returns whether there was anything.
    pub(crate) fn issue(&mut self, order_id: u64) -> bool {
        self.issue_where(order_id, |_| true)
    }

    /// Rejects what an order waits for, approved or not. Returns whether there was anything.
    pub(crate) fn reject(&mut self, order_id: u64) -> bool {
        let now = OffsetDateTime::now_utc();
        let open = self.open_certificates(order_id, |_| true);
        for &certificate_id in &open {
            self.reject_certificate(order_id, certificate_id, None, now);
        }
        !open.is_empty()
    }

    fn approve_certificate(
        &mut self,
        order_id: u64,
        certificate_id: u64,
        now: OffsetDateTime,
    ) -> Result<(), Refusal> {
        let order = self.orders.get_mut(&order_id).ok_or_else(Refusal::no_such_order)?;
        if let Some(certificate) = order.certificate_mut(certificate_id) {
            certificate.state = State::Approved;
        }
        if !self.holds_issuance {
            order.issue(certificate_id, now, &self.authority)?;
        }
        Ok(())
    }

    /// Rejects a certificate that is not issued yet, and its request even if that was approved.
    pub(super) fn reject_certificate(
        &mut self,
        order_id: u64,
        certificate_id: u64,
        comment: Option<String>,
        now: OffsetDateTime,
    ) {
        if let Some(order) = self.orders.get_mut(&order_id) {
            order.reject(certificate_id, now);
        }
        if let Some(request) = self.request_for(certificate_id) {
            request.process(RequestStatus::Rejected, comment, now);
        }
    }

    fn issue_where(&mut self, order_id: u64, is_meant: impl Fn(&State) -> bool) -> bool {
        let now = OffsetDateTime::now_utc();
        let open = self.open_certificates(order_id, is_meant);
        for &certificate_id in &open {
            if let Some(request) = self.request_for(certificate_id).filter(|it| it.is_open()) {
                request.process(RequestStatus::Approved, None, now);
            }
            if let Some(order) = self.orders.get_mut(&order_id) {
                // Signing cannot fail: names and key were checked when they came.
                let _ = order.issue(certificate_id, now, &self.authority);
            }
        }
        !open.is_empty()
    }

    fn open_certificates(&self, order_id: u64, is_meant: impl Fn(&State) -> bool) -> Vec<u64> {
        let order = self.order(order_id).into_iter();
        let certificates = order.flat_map(Order::certificates);
        certificates.filter(|it| it.is_open() && is_meant(&it.state)).map(|it| it.id).collect()
    }

    /// The request that made a certificate.
    fn request_for(&mut self, certificate_id: u64) -> Option<&mut Request> {
        self.requests.values_mut().find(|request| {
            request.certificate_id == Some(certificate_id) && request.kind != RequestKind::Revoke
        })
    }

    fn with_request(
        &mut self,
        request_id: u64,
        change: impl FnOnce(&mut Request),
    ) -> Result<(), Refusal> {
        self.requests.get_mut(&request_id).map(change).ok_or_else(Refusal::no_such_request)
    }
}
