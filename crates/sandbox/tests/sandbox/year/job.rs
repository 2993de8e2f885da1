//! The nightly job: it resumes what is under way, and reissues and renews what is due.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use bytes::Bytes;
use certcentral_core::order::{ListOrders, NewOrder, NextStep, Order};
use certcentral_core::reissuance::{Checkpoint, Issuance, IssuedCertificate, Progress, Reissuance};
use certcentral_core::{Api, ApiKey, Drive, Error, Failure, FailureKind, Paged, RateLimit, Step};
use certcentral_sandbox::Sandbox;
use certcentral_sandbox::time::{Date, OffsetDateTime};
use http::{Request, Response};
use x509_parser::prelude::GeneralName;

use super::DAY;
use crate::caller::{csr, now, publish};
use crate::client::connect;

/// How long before its end a certificate is replaced.
pub(super) const MARGIN: Duration = Duration::from_secs(30 * 24 * 3600);
/// How long one order is waited for in one night.
const PATIENCE: Duration = Duration::from_secs(4 * 60);

pub(super) struct Job<'a> {
    sandbox: &'a Sandbox,
    api: Api,
    /// Made-up time, which the sandbox's clock follows.
    start: Instant,
    now: Instant,
    /// Every so many requests, the response is lost.
    lost: Option<usize>,
    requests: usize,
    /// What is under way, as it is on disk: by the step and the order.
    saved: BTreeMap<String, String>,
    /// Names of which control cannot be shown yet.
    pub(super) unpublished: BTreeSet<String>,
    /// The last day of the certificates that were issued, by name.
    held: BTreeMap<String, Vec<Date>>,
    /// How many were issued for each step and order.
    pub(super) issued: BTreeMap<String, usize>,
}

impl<'a> Job<'a> {
    pub(super) fn new(sandbox: &'a Sandbox, lost: Option<usize>) -> Self {
        let api = Api::builder(ApiKey::new(sandbox.api_key()).unwrap());
        let api = api.base_url(sandbox.base_url()).rate_limit(RateLimit::unlimited());
        let start = Instant::now(); // only to count from
        Self {
            sandbox,
            api: api.build().unwrap(),
            start,
            now: start,
            lost,
            requests: 0,
            saved: BTreeMap::new(),
            unpublished: BTreeSet::new(),
            held: BTreeMap::new(),
            issued: BTreeMap::new(),
        }
    }

    /// What a program does each night.
    pub(super) fn run(&mut self) {
        let begun = self.saved.clone();
        for (step, saved) in &begun {
            let saved: Checkpoint = serde_json::from_str(saved).unwrap();
            let reissuance = Reissuance::resume(&self.api, saved).unwrap();
            self.carry(step, reissuance);
        }
        for order in self.orders() {
            let csr = || csr(&order.names());
            let [reissue, renewal] =
                ["reissue", "renewal"].map(|it| format!("{it} of {}", order.id));
            let step = order.next_step(self.today(), MARGIN);
            let is_begun = begun.contains_key(&reissue) || begun.contains_key(&renewal);
            match step {
                _ if is_begun || !step.is_due(self.today()) => {}
                NextStep::Reissue { .. } => {
                    let reissuance = Reissuance::for_order(&self.api, order.clone(), csr());
                    self.carry(&reissue, reissuance.unwrap());
                }
                NextStep::Renew { .. } => {
                    self.place(&renewal, NewOrder::renewal(&order, csr()).unwrap());
                }
                _ => {}
            }
        }
    }

    pub(super) fn place(&mut self, step: &str, order: NewOrder) {
        self.carry(step, Issuance::new(&self.api, order).unwrap().into());
    }

    /// Goes on to the certificate, or as far as it can in one night.
    fn carry(&mut self, step: &str, reissuance: Reissuance) {
        let mut reissuance = reissuance.approve(true);
        reissuance.set_deadline(Some(self.now + PATIENCE));
        loop {
            match self.drive(&mut reissuance) {
                Ok(Progress::Requesting(plan)) => {
                    assert!(plan.removed.is_empty() && !plan.names.is_empty(), "{plan:?}");
                }
                Ok(Progress::Validation(challenges)) => {
                    for challenge in challenges {
                        if challenge.covers.iter().all(|name| !self.unpublished.contains(name)) {
                            publish(self.sandbox, &challenge);
                        }
                    }
                }
                Ok(Progress::Issued(certificate)) => {
                    self.saved.remove(step);
                    *self.issued.entry(step.to_owned()).or_default() += 1;
                    return self.hold(&certificate);
                }
                Err(error) if error.is_timeout() => return,
                other => panic!("{step}: {other:?}"),
            }
            let checkpoint = serde_json::to_string(&reissuance.checkpoint()).unwrap();
            self.saved.insert(step.to_owned(), checkpoint);
        }
    }

