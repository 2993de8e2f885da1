//! Revocation of one certificate, or of all of an order.

use time::OffsetDateTime;

use crate::account::Account;
use crate::account::certificate::State;
use crate::account::order::{Order, OrderStatus};
use crate::account::request::{Request, RequestKind, RequestStatus};
use crate::refusal::Refusal;

impl Account {
    /// Revokes a certificate, or with `None` all of an order: at once if approval is skipped, else
    /// by a request, whose id is returned.
    pub(crate) fn revoke(
        &mut self,
        order_id: u64,
        certificate_id: Option<u64>,
        comments: Option<String>,
        skip_approval: bool,
    ) -> Result<Option<u64>, Refusal> {
        let now = self.now();
        if skip_approval {
            self.revoke_now(order_id, certificate_id, now)?;
            return Ok(None);
        }
        let order = self.order_mut(order_id)?;
        check(order, certificate_id)?;
        let mut request = Request::new(RequestKind::Revoke, order, certificate_id, comments, now);
        // Documented as `pending`; a public client takes nothing but `submitted`.
        request.status = RequestStatus::Submitted;
        Ok(Some(self.add_request(request)))
    }

    /// An order whose only certificate is revoked stays active: it can be reissued (documented).
    pub(super) fn revoke_now(
        &mut self,
        order_id: u64,
        certificate_id: Option<u64>,
        now: OffsetDateTime,
    ) -> Result<(), Refusal> {
        let order = self.order_mut(order_id)?;
        check(order, certificate_id)?;
        for certificate in order.certificates_mut() {
            if let State::Issued(issued) = &mut certificate.state
                && certificate_id.is_none_or(|id| id == certificate.id)
            {
                issued.is_revoked = true;
            }
        }
        if certificate_id.is_none() {
            order.set_status(OrderStatus::Revoked, now);
            // Duplicates that wait have no order to be of any more (assumed).
            self.reject(order_id);
        }
        Ok(())
    }
}

/// That nothing can be revoked while a reissue is pending is documented for certificates, and
/// assumed for orders. That nothing can be revoked twice is assumed.
fn check(order: &Order, certificate_id: Option<u64>) -> Result<(), Refusal> {
    if order.open_reissue().is_some() {
        return Err(Refusal::reissue_is_pending());
    }
    match certificate_id.and_then(|id| order.certificate(id)) {
        None if order.primary().issued().is_none() => Err(Refusal::not_issued()),
        None if order.is_revoked() => Err(Refusal::order_is_revoked()),
        None => Ok(()),
        Some(certificate) => match certificate.issued() {
            None => Err(Refusal::not_issued()),
            Some(issued) if issued.is_revoked => Err(Refusal::certificate_is_revoked()),
            Some(_) => Ok(()),
        },
    }
}
