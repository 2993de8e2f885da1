//! What becomes of requests: approval, rejection, cancellation, and issuance itself.

use time::OffsetDateTime;

use crate::account::Account;
use crate::account::certificate::{Certificate, State};
use crate::account::order::Order;
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
        let now = self.now();
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
                self.approve_certificate(order_id, certificate_id)?;
            }
            (RequestStatus::Rejected, RequestKind::Revoke, _)
            | (RequestStatus::Approved | RequestStatus::Rejected, _, None) => {}
            (RequestStatus::Rejected, _, Some(id)) => self.reject_in_order(order_id, id),
        }
        self.with_request(request_id, |request| request.process(status, comment, now))
    }

    /// Cancels a new order, or the pending reissue of one.
    pub(crate) fn cancel(&mut self, order_id: u64, note: String) -> Result<(), Refusal> {
        let now = self.now();
        let pending = self.order_mut(order_id)?.open_certificate().map(|open| open.id);
        self.reject_certificate(
            order_id,
            pending.ok_or_else(Refusal::cannot_cancel)?,
            Some(note),
            now,
        );
        Ok(())
    }

    /// Sets whether approved requests wait; if not, those that wait for nothing else are issued.
    pub(crate) fn hold_issuance(&mut self, hold: bool) {
        self.holds_issuance = hold;
        // Signing cannot fail: names and key were checked when they came.
        let _ = self.settle();
    }

    /// Issues what is approved and waits for nothing else.
    pub(super) fn settle(&mut self) -> Result<(), rcgen::Error> {
        if self.holds_issuance {
            return Ok(());
        }
        let now = self.now();
        let ready = self.orders.values().flat_map(|order| {
            let approved = order.certificates().filter(|it| matches!(it.state, State::Approved));
            let is_ready = |it: &&Certificate| {
                order.has_validated_organization() && self.is_validated(order, it)
            };
            approved.filter(is_ready).map(|it| (order.id, it.id))
        });
        for (order_id, certificate_id) in ready.collect::<Vec<_>>() {
            if let Some(order) = self.orders.get_mut(&order_id) {
                order.issue(certificate_id, now, &self.authority)?;
            }
        }
        Ok(())
    }

    /// Issues what an order waits for: approved or not, validated or not. Returns whether there was
    /// anything.
    pub(crate) fn issue(&mut self, order_id: u64) -> bool {
        let now = self.now();
        let open = self.open_certificates(order_id);
        for &certificate_id in &open {
            if let Some(request) = self.request_for(certificate_id).filter(|it| it.is_open()) {
                request.process(RequestStatus::Approved, None, now);
            }
            if let Some(order) = self.orders.get_mut(&order_id) {
                // Signing cannot fail, as above.
                let _ = order.issue(certificate_id, now, &self.authority);
            }
        }
        !open.is_empty()
    }

    /// Rejects what an order waits for, approved or not. Returns whether there was anything.
    pub(crate) fn reject(&mut self, order_id: u64) -> bool {
        let now = self.now();
        let open = self.open_certificates(order_id);
        for &certificate_id in &open {
            self.reject_certificate(order_id, certificate_id, None, now);
        }
        !open.is_empty()
    }

    /// Approves a certificate, which is issued if it waits for nothing else.
    pub(super) fn approve_certificate(
        &mut self,
        order_id: u64,
        certificate_id: u64,
    ) -> Result<(), Refusal> {
        let now = self.now();
        self.order_mut(order_id)?.approve(certificate_id, now);
        let order = self.order(order_id).ok_or_else(Refusal::no_such_order)?;
        let certificate = order.certificate(certificate_id);
        if certificate.is_some_and(|it| !self.is_validated(order, it)) {
            self.begin_validation(order_id, certificate_id, None)?;
        }
        Ok(self.settle()?)
    }

    /// Rejects a certificate that is not issued yet, and its request even if that was approved.
    pub(super) fn reject_certificate(
        &mut self,
        order_id: u64,
        certificate_id: u64,
        comment: Option<String>,
        now: OffsetDateTime,
    ) {
        self.reject_in_order(order_id, certificate_id);
        if let Some(request) = self.request_for(certificate_id) {
            request.process(RequestStatus::Rejected, comment, now);
        }
    }

    fn open_certificates(&self, order_id: u64) -> Vec<u64> {
        let certificates = self.order(order_id).into_iter().flat_map(Order::certificates);
        certificates.filter(|it| it.is_open()).map(|it| it.id).collect()
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
