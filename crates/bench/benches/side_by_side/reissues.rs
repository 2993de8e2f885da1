//! Requests for each of 200 reissues that are due, counted at a living sandbox in virtual time: carried
//! as `certcentral-reissue --due` does, beside one run of its first version for each order.

use std::{
    collections::BTreeMap,
    mem,
    time::{Duration, Instant},
};

use bytes::Bytes;
use certcentral_sandbox::{
    LivingOrder, Sandbox, SandboxBuilder,
    time::{self, OffsetDateTime},
};
use certcentral_transport_ureq::{
    Api, ApiKey, Endpoint, Failure, FailureKind, OrderId, Step,
    order::{ListOrders, OrderStatus, StatusChanges},
    reissuance::{Awaited, Progress, Reissuance},
};
use http::{Request, Response};
use rcgen::{CertificateParams, KeyPair};

use crate::{goals::Goal, table};

const ORDERS: u64 = 200;

/// When the certificates are issued, what the first version asked for each order, and the goal. It was
/// built at 1d6f34f and run by the example `reissue_requests`, as the README says.
const RUNS: [(&str, Duration, f64, f64); 2] = [
    ("issued at once", Duration::ZERO, 6.0, 0.6),
    ("issued after ten minutes", Duration::from_secs(600), 30.0, 0.25),
];

pub(crate) fn ask() -> Vec<Goal> {
    let mut goals = Vec::new();
    let mut rows = Vec::new();
    for (name, time, first, goal) in RUNS {
        let ours = Run::new(time).requests() as f64 / ORDERS as f64;
        let ratio = ours / first;
        rows.push([
            name.to_owned(),
            format!("{ours:.2}"),
            first.to_string(),
            format!("{ratio:.3}"),
        ]);
        goals.push(Goal::at_most(format!("{name}: requests to the first version's"), goal, ratio));
    }
    let title = format!("requests for each of {ORDERS} orders that are due");
    let rows: Vec<_> = rows.into_iter().map(Vec::from).collect();
    table::print(&title, &["", "ours", "the first version", "ours to it"], &rows);
    goals
}

/// As the program has them: the pauses between two lists of changes, and when the first look at one of
/// many is due.
const PAUSES: [Duration; 2] = [Duration::from_secs(2), Duration::from_secs(30)];
const FIRST_LOOK: Duration = Duration::from_secs(10);
const LAG: Duration = Duration::from_secs(15 * 60);

struct Run {
    sandbox: Sandbox,
    agent: ureq::Agent,
    api: Api,
    now: Instant,
    /// When the certificates are issued.
    issued_at: Instant,
    waiting: BTreeMap<(Instant, OrderId), Carried>,
    ask_at: Option<Instant>,
    pause: Duration,
}

struct Carried {
    reissuance: Reissuance,
    /// Since something happened.
    pauses: u32,
}

impl Run {
    fn new(issued_after: Duration) -> Self {
        let today = OffsetDateTime::now_utc().date();
        let day = |days| today + time::Duration::days(days);
        let due = |id| {
            let order = LivingOrder::new(id, [name(id)]).validated_until("example.org", day(100));
            order.valid_till(day(10)).order_valid_till(day(150))
        };
        let builder = (1..=ORDERS).map(due).fold(Sandbox::builder(), SandboxBuilder::order);
        let sandbox = builder.plain_http().without_rate_limit().start().unwrap();
        sandbox.hold_issuance(!issued_after.is_zero());
        let api = Api::builder(ApiKey::new(sandbox.api_key()).unwrap());
        let api = api.base_url(sandbox.base_url()).build().unwrap();
        let now = Instant::now(); // only to count from
        Self {
            sandbox,
            agent: ureq::Agent::config_builder().http_status_as_error(false).build().into(),
            api: api.in_background(),
            now,
            issued_at: now + issued_after,
            waiting: BTreeMap::new(),
            ask_at: None,
            pause: PAUSES[0],
        }
    }

