//! New orders, and renewals.

use time::{Date, Duration, OffsetDateTime};

use super::Account;
use super::certificate::Kind;
use super::control::DcvMethod;
use super::dcv::check_method;
use super::issuance::{Validity, Wanted, valid_till};
use super::names::Names;
use super::order::{Order, OrderStatus};
use super::organization::{ORGANIZATIONS, Organization};
use super::product::{Class, Product};
use super::request::RequestKind;
use crate::csr::Csr;
use crate::refusal::Refusal;

/// What a caller orders.
pub(crate) struct WantedOrder {
    pub(crate) product: Product,
    pub(crate) certificate: Wanted,
    pub(crate) organization_id: Option<u64>,
    pub(crate) validity: Validity,
    pub(crate) renewal_of: Option<u64>,
    pub(crate) alternative_order_id: Option<String>,
}

/// What was agreed when an order was placed.
#[derive(Clone)]
pub(crate) struct Terms {
    pub(crate) organization_id: u64,
    pub(crate) alternative_order_id: Option<String>,
    pub(crate) validity: Validity,
    pub(crate) cert_validity: Option<Validity>,
    pub(crate) renewal_of: Option<u64>,
    /// What was left of the order that it renews.
    remaining: Duration,
}

/// How long before its end an order can be renewed, and how long after (assumed).
const RENEWABLE: Duration = Duration::days(90);

/// The most that an order can last.
const LONGEST_ORDER: Validity = Validity::Years(3);

impl Account {
    /// Places an order, and returns its id with those of its certificate and, if there is one, of its
    /// request. An equal one is another order (observed).
    pub(crate) fn place(
        &mut self,
        wanted: WantedOrder,
    ) -> Result<(u64, (u64, Option<u64>)), Refusal> {
        let now = self.now();
        let certificate = &wanted.certificate;
        let common_name = certificate.common_name.clone();
        let common_name =
            common_name.ok_or_else(|| Refusal::required("certificate.common_name"))?;
        let dns_names = certificate.dns_names.clone().unwrap_or_default();
        // Nothing is taken from the CSR but its key.
        let names = Names::new(common_name, dns_names)
            .ok_or_else(|| Refusal::invalid("certificate.dns_names"))?;
        let csr = Csr::parse(&certificate.csr)?;
        // The default is assumed.
        let method = certificate.dcv_method.unwrap_or(DcvMethod::Email);
        check_method(method, wanted.product, &names)?;
        wanted.validity.check_for_order(now.date())?;
        let terms = self.terms(&wanted, now)?;
        let order_end = terms.order_end(now.date());
        let last = valid_till(now.date(), order_end, terms.cert_validity, wanted.product)?;
        let first = self.certificate_of(Kind::First, names, csr, certificate, last, now)?;
        if wanted.product.class == Class::Dv && first.signature_hash != "sha256" {
            return Err(Refusal::invalid("certificate.signature_hash"));
        }
        let certificate_id = first.id;
        self.last_order_id += 1;
        let id = self.last_order_id;
        let mut order = Order::new(id, wanted.product, order_end, method, first);
        order.name_scope = certificate.name_scope.unwrap_or_default();
        order.needs_approval = self.needs_approval;
        order.shown_from = now.saturating_add(self.list_lag);
        order.set_status(OrderStatus::NeedsApproval, now);
        order.terms = terms;
        self.orders.insert(id, order);
        if let Some(old) = wanted.renewal_of {
            self.order_mut(old)?.renewed_by = Some(id);
        }
        let request = RequestKind::NewRequest;
        let ids = self.begin(id, request, certificate_id, wanted.certificate, now)?;
        Ok((id, ids))
    }

    fn terms(&mut self, wanted: &WantedOrder, now: OffsetDateTime) -> Result<Terms, Refusal> {
        let organization_id = match wanted.organization_id {
            _ if !wanted.product.has_organization() => ORGANIZATIONS[0].id,
            None => return Err(Refusal::required("organization")),
            Some(id) if Organization::with_id(id).is_some() => id,
            Some(_) => return Err(Refusal::invalid("organization.id")),
        };
        let remaining = match wanted.renewal_of {
            Some(id) => self.order_mut(id)?.time_to_renew(now)?,
            None => Duration::ZERO,
        };
        Ok(Terms {
            organization_id,
            alternative_order_id: wanted.alternative_order_id.clone(),
            validity: wanted.validity,
            cert_validity: wanted.certificate.validity,
            renewal_of: wanted.renewal_of,
            remaining,
        })
    }

    /// Rejects a certificate that is not issued yet. An order whose renewal is rejected can be renewed
    /// again (assumed).
    pub(super) fn reject_in_order(&mut self, order_id: u64, certificate_id: u64) {
        let now = self.now();
        let Some(order) = self.orders.get_mut(&order_id) else { return };
        order.reject(certificate_id, now);
        let renewal_of = order.terms.renewal_of.filter(|_| !order.lives());
        if let Some(old) = renewal_of.and_then(|id| self.orders.get_mut(&id)) {
            old.renewed_by = None;
        }
    }
}

impl Order {
    /// Returns what is left of the order for the one that renews it. The codes are those that a client
    /// reads; their status is assumed.
    fn time_to_renew(&self, now: OffsetDateTime) -> Result<Duration, Refusal> {
        let left = self.valid_till - now.date();
        if self.renewed_by.is_some() {
            Err(Refusal::renewed_already())
        } else if self.primary().issued().is_none()
            || self.is_revoked()
            || left > RENEWABLE
            || left < -RENEWABLE
        {
            Err(Refusal::not_eligible_for_renewal())
        } else {
            Ok(left.max(Duration::ZERO))
        }
    }
}

impl Terms {
    /// Those of a living order.
    pub(super) fn of_living(validity: Validity) -> Self {
        Self {
            organization_id: ORGANIZATIONS[0].id,
            alternative_order_id: None,
            validity,
            cert_validity: None,
            renewal_of: None,
            remaining: Duration::ZERO,
        }
    }

    /// Returns the last day of an order that begins on a day. What was left of the order that it
    /// renews comes on top, as in the console (assumed for the API).
    pub(super) fn order_end(&self, start: Date) -> Date {
        match self.validity {
            Validity::Till(date) => date,
            validity => validity.end(start).saturating_add(self.remaining),
        }
    }
}

impl Validity {
    /// Returns the last day: years end on the same day of the year, and days count the first one (both
    /// observed).
    pub(super) fn end(self, start: Date) -> Date {
        let year =
            |count: u32| i32::try_from(count).ok().and_then(|it| start.year().checked_add(it));
        match self {
            Self::Years(count) => year(count).map_or(Date::MAX, |year| {
                // There is none on 29 February.
                start.replace_year(year).unwrap_or(start.saturating_add(Duration::days(365)))
            }),
            Self::Days(count) => start.saturating_add(Duration::days(i64::from(count) - 1)),
            Self::Till(date) => date,
        }
    }

    /// The codes for what is too long are documented.
    fn check_for_order(self, today: Date) -> Result<(), Refusal> {
        let end = self.end(today);
        let is_empty = matches!(self, Self::Years(0)) || end < today;
        if is_empty || end > LONGEST_ORDER.end(today) {
            return Err(Refusal::invalid_validity(match self {
                Self::Years(_) => "validity_years",
                Self::Days(_) => "validity_days",
                Self::Till(_) => "custom_expiration_date",
            }));
        }
        Ok(())
    }
}
