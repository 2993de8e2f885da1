//! The rate limiter in a simulated world: calls, timers that are late, a network, and a service that
//! counts what arrives. Time is virtual.

use std::{
    cmp::Reverse,
    collections::{BinaryHeap, VecDeque},
    time::{Duration, Instant},
};

use bytes::Bytes;
use certcentral_core::{Api, Call, ListReissues, OrderId, Step};
use http::Response;

/// A call of one of the `Api`s, made so long after the start.
#[derive(Clone, Copy, Debug)]
pub struct Planned {
    /// Its index.
    pub api: usize,
    /// When, since the start.
    pub at: Duration,
    /// Whether nobody waits for it.
    pub background: bool,
}

/// What calls meet.
#[derive(Clone, Debug)]
pub struct World {
    /// The windows that the service counts in; more is answered with 429.
    pub windows: Vec<(usize, Duration)>,
    /// Whether a request that is answered with 429 takes room in them.
    pub counts_refused: bool,
    /// How many of a hundred requests are answered with 429 for no reason.
    pub strays: u32,
    /// Each way takes half of it.
    pub round_trip: Duration,
    /// And up to so much more.
    pub jitter: Duration,
    /// Timers fire up to so much late.
    pub lateness: Duration,
    /// Of what is random.
    pub seed: u64,
}

/// What became of a call.
#[derive(Clone, Copy, Debug, Default)]
pub struct Outcome {
    /// How long it waited until its last request was sent.
    pub waited: Duration,
    /// When its last request was sent, since the start.
    pub sent: Duration,
    /// Whether it ended well.
    pub is_ok: bool,
}

/// What became of all.
#[derive(Debug, Default)]
pub struct Report {
    /// In the order of the calls.
    pub calls: Vec<Outcome>,
    /// When requests arrived at the service and were admitted, since the start.
    pub arrivals: Vec<Duration>,
    /// Requests answered with 429.
    pub refused: usize,
    /// Of all calls.
    pub polls: usize,
}

impl Report {
    /// When the last request was admitted.
    pub fn last(&self) -> Duration {
        self.arrivals.last().copied().unwrap_or_default()
    }

    /// Calls that ended with an error.
    pub fn failed(&self) -> usize {
        self.calls.iter().filter(|call| !call.is_ok).count()
    }

    /// The longest that any of the calls waited.
    pub fn longest_wait(&self) -> Duration {
        self.calls.iter().map(|call| call.waited).max().unwrap_or_default()
    }
}

impl World {
    /// A service next door, with timers that are late by up to `lateness`.
    pub fn near(windows: &[(usize, Duration)], lateness: Duration) -> Self {
        Self {
            windows: windows.to_vec(),
            counts_refused: false,
            strays: 0,
            round_trip: Duration::ZERO,
            jitter: Duration::ZERO,
            lateness,
            seed: 1,
        }
    }

    /// Runs `calls` to their ends, or until `end`.
    pub fn run(&self, apis: &[Api], calls: &[Planned], end: Duration) -> Report {
        Run::new(self, apis, calls).until(end)
    }
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Event {
    Arrive,
    Respond { admitted: bool },
    Poll,
}

struct Run<'a> {
    world: &'a World,
    start: Instant,
    calls: Vec<(Planned, Call<ListReissues>)>,
    events: BinaryHeap<Reverse<(Instant, usize, usize, Event)>>,
    service: VecDeque<Instant>,
    random: u64,
    report: Report,
}

impl<'a> Run<'a> {
    fn new(world: &'a World, apis: &[Api], planned: &[Planned]) -> Self {
        let start = Instant::now(); // only to count from
        let calls: Vec<_> = planned
            .iter()
            .filter_map(|&plan| {
                let call = apis.get(plan.api)?.call(ListReissues::new(OrderId(1)));
                Some((plan, if plan.background { call.in_background() } else { call }))
            })
            .collect();
        let report = Report { calls: vec![Outcome::default(); calls.len()], ..Report::default() };
        let mut run = Self {
            world,
            start,
            calls,
            events: BinaryHeap::new(),
            service: VecDeque::new(),
            random: world.seed,
            report,
        };
        for (index, plan) in planned.iter().enumerate() {
            run.events.push(Reverse((start + plan.at, index, index, Event::Poll)));
        }
        run
    }

