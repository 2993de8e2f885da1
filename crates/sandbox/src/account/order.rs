//! An order and its certificates.

use std::iter;

use time::{Date, OffsetDateTime};

use super::certificate::{Certificate, Kind, State};
use super::control::DcvMethod;
use super::issuance::{Validity, longest_till};
use super::organization::Organization;
use super::placing::Terms;
use super::product::{Class, Product};
use crate::authority::Authority;

#[derive(Clone)]
pub(crate) struct Order {
    pub(crate) id: u64,
    pub(crate) product: Product,
    pub(crate) created: OffsetDateTime,
    /// The last day.
    pub(crate) valid_till: Date,
    pub(crate) dcv_method: DcvMethod,
    pub(crate) name_scope: NameScope,
    /// Whether somebody must approve what is requested.
    pub(crate) needs_approval: bool,
    pub(crate) terms: Terms,
    /// The order that renews it.
    pub(crate) renewed_by: Option<u64>,
    /// Since when it is in lists and in order info.
    pub(super) shown_from: OffsetDateTime,
    status: OrderStatus,
    status_changed: OffsetDateTime,
    last_reissued: Option<OffsetDateTime>,
    first: Certificate,
    later: Vec<Certificate>,
    primary: u64,
    /// What lists and order info show in its place, and until when; the oldest first.
    outdated: Vec<(OffsetDateTime, Order)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum OrderStatus {
    NeedsApproval,
    Pending,
    Rejected,
    Issued,
    ReissuePending,
    Revoked,
    Expired,
}

/// For which names control has to be shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum NameScope {
    #[default]
    BaseDomain,
    Fqdn,
}

impl Order {
    pub(crate) fn new(
        id: u64,
        product: Product,
        valid_till: Date,
        dcv_method: DcvMethod,
        first: Certificate,
    ) -> Self {
        Self {
            id,
            product,
            created: first.created,
            valid_till,
            dcv_method,
            name_scope: NameScope::default(),
            needs_approval: true,
            terms: Terms::of_living(Validity::Till(valid_till)),
            renewed_by: None,
            shown_from: first.created,
            status: OrderStatus::Issued,
            status_changed: first.created,
            last_reissued: None,
            primary: first.id,
            first,
            later: Vec::new(),
            outdated: Vec::new(),
        }
    }

    /// Returns the status. An order expires at its own end, not at that of its certificate.
    pub(crate) fn status(&self, now: OffsetDateTime) -> OrderStatus {
        match self.status {
            OrderStatus::Issued if self.valid_till < now.date() => OrderStatus::Expired,
            status => status,
        }
    }

    pub(crate) fn is_revoked(&self) -> bool {
        self.status == OrderStatus::Revoked
    }

    pub(crate) fn status_changed(&self) -> OffsetDateTime {
        self.status_changed
    }

    pub(crate) fn last_reissued(&self) -> Option<OffsetDateTime> {
        self.last_reissued
    }

    /// The newest certificate that was issued and is no duplicate.
    pub(crate) fn primary(&self) -> &Certificate {
        self.later.iter().find(|it| it.id == self.primary).unwrap_or(&self.first)
    }

    /// Every certificate, oldest first.
    pub(crate) fn certificates(&self) -> impl DoubleEndedIterator<Item = &Certificate> {
        iter::once(&self.first).chain(&self.later)
    }

    pub(crate) fn reissues(&self) -> impl DoubleEndedIterator<Item = &Certificate> {
        self.later.iter().filter(|it| it.kind == Kind::Reissue)
    }

    pub(crate) fn duplicates(&self) -> impl DoubleEndedIterator<Item = &Certificate> {
        self.later.iter().filter(|it| matches!(it.kind, Kind::Duplicate { .. }))
    }

    pub(crate) fn certificate(&self, id: u64) -> Option<&Certificate> {
        self.certificates().find(|it| it.id == id)
    }

    /// The reissue that is neither issued nor rejected; there is never more than one.
    pub(crate) fn open_reissue(&self) -> Option<&Certificate> {
        self.reissues().find(|it| it.is_open())
    }

    /// The first certificate or the reissue that is neither issued nor rejected.
    pub(crate) fn open_certificate(&self) -> Option<&Certificate> {
        self.certificates().find(|it| !matches!(it.kind, Kind::Duplicate { .. }) && it.is_open())
    }

    /// Returns whether it was not rejected.
    pub(crate) fn lives(&self) -> bool {
        self.status != OrderStatus::Rejected
    }