    /// Carries all to their certificates, and returns how many requests that took.
    fn requests(mut self) -> usize {
        for order in self.ask(ListOrders::new()).orders {
            let params = CertificateParams::new(vec![name(order.id.0)]).unwrap();
            let csr = params.serialize_request(&KeyPair::generate().unwrap()).unwrap();
            let id = order.id;
            let reissuance = Reissuance::for_order(&self.api, order, csr.pem().unwrap()).unwrap();
            let reissuance = reissuance.approve(true).first_look(FIRST_LOOK);
            self.waiting.insert((self.now, id), Carried { reissuance, pauses: 0 });
        }
        while let Some((&(due, _), _)) = self.waiting.first_key_value() {
            self.wait(self.ask_at.map_or(due, |at| at.min(due)));
            if self.ask_at.take_if(|at| *at <= self.now).is_some() {
                self.list_changes();
            } else if let Some(((_, id), carried)) = self.waiting.pop_first() {
                self.carry(id, carried);
            }
        }
        self.sandbox.requests().len()
    }

    fn carry(&mut self, id: OrderId, mut carried: Carried) {
        let mut until = loop {
            match carried.reissuance.poll(self.now) {
                Step::Send(attempt) => {
                    let outcome = self.exchange(attempt.request);
                    carried.reissuance.handle(self.now, outcome);
                }
                Step::Wait(until) => break until,
                Step::Done(Ok(Progress::Requesting(_))) => carried.pauses = 0,
                Step::Done(Ok(Progress::Issued(_))) => return,
                Step::Done(other) => panic!("{other:?}"),
            }
        };
        let is_paced = carried.reissuance.next_look().is_none();
        if !is_paced && carried.reissuance.is_requested() {
            carried.pauses += 1;
            if carried.pauses == 1 {
                self.pause = PAUSES[0];
            } else if carried.reissuance.waits_for() == Some(Awaited::Issuance) {
                until = self.now + LAG;
            }
            let ask_at = self.now + self.pause;
            self.ask_at = Some(self.ask_at.map_or(ask_at, |at| at.min(ask_at)));
        }
        self.waiting.insert((until, id), carried);
    }

    fn list_changes(&mut self) {
        let changed = self.ask(StatusChanges::within(self.pause + LAG));
        for ((mut until, id), mut carried) in mem::take(&mut self.waiting) {
            let mut of_order = changed.orders.iter().filter(|it| it.order_id == id);
            if let Some(change) = of_order.find(|it| it.status != OrderStatus::ReissuePending) {
                carried.reissuance.changed(change);
                until = self.now;
            }
            self.waiting.insert((until, id), carried);
        }
        self.pause = self.pause.saturating_mul(2).min(PAUSES[1]);
        let is_wanted = self.waiting.values().any(|it| it.reissuance.is_requested());
        self.ask_at = is_wanted.then(|| self.now + self.pause);
    }

    fn ask<E: Endpoint>(&mut self, endpoint: E) -> E::Output {
        let mut call = self.api.call(endpoint);
        loop {
            match call.poll(self.now) {
                Step::Send(attempt) => {
                    let outcome = self.exchange(attempt.request);
                    call.handle(self.now, outcome);
                }
                Step::Wait(until) => self.wait(until),
                Step::Done(result) => return result.unwrap(),
            }
        }
    }

    /// Lets time pass, for the sandbox too.
    fn wait(&mut self, until: Instant) {
        if self.now < self.issued_at && self.issued_at <= until {
            self.sandbox.advance(self.issued_at - self.now);
            self.now = self.issued_at;
            self.sandbox.hold_issuance(false);
        }
        self.sandbox.advance(until.saturating_duration_since(self.now));
        self.now = self.now.max(until);
    }

    fn exchange(&self, request: Request<Bytes>) -> Result<Response<Bytes>, Failure> {
        let (head, body) = self
            .agent
            .run(request.map(Vec::from))
            .map_err(|e| Failure::new(FailureKind::Closed, e))?
            .into_parts();
        let body = body.into_with_config().read_to_vec();
        let body = body.map_err(|e| Failure::new(FailureKind::Closed, e))?;
        Ok(Response::from_parts(head, body.into()))
    }
}

fn name(order: u64) -> String {
    format!("shop-{order}.example.org")
}