    fn until(mut self, end: Duration) -> Report {
        let end = self.start + end;
        let mut order = self.calls.len();
        while let Some(Reverse((now, _, index, event))) = self.events.pop() {
            if now > end {
                break;
            }
            if let Some((at, event)) = self.happen(now, index, event) {
                order += 1; // events at one instant happen in the order in which they were caused
                self.events.push(Reverse((at, order, index, event)));
            }
        }
        self.report
    }

    fn happen(&mut self, now: Instant, index: usize, event: Event) -> Option<(Instant, Event)> {
        let one_way = self.world.round_trip / 2;
        if event == Event::Arrive {
            let admitted = self.admit(now);
            let at = now + one_way + self.below(self.world.jitter);
            return Some((at, Event::Respond { admitted }));
        }
        let (plan, call) = self.calls.get_mut(index)?;
        if let Event::Respond { admitted } = event {
            call.handle(now, Ok(response(admitted)));
        }
        self.report.polls += 1;
        let outcome = self.report.calls.get_mut(index)?;
        match call.poll(now) {
            Step::Send(_) => {
                outcome.sent = now - self.start;
                outcome.waited = outcome.sent.saturating_sub(plan.at);
                Some((now + one_way + self.below(self.world.jitter), Event::Arrive))
            }
            Step::Wait(until) => Some((until + self.below(self.world.lateness), Event::Poll)),
            Step::Done(result) => {
                outcome.is_ok = result.is_ok();
                None
            }
        }
    }

    fn admit(&mut self, now: Instant) -> bool {
        let is_stray = self.below(Duration::from_secs(100)).as_secs() < self.world.strays.into();
        let is_full = |&(count, span): &(usize, Duration)| {
            let oldest = self.service.len().checked_sub(count).and_then(|i| self.service.get(i));
            oldest.is_some_and(|&oldest| now < oldest + span)
        };
        let admitted = !is_stray && !self.world.windows.iter().any(is_full);
        if admitted || self.world.counts_refused {
            self.service.push_back(now);
            let most = self.world.windows.iter().map(|&(count, _)| count).max();
            if self.service.len() > most.unwrap_or_default() {
                self.service.pop_front();
            }
        }
        if admitted {
            self.report.arrivals.push(now - self.start);
        } else {
            self.report.refused += 1;
        }
        admitted
    }

    fn below(&mut self, most: Duration) -> Duration {
        self.random =
            self.random.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(0x1405_7b7e_f767_814f);
        let share = u32::try_from(self.random >> 32).unwrap_or(u32::MAX);
        most.mul_f64(f64::from(share) / f64::from(u32::MAX))
    }
}

fn response(admitted: bool) -> Response<Bytes> {
    if admitted {
        return Response::new(Bytes::from_static(br#"{"certificates": []}"#));
    }
    let mut response = Response::new(Bytes::new());
    *response.status_mut() = http::StatusCode::TOO_MANY_REQUESTS;
    response
}

/// `count` calls at once.
pub fn at_once(count: usize) -> Vec<Planned> {
    vec![Planned { api: 0, at: Duration::ZERO, background: false }; count]
}

/// `count` calls at even distances.
pub fn every(distance: Duration, count: u32) -> Vec<Planned> {
    (0..count).map(|i| Planned { api: 0, at: distance * i, background: false }).collect()
}

/// `total` calls of `processes`: as many each, or ten times as many by the first.
pub fn processes(processes: usize, total: usize, equal: bool) -> Vec<Planned> {
    let weight = |api: usize| if api == 0 && !equal { 10 } else { 1 };
    let weights: usize = (0..processes).map(weight).sum();
    (0..processes)
        .flat_map(|api| {
            let plan = Planned { api, at: Duration::ZERO, background: false };
            std::iter::repeat_n(plan, total * weight(api) / weights)
        })
        .collect()
}