    fn hold(&mut self, certificate: &IssuedCertificate) {
        let (_, leaf) =
            x509_parser::pem::parse_x509_pem(certificate.chain.leaf().as_bytes()).unwrap();
        let leaf = leaf.parse_x509().unwrap();
        let names = &leaf.subject_alternative_name().unwrap().unwrap().value.general_names;
        for name in names {
            let GeneralName::DNSName(name) = *name else { panic!("{name}") };
            let last_days = self.held.entry(name.to_owned()).or_default();
            last_days.push(certificate.valid_till.unwrap());
        }
    }

    /// Takes the certificates of an account as it is, and names that have none.
    pub(super) fn take_over(&mut self, others: &[&str]) {
        for order in self.orders() {
            let last_day = order.certificate.as_ref().and_then(|it| it.valid_till);
            for name in order.names() {
                self.held.entry(name.to_owned()).or_default().extend(last_day);
            }
        }
        for name in others {
            self.held.entry((*name).to_owned()).or_default();
        }
    }

    /// A certificate that is revoked is none.
    pub(super) fn forget(&mut self, names: &[String]) {
        self.held.iter_mut().filter(|it| names.contains(it.0)).for_each(|it| it.1.clear());
    }

    /// Returns the names of the account that have no certificate for this day.
    pub(super) fn names_without_certificate(&self) -> Vec<String> {
        let today = self.today();
        let is_without = |last_days: &Vec<Date>| last_days.iter().all(|last_day| *last_day < today);
        self.held.iter().filter(|it| is_without(it.1)).map(|it| it.0.clone()).collect()
    }

    pub(super) fn orders(&mut self) -> Vec<Order> {
        let mut orders = Vec::new();
        let mut next = Some(ListOrders::new().limit(25));
        while let Some(list) = next {
            let page = self.drive(&mut self.api.call(list.clone())).unwrap();
            next = list.next_page(&page);
            orders.extend(page.orders);
        }
        orders
    }

    pub(super) fn sleep_until_night(&mut self, night: u32) {
        self.wait(self.start + night * DAY);
    }

    pub(super) fn today(&self) -> Date {
        let clock: OffsetDateTime = now() + (self.now - self.start);
        clock.date()
    }

    /// Drives as a transport does, in made-up time.
    fn drive<D: Drive>(&mut self, drive: &mut D) -> Result<D::Output, Error> {
        loop {
            match drive.poll(self.now) {
                Step::Send(attempt) => {
                    let outcome = self.exchange(&attempt.request);
                    drive.handle(self.now, outcome);
                }
                Step::Wait(until) => self.wait(until),
                Step::Done(result) => return result,
            }
        }
    }

    fn wait(&mut self, until: Instant) {
        self.sandbox.advance(until.saturating_duration_since(self.now));
        self.now = self.now.max(until);
    }

    fn exchange(&mut self, request: &Request<Bytes>) -> Result<Response<Bytes>, Failure> {
        self.requests += 1;
        let is_lost = self.lost.is_some_and(|lost| self.requests.is_multiple_of(lost));
        if is_lost {
            self.sandbox.drop_next();
        }
        let mut connection = connect(self.sandbox);
        let (path, body) = (request.uri().path_and_query().unwrap(), request.body());
        connection.write(&format!(
            "{} {path} HTTP/1.1\r\nX-DC-DEVKEY: {}\r\nContent-Length: {}\r\n\r\n{}",
            request.method(),
            self.sandbox.api_key(),
            body.len(),
            str::from_utf8(body).unwrap(),
        ));
        if is_lost {
            assert!(connection.is_closed());
            return Err(Failure::new(FailureKind::Closed, "lost"));
        }
        let reply = connection.read();
        Ok(Response::builder().status(reply.status).body(reply.body.into()).unwrap())
    }
}
