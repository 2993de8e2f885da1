//! Validation: for which names control has to be shown, what is looked for, and what was found.

use time::OffsetDateTime;

use super::Account;
use super::certificate::{Certificate, Kind, Validation};
use super::control::{Approval, DcvMethod, RandomValue};
use super::domain::Domain;
use super::names::{base_domain, is_within, without_wildcard};
use super::order::{NameScope, Order};
use super::schedule::Schedule;
use crate::refusal::Refusal;

/// Names of an order whose control is shown at one place.
pub(crate) struct Scope {
    /// That place.
    pub(crate) name: String,
    pub(crate) dns_names: Vec<String>,
    pub(crate) method: DcvMethod,
    /// Until when the validation counts; `None` if control has to be shown.
    pub(crate) approved_until: Option<OffsetDateTime>,
    pub(crate) domain_id: Option<u64>,
}

impl Scope {
    /// What is not approved says `unapproved`: recorded for a rejected order, assumed for one that
    /// waits.
    pub(crate) fn status(&self) -> &'static str {
        if self.approved_until.is_some() { "approved" } else { "unapproved" }
    }
}

/// What is looked for: one of several values, at a name.
pub(crate) struct Question {
    pub(crate) subject: Subject,
    pub(crate) name: String,
    pub(crate) method: DcvMethod,
    pub(crate) values: Vec<String>,
}

/// Whose validation it is, by id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Subject {
    Order(u64),
    Domain(u64),
}

impl Account {
    /// Returns the scopes of a certificate's names, in their order.
    pub(crate) fn scopes(&self, order: &Order, certificate: &Certificate) -> Vec<Scope> {
        let mut scopes: Vec<Scope> = Vec::new();
        for dns_name in &certificate.names.dns_names {
            let scope = self.scope(order, certificate, dns_name);
            let is_shared = |it: &&mut Scope| {
                // No file shows control of a wildcard, which therefore stands apart from its host.
                it.name == scope.name
                    && it.approved_until == scope.approved_until
                    && !is_beyond_file(&scope)
            };
            match scopes.iter_mut().find(is_shared) {
                Some(known) => known.dns_names.extend(scope.dns_names),
                None => scopes.push(scope),
            }
        }
        scopes
    }

    fn scope(&self, order: &Order, certificate: &Certificate, dns_name: &str) -> Scope {
        let now = self.now();
        let domains = || self.domains.values().filter(|_| order.product.has_organization());
        let shown = domains().filter_map(|domain| domain.approval.as_ref());
        let approval =
            shown.chain(&certificate.approvals).find(|approval| approval.covers(dns_name, now));
        let name = match approval {
            Some(approval) => approval.name.clone(),
            None => place(dns_name, order, certificate).to_owned(),
        };
        let domain = domains().find(|domain| domain.name == name);
        Scope {
            dns_names: vec![dns_name.to_owned()],
            method: domain.map_or(order.dcv_method, |domain| domain.dcv_method),
            approved_until: approval.map(|approval| approval.until),
            domain_id: domain.map(|domain| domain.id),
            name,
        }
    }

    /// Returns whether control was shown for all names of a certificate. Nothing is looked for where
    /// a duplicate is requested, or a certificate that is not for names of the DNS.
    pub(super) fn is_validated(&self, order: &Order, certificate: &Certificate) -> bool {
        matches!(certificate.kind, Kind::Duplicate { .. })
            || !order.product.is_tls()
            || self.scopes(order, certificate).iter().all(|it| it.approved_until.is_some())
    }

    /// Begins the validation of what is not validated, or begins it again by another method, and
    /// returns the value to publish.
    pub(super) fn begin_validation(
        &mut self,
        order_id: u64,
        certificate_id: u64,
        value: Option<RandomValue>,
    ) -> Result<RandomValue, Refusal> {
        let now = self.now();
        let value = value.map_or_else(|| RandomValue::new(now), Ok)?;
        let order = self.orders.get(&order_id).ok_or_else(Refusal::no_such_order)?;
        let certificate = order.certificate(certificate_id);
        let scopes = certificate.map(|it| self.scopes(order, it)).unwrap_or_default();
        let (method, has_domains) = (order.dcv_method, order.product.has_organization());
        for scope in scopes.iter().filter(|it| has_domains && it.approved_until.is_none()) {
            let domain = self.domain_named(&scope.name, method);
            domain.dcv_method = method;
            domain.token = Some(value.clone());
            domain.submit(now);
        }
        if let Some(certificate) = self.order_mut(order_id)?.certificate_mut(certificate_id) {
            let schedule = Schedule::starting(now);
            certificate.validation = Some(Validation { value: value.clone(), schedule });
        }
        Ok(value)
    }