    /// Returns its organization; a DV order has none.
    pub(crate) fn organization(&self) -> Option<&'static Organization> {
        Organization::with_id(self.terms.organization_id)
            .filter(|_| self.product.has_organization())
    }

    /// Returns whether nothing about its organization is open.
    pub(crate) fn has_validated_organization(&self) -> bool {
        self.organization().is_none_or(|it| it.is_validated)
    }

    /// Returns the years that it was placed for; 1 for one by days (observed).
    pub(crate) fn validity_years(&self) -> u32 {
        match self.terms.validity {
            Validity::Years(years) => years,
            Validity::Days(_) | Validity::Till(_) => 1,
        }
    }

    /// Returns the last day, which is not known before something is issued.
    pub(crate) fn known_end(&self) -> Option<Date> {
        self.first.issued().map(|_| self.valid_till)
    }

    /// Returns whether it is a plan, in which certificates are reissued until the order ends.
    pub(crate) fn is_plan(&self) -> bool {
        let start = self.first.issued().map_or(self.created, |issued| issued.at);
        let is_long = (self.valid_till - start.date()).whole_days() >= 364;
        is_long && self.product.class != Class::Private
    }

    /// Returns the order as lists and order info show it.
    pub(crate) fn as_shown(&self, now: OffsetDateTime) -> &Self {
        self.outdated.iter().find(|(until, _)| now < *until).map_or(self, |(_, order)| order)
    }

    /// Keeps showing the order as it is now.
    pub(super) fn show_until(&mut self, until: OffsetDateTime, now: OffsetDateTime) {
        self.outdated.retain(|(until, _)| now < *until);
        if now < until {
            let outdated = Self { outdated: Vec::new(), ..self.clone() };
            self.outdated.push((until, outdated));
        }
    }

    pub(super) fn certificates_mut(&mut self) -> impl Iterator<Item = &mut Certificate> {
        iter::once(&mut self.first).chain(&mut self.later)
    }

    pub(super) fn certificate_mut(&mut self, id: u64) -> Option<&mut Certificate> {
        self.certificates_mut().find(|it| it.id == id)
    }

    pub(super) fn add(&mut self, certificate: Certificate) {
        self.later.push(certificate);
    }

    pub(super) fn set_status(&mut self, status: OrderStatus, now: OffsetDateTime) {
        self.status = status;
        self.status_changed = now;
    }

    /// Approves a certificate. A new order waits for validation then.
    pub(super) fn approve(&mut self, id: u64, now: OffsetDateTime) {
        let Some(certificate) = self.certificate_mut(id) else { return };
        certificate.state = State::Approved;
        if certificate.kind == Kind::First {
            self.set_status(OrderStatus::Pending, now);
        }
    }

    /// Issues a certificate, with which a new order begins; a reissue becomes the order's primary.
    pub(super) fn issue(
        &mut self,
        id: u64,
        now: OffsetDateTime,
        authority: &Authority,
    ) -> Result<(), rcgen::Error> {
        let (order_end, asked) = (self.terms.order_end(now.date()), self.terms.cert_validity);
        let last = longest_till(now.date(), order_end, asked, self.product);
        let Some(certificate) = self.certificate_mut(id) else { return Ok(()) };
        let kind = certificate.kind;
        if kind == Kind::First {
            certificate.valid_till = last;
        }
        certificate.issue(now, authority)?;
        match kind {
            Kind::First => self.valid_till = order_end,
            Kind::Reissue => {
                self.primary = id;
                self.last_reissued = Some(now);
            }
            Kind::Duplicate { .. } => return Ok(()),
        }
        self.set_status(OrderStatus::Issued, now);
        Ok(())
    }

    /// Rejects a certificate that is not issued yet.
    pub(super) fn reject(&mut self, id: u64, now: OffsetDateTime) {
        let Some(certificate) = self.certificate_mut(id) else { return };
        certificate.state = State::Rejected;
        match certificate.kind {
            // Of a canceled one too (observed: no order was `canceled`).
            Kind::First => self.set_status(OrderStatus::Rejected, now),
            Kind::Reissue => self.set_status(OrderStatus::Issued, now),
            Kind::Duplicate { .. } => {}
        }
    }
}

impl OrderStatus {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::NeedsApproval => "needs_approval",
            Self::Pending => "pending",
            Self::Rejected => "rejected",
            Self::Issued => "issued",
            Self::ReissuePending => "reissue_pending",
            Self::Revoked => "revoked",
            Self::Expired => "expired",
        }
    }
}

impl NameScope {
    pub(crate) fn parse(text: &str) -> Option<Self> {
        [Self::BaseDomain, Self::Fqdn].into_iter().find(|scope| scope.as_str() == text)
    }

    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::BaseDomain => "base_domain",
            Self::Fqdn => "fqdn",
        }
    }
}
