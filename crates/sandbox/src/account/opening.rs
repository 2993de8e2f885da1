//! Orders as they are at the start.

use rcgen::KeyPair;
use time::{Date, Duration, OffsetDateTime, Time};

use super::Account;
use super::certificate::{Certificate, Kind, State};
use super::control::Approval;
use super::limits::{longest_validity, reuse};
use super::names::{Names, base_domain};
use super::order::Order;
use super::request::{Request, RequestKind, RequestStatus};
use crate::csr::PublicKey;
use crate::living_order::LivingOrder;

/// How long ago an order was placed, so that a list of recent changes is empty at first.
const AGE: Duration = Duration::days(30);

/// From the first to the last day of an order.
const ORDER_TERM: Duration = Duration::days(364);

/// From the id of a renewed order to that of the one that renewed it, which is not there.
const RENEWED_BY: u64 = 1_000_000;

impl Account {
    /// Adds an order that was issued a while ago.
    ///
    /// # Errors
    ///
    /// If a name cannot stand in a certificate.
    pub(crate) fn open(&mut self, living: &LivingOrder, names: Names) -> Result<(), rcgen::Error> {
        let now = self.now();
        let created = living.valid_till.map_or(now - AGE, |last| {
            let first = last.saturating_sub(longest_validity(now.date()));
            now.replace_date(first.min(now.date()))
        });
        let mut domains: Vec<&str> = names.dns_names.iter().map(|name| base_domain(name)).collect();
        domains.dedup();
        let method = living.dcv_method;
        let approvals: Vec<Approval> =
            domains.iter().map(|&name| Approval::since(created, name.to_owned(), method)).collect();
        let mut certificate = self.first_certificate(living, names, created)?;
        if living.product.has_organization() {
            self.add_validated_domains(approvals, living, created);
        } else {
            certificate.approvals = approvals;
        }
        let term = (created.date() + ORDER_TERM).max(certificate.valid_till);
        let order_end = living.order_valid_till.unwrap_or(term);
        let mut order = Order::new(living.id, living.product, order_end, method, certificate);
        order.needs_approval = living.needs_approval;
        order.renewed_by = living.is_renewed.then(|| living.id.saturating_add(RENEWED_BY));
        if living.needs_approval {
            let id = order.primary().id;
            let mut request =
                Request::new(RequestKind::NewRequest, &order, Some(id), None, created);
            request.process(RequestStatus::Approved, None, created);
            self.add_request(request);
        }
        self.orders.insert(living.id, order);
        if living.is_revoked {
            // Only an order with a pending reissue, or none at all, cannot be revoked.
            let _ = self.revoke_now(living.id, None, created);
        }
        Ok(())
    }

    fn first_certificate(
        &mut self,
        living: &LivingOrder,
        names: Names,
        created: OffsetDateTime,
    ) -> Result<Certificate, rcgen::Error> {
        let key = KeyPair::generate()?;
        let mut certificate = Certificate {
            id: self.next_certificate_id(),
            kind: Kind::First,
            key: PublicKey::from(&key),
            key_size: 256,
            csr: names.csr(&key)?,
            names,
            signature_hash: "sha256".to_owned(),
            valid_till: living
                .valid_till
                .unwrap_or(created.date() + longest_validity(created.date())),
            created,
            state: State::Approved,
            archived: false,
            approvals: Vec::new(),
            validation: None,
        };
        certificate.issue(created, &self.authority)?;
        Ok(certificate)
    }

    /// Adds the domains of an order to those of the account, which orders share.
    fn add_validated_domains(
        &mut self,
        approvals: Vec<Approval>,
        living: &LivingOrder,
        created: OffsetDateTime,
    ) {
        let method = living.dcv_method;
        for approval in approvals {
            let domain = self.domain_named(&approval.name, method);
            if domain.approval.is_none() {
                domain.created = created;
                domain.approval = Some(approval);
            }
        }
        for (name, last) in &living.validated_until {
            let until = end_of(*last);
            let since = until.saturating_sub(reuse(created.date()));
            self.domain_named(name, method).approval =
                Some(Approval { name: name.clone(), method, since, until });
        }
    }
}

fn end_of(day: Date) -> OffsetDateTime {
    OffsetDateTime::new_utc(day, Time::MIDNIGHT).saturating_add(Duration::DAY)
}