    /// Returns what is to be looked for now: for `asked`, and where an automatic check is due.
    pub(crate) fn questions(&mut self, asked: Option<Subject>) -> Vec<Question> {
        let now = self.now();
        let mut subjects: Vec<Subject> = asked.into_iter().collect();
        for (id, schedule) in self.schedules() {
            if schedule.is_due(now) {
                schedule.check(now);
                subjects.push(id);
            }
        }
        subjects.into_iter().flat_map(|subject| self.questions_of(subject, now)).collect()
    }

    /// Returns when the next automatic check is due.
    pub(crate) fn next_check(&mut self) -> Option<OffsetDateTime> {
        self.schedules().filter_map(|(_, schedule)| schedule.next()).min()
    }

    fn schedules(&mut self) -> impl Iterator<Item = (Subject, &mut Schedule)> {
        let orders = self.orders.values_mut().filter_map(|order| {
            let id = Subject::Order(order.id);
            let waiting = order.certificates_mut().find(|it| it.awaited().is_some())?;
            Some((id, &mut waiting.validation.as_mut()?.schedule))
        });
        let domains = self
            .domains
            .values_mut()
            .filter_map(|domain| Some((Subject::Domain(domain.id), domain.schedule.as_mut()?)));
        orders.chain(domains)
    }

    fn questions_of(&self, subject: Subject, now: OffsetDateTime) -> Vec<Question> {
        let valid = |value: &RandomValue| value.is_valid(now).then(|| value.text.clone());
        match subject {
            Subject::Order(id) => {
                let Some((order, certificate, validation)) = self.in_validation(id) else {
                    return Vec::new();
                };
                let open = self.scopes(order, certificate).into_iter();
                let open = open.filter(|it| it.approved_until.is_none() && !is_beyond_file(it));
                open.map(|scope| {
                    let domain = scope.domain_id.and_then(|id| self.domains.get(&id));
                    let token = domain.and_then(|domain| domain.token.as_ref());
                    let values = [Some(&validation.value), token].into_iter().flatten();
                    let values = values.filter_map(valid).collect();
                    Question { subject, name: scope.name, method: scope.method, values }
                })
                .collect()
            }
            Subject::Domain(id) => {
                let pending = self.domains.get(&id).filter(|domain| domain.is_pending());
                let question = |domain: &Domain| {
                    let of_orders = self.orders.keys().filter_map(|id| {
                        let (order, certificate, validation) = self.in_validation(*id)?;
                        let scopes = self.scopes(order, certificate);
                        let is_meant = scopes.iter().any(|it| it.domain_id == Some(domain.id));
                        is_meant.then_some(&validation.value)
                    });
                    let values = domain.token.iter().chain(of_orders).filter_map(valid).collect();
                    let (name, method) = (domain.name.clone(), domain.dcv_method);
                    Question { subject, name, method, values }
                };
                pending.map(question).into_iter().collect()
            }
        }
    }

    /// Takes what was found as shown, and issues what waited for nothing else.
    pub(crate) fn show_control(&mut self, found: Vec<Question>) -> Result<(), rcgen::Error> {
        let now = self.now();
        for Question { subject, name, method, .. } in found {
            let approval = Approval::since(now, name, method);
            match subject {
                Subject::Order(id)
                    if self.order(id).is_some_and(|it| !it.product.has_organization()) =>
                {
                    let order = self.orders.get_mut(&id).into_iter();
                    let mut certificates = order.flat_map(Order::certificates_mut);
                    if let Some(waiting) = certificates.find(|it| it.awaited().is_some()) {
                        waiting.approvals.push(approval);
                    }
                }
                _ => {
                    let domain = self.domain_named(&approval.name, method);
                    domain.approval = Some(approval);
                    domain.schedule = None;
                }
            }
        }
        self.settle()
    }

    /// Returns an order and its certificate that waits for control of its names.
    pub(crate) fn in_validation(&self, id: u64) -> Option<(&Order, &Certificate, &Validation)> {
        let order = self.orders.get(&id)?;
        let certificate = order.open_certificate()?;
        Some((order, certificate, certificate.awaited()?))
    }
}

/// Returns where control of a name is to be shown.
fn place<'a>(dns_name: &'a str, order: &Order, certificate: &'a Certificate) -> &'a str {
    let name = without_wildcard(dns_name);
    if order.dcv_method.is_file() {
        return name;
    }
    match order.name_scope {
        NameScope::BaseDomain => base_domain(name),
        // A name below another one of the order is covered by it (documented).
        NameScope::Fqdn => {
            let names = certificate.names.dns_names.iter().map(|other| without_wildcard(other));
            names.filter(|other| is_within(name, other)).min_by_key(|it| it.len()).unwrap_or(name)
        }
    }
}

fn is_beyond_file(scope: &Scope) -> bool {
    scope.method.is_file() && scope.dns_names.iter().any(|name| name.starts_with("*."))
}
