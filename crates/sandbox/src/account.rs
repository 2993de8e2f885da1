//! What the routes serve: orders, their certificates, the requests about them, and domains.
//!
//! An order's life is in `opening`, `placing`, `issuance`, `approval`, `validation`, `dcv` and `revocation`; the
//! rest is what they work on.

mod approval;
mod certificate;
mod control;
mod dcv;
mod domain;
mod issuance;
mod limits;
mod names;
mod opening;
mod order;
mod organization;
mod placing;
mod product;
mod request;
mod revocation;
mod schedule;
mod validation;

use std::collections::{BTreeMap, HashMap};
use std::time::Duration as StdDuration;

use time::{Duration, OffsetDateTime};

pub(crate) use self::certificate::{Certificate, Kind, State};
pub(crate) use self::control::{DcvMethod, RandomValue};
pub(crate) use self::domain::Domain;
pub(crate) use self::issuance::{Validity, Wanted};
pub(crate) use self::names::{Names, base_domain};
pub(crate) use self::order::{NameScope, Order, OrderStatus};
pub(crate) use self::organization::{ORGANIZATIONS, Organization};
pub(crate) use self::placing::WantedOrder;
pub(crate) use self::product::{Class, PRODUCTS, Product, RETIRED};
pub(crate) use self::request::{Request, RequestStatus};
pub(crate) use self::validation::{Question, Scope, Subject};
use crate::authority::Authority;
use crate::certificate_list::CertificateList;
use crate::refusal::Refusal;

/// Everything that requests can read and change.
pub(crate) struct Account {
    /// Lists that a test has given.
    pub(crate) reissues: HashMap<u64, CertificateList>,
    pub(crate) authority: Authority,
    orders: BTreeMap<u64, Order>,
    requests: BTreeMap<u64, Request>,
    domains: BTreeMap<u64, Domain>,
    /// Whether somebody must approve new orders.
    needs_approval: bool,
    /// Whether reissues that wait for nothing else wait for [`Account::issue`].
    holds_issuance: bool,
    /// How long a new order or reissue is missing from lists and order info.
    list_lag: Duration,
    /// How far a test has moved the clock, or set it.
    ahead: Duration,
    last_order_id: u64,
    last_certificate_id: u64,
    last_request_id: u64,
    last_domain_id: u64,
}

impl Account {
    pub(crate) fn new(
        authority: Authority,
        reissues: HashMap<u64, CertificateList>,
        list_lag: StdDuration,
        needs_approval: bool,
        ahead: Duration,
    ) -> Self {
        Self {
            reissues,
            authority,
            orders: BTreeMap::new(),
            requests: BTreeMap::new(),
            domains: BTreeMap::new(),
            needs_approval,
            holds_issuance: false,
            list_lag: list_lag.try_into().unwrap_or(Duration::MAX),
            ahead,
            last_order_id: 710_000_000,
            last_certificate_id: 810_000_000,
            last_request_id: 55_000_000,
            last_domain_id: 90_000,
        }
    }

    /// Returns what the sandbox's clock says.
    pub(crate) fn now(&self) -> OffsetDateTime {
        OffsetDateTime::now_utc().saturating_add(self.ahead)
    }

    /// Moves the clock on to `time`, but never back.
    pub(crate) fn move_clock(&mut self, time: OffsetDateTime) {
        self.ahead = self.ahead.saturating_add((time - self.now()).max(Duration::ZERO));
    }

    pub(crate) fn order(&self, order_id: u64) -> Option<&Order> {
        self.orders.get(&order_id)
    }

    pub(crate) fn request(&self, id: u64) -> Option<&Request> {
        self.requests.get(&id)
    }

    pub(crate) fn requests(&self) -> impl Iterator<Item = &Request> {
        self.requests.values()
    }

    /// Returns the orders as lists and order info show them.
    pub(crate) fn shown_orders(&self) -> impl Iterator<Item = &Order> {
        let now = self.now();
        let shown = self.orders.values().filter(move |order| order.shown_from <= now);
        shown.map(move |order| order.as_shown(now))
    }

    /// Finds a certificate, and its order, by id.
    pub(crate) fn certificate(&self, id: u64) -> Result<(&Order, &Certificate), Refusal> {
        self.find_certificate(|certificate| certificate.id == id)
    }

    /// Finds a certificate, and its order, by id or serial number.
    pub(crate) fn identified(&self, identifier: &str) -> Result<(&Order, &Certificate), Refusal> {
        self.find_certificate(|certificate| {
            identifier.parse() == Ok(certificate.id)
                || certificate
                    .issued()
                    .is_some_and(|it| it.signed.serial_number.eq_ignore_ascii_case(identifier))
        })
    }

    fn find_certificate(
        &self,
        is_it: impl Fn(&Certificate) -> bool,
    ) -> Result<(&Order, &Certificate), Refusal> {
        self.orders
            .values()
            .find_map(|order| Some((order, order.certificates().find(|it| is_it(it))?)))
            .ok_or_else(Refusal::no_such_certificate)
    }

    /// Archives a certificate, which hides it in lists.
    pub(crate) fn archive(&mut self, certificate_id: u64) -> Result<(), Refusal> {
        let (order, _) = self.certificate(certificate_id)?;
        if order.primary().id == certificate_id {
            return Err(Refusal::cannot_archive_primary());
        }
        let order_id = order.id;
        let certificate = self.order_mut(order_id)?.certificate_mut(certificate_id);
        certificate.ok_or_else(Refusal::no_such_certificate)?.archived = true;
        Ok(())
    }

    fn order_mut(&mut self, order_id: u64) -> Result<&mut Order, Refusal> {
        self.orders.get_mut(&order_id).ok_or_else(Refusal::no_such_order)
    }

    fn add_request(&mut self, request: Request) -> u64 {
        self.last_request_id += 1;
        self.requests.insert(self.last_request_id, Request { id: self.last_request_id, ..request });
        self.last_request_id
    }

    fn next_certificate_id(&mut self) -> u64 {
        self.last_certificate_id += 1;
        self.last_certificate_id
    }
}
