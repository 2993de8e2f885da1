//! What the routes serve: living orders, their certificates and the requests about them.
//!
//! An order's life is in `issuance`, `approval` and `revocation`; the rest is what they work on.

mod approval;
mod issuance;
mod order;
mod request;
mod revocation;

use std::collections::{BTreeMap, HashMap};

use rcgen::{KeyPair, PublicKeyData as _, SubjectPublicKeyInfo};
use time::{Duration, OffsetDateTime};

use self::issuance::LONGEST_VALIDITY;
pub(crate) use self::issuance::{Validity, Wanted};
pub(crate) use self::order::{Certificate, Kind, Names, Order, State};
use self::request::RequestKind;
pub(crate) use self::request::{Request, RequestStatus};
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
    /// Whether approved requests wait for [`Account::issue`].
    holds_issuance: bool,
    last_certificate_id: u64,
    last_request_id: u64,
}

/// How long ago the first certificate of a living order was issued, so that a list of recent
/// changes is empty at first.
const AGE: Duration = Duration::days(30);

/// From the first to the last day of a living order.
const ORDER_TERM: Duration = Duration::days(364);

impl Account {
    pub(crate) fn new(authority: Authority, reissues: HashMap<u64, CertificateList>) -> Self {
        Self {
            reissues,
            authority,
            orders: BTreeMap::new(),
            requests: BTreeMap::new(),
            holds_issuance: false,
            last_certificate_id: 810_000_000,
            last_request_id: 55_000_000,
        }
    }

    /// Adds an order that was issued a while ago.
    ///
    /// # Errors
    ///
    /// If a name cannot stand in a certificate.
    pub(crate) fn add_order(&mut self, order_id: u64, names: Names) -> Result<(), rcgen::Error> {
        let created = OffsetDateTime::now_utc() - AGE;
        let key = KeyPair::generate()?;
        let csr = names.csr(&key)?;
        let valid_till = created.date() + ORDER_TERM;
        let mut certificate = Certificate {
            id: self.next_certificate_id(),
            kind: Kind::First,
            key: SubjectPublicKeyInfo::from_der(&key.subject_public_key_info())?,
            key_size: 256,
            csr,
            names,
            signature_hash: "sha256".to_owned(),
            valid_till: valid_till.min(created.date() + LONGEST_VALIDITY),
            created,
            state: State::Approved,
            archived: false,
        };
        certificate.issue(created, &self.authority)?;
        let order = Order::new(order_id, created, valid_till, certificate);
        let first = Some(order.primary().id);
        let mut request = Request::new(RequestKind::NewRequest, &order, first, None, created);
        request.process(RequestStatus::Approved, None, created);
        self.add_request(request);
        self.orders.insert(order_id, order);
        Ok(())
    }

    pub(crate) fn orders(&self) -> impl DoubleEndedIterator<Item = &Order> {
        self.orders.values()
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
