//! Many orders at once.

use std::{
    collections::{BTreeMap, btree_map::OccupiedEntry},
    mem,
    ops::ControlFlow,
    sync::mpsc,
    thread,
    time::{Duration, Instant},
};

use certcentral_example_cli::note;
use certcentral_transport_ureq::{
    OrderId,
    order::{ChangedOrders, OrderSummary, StatusChanges},
    reissuance::Awaited,
};

use crate::{
    Shared,
    job::Job,
    report::{End, Row},
};

/// Drives all jobs to their ends.
pub(crate) fn carry<'a>(shared: &'a Shared<'a>, jobs: Vec<Job<'a>>) -> Vec<Row> {
    let now = Instant::now();
    let waiting = jobs.into_iter().map(|job| ((now, job.order_id), job.into()));
    let waiting = waiting.collect::<BTreeMap<_, _>>();
    let total = waiting.len();
    let mut carrier =
        Carrier { shared, waiting, total, ended: Vec::new(), ask_at: None, pause: PAUSES[0] };
    let (results, turns) = mpsc::channel();
    thread::scope(|scope| {
        while carrier.ended.len() < total {
            let (ended, waiting) = (carrier.ended.len(), carrier.waiting.len());
            shared.report.progress(format!("{ended} of {total} orders done, {waiting} wait"));
            while let Some(mut job) = carrier.due() {
                let results = results.clone();
                scope.spawn(move || {
                    let turn = job.turn();
                    let _ = results.send((job, turn));
                });
            }
            carrier.ask();
            if let Ok((job, turn)) = turns.recv_timeout(TICK) {
                carrier.turned(job, turn);
            }
            if shared.left().is_zero() {
                let late = mem::take(&mut carrier.waiting).into_values();
                let end = |job: &Job<'_>| job.end(("waits", format!("for {}", job.waits_for())));
                carrier.ended.extend(late.map(|job| end(&job)));
            }
        }
    });
    carrier.ended
}

struct Carrier<'a> {
    shared: &'a Shared<'a>,
    /// By when each is to be driven.
    waiting: BTreeMap<(Instant, OrderId), Box<Job<'a>>>,
    ended: Vec<Row>,
    total: usize,
    /// When changes are listed, and the pause after that.
    ask_at: Option<Instant>,
    pause: Duration,
}

/// Calls take most of the time, and the rate limit admits no more.
const THREADS: usize = 8;

/// The first and the longest pause between two lists of changes.
const PAUSES: [Duration; 2] = [Duration::from_secs(2), Duration::from_secs(30)];

/// How late a job may be driven.
const TICK: Duration = Duration::from_millis(50);

impl<'a> Carrier<'a> {
    /// Returns a job that is to be driven now.
    fn due(&mut self) -> Option<Box<Job<'a>>> {
        let busy = self.total - self.ended.len() - self.waiting.len();
        let first = self.waiting.first_entry().filter(|it| it.key().0 <= Instant::now());
        first.filter(|_| busy < THREADS).map(OccupiedEntry::remove)
    }

    fn turned(&mut self, job: Box<Job<'a>>, turn: ControlFlow<End, Instant>) {
        let mut until = match turn {
            ControlFlow::Continue(until) => until,
            ControlFlow::Break(end) => return self.ended.push(job.end(end)),
        };
        if self.shared.args.is_due() && job.reissuance.is_requested() {
            if job.pauses == 1 {
                self.pause = PAUSES[0]; // it was requested just now, and may have to be validated
            } else if job.reissuance.waits_for() == Some(Awaited::Issuance) {
                until = Instant::now() + self.shared.args.lag;
            }
            let ask_at = Instant::now() + self.pause;
            self.ask_at = Some(self.ask_at.map_or(ask_at, |at| at.min(ask_at)));
        }
        self.waiting.insert((until, job.order_id), job);
    }

    /// Lists what has changed, if that is due, and makes the jobs due that it is about.
    fn ask(&mut self) {
        let is_due = |at: &mut Instant| *at <= Instant::now() && !self.waiting.is_empty();
        if self.ask_at.take_if(is_due).is_none() {
            return;
        }
        let list = StatusChanges::within(self.pause + self.shared.args.lag);
        // Meanwhile nothing else is started.
        let time = self.shared.left().min(PAUSES[1]);
        let changed = self.shared.client.send_within(list, time);
        let changed = changed.unwrap_or_else(|e| {
            note(&format!("no list of changes: {e:#}\n"));
            ChangedOrders::default()
        });
        for ((mut until, order_id), mut job) in mem::take(&mut self.waiting) {
            let is_of_job = |it: &&OrderSummary| Some(it.order_id) == job.reissuance.order_id();
            let change = changed.orders.iter().find(is_of_job);
            if let Some(change) = change.filter(|change| !change.status.is_under_way()) {
                job.reissuance.changed(change);
                until = Instant::now();
            }
            self.waiting.insert((until, order_id), job);
        }
        self.pause = self.pause.saturating_mul(2).min(PAUSES[1]);
        let is_wanted = self.waiting.values().any(|job| job.reissuance.is_requested());
        self.ask_at = is_wanted.then(|| Instant::now() + self.pause);
    }
}
