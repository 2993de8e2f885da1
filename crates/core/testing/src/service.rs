//! Calls meet a network and a service that counts what arrives, in a made-up time.

use std::{
    cmp::Reverse,
    collections::BinaryHeap,
    time::{Duration, Instant},
};

use crate::world::{DOCUMENTED, Outcome, Policy, Polled, World};

/// Calls one after the other, for which nobody waits if they are in the background.
#[derive(Clone, Copy, Debug)]
pub struct Job {
    /// The index of the `Api` that makes them.
    pub api: usize,
    /// When the first of them is made, since the start, if there is a worker for it.
    pub at: Duration,
    pub background: bool,
    pub calls: u32,
}

/// What calls meet.
#[derive(Clone, Debug)]
pub struct Service {
    /// The windows that it counts in; more is answered with 429.
    pub windows: Vec<(u32, u64)>,
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
    /// How many jobs are in work at once.
    pub workers: usize,
    /// Of what is random.
    pub seed: u64,
}

/// What became of a job.
#[derive(Clone, Copy, Debug, Default)]
pub struct Ended {
    /// How long it waited until its last request was sent.
    pub waited: Duration,
    /// When its last request was sent, since the start.
    pub sent: Duration,
    /// Whether all its calls ended well.
    pub is_ok: bool,
}

/// What became of all.
#[derive(Debug, Default)]
pub struct Report {
    /// In the order of the jobs.
    pub jobs: Vec<Ended>,
    /// Requests that arrived at the service and were admitted.
    pub admitted: usize,
    /// When the last of them arrived, since the start.
    pub last: Duration,
    /// Requests answered with 429.
    pub refused: usize,
    /// Of all calls.
    pub polls: usize,
}

impl Report {
    /// Jobs that did not end well.
    pub fn failed(&self) -> usize {
        self.jobs.iter().filter(|job| !job.is_ok).count()
    }

    /// The longest that any of the jobs waited.
    pub fn longest_wait(&self) -> Duration {
        self.jobs.iter().map(|job| job.waited).max().unwrap_or_default()
    }
}

impl Service {
    /// A service next door with the documented windows, and timers that are on time.
    pub fn near() -> Self {
        Self {
            windows: DOCUMENTED.into(),
            counts_refused: false,
            strays: 0,
            round_trip: Duration::ZERO,
            jitter: Duration::ZERO,
            lateness: Duration::ZERO,
            workers: usize::MAX,
            seed: 1,
        }
    }

    /// A service at the other end of a network, and timers that are a little late.
    pub fn far() -> Self {
        let ms = Duration::from_millis;
        Self { round_trip: ms(80), jitter: ms(10), lateness: ms(3), ..Self::near() }
    }

    /// Runs `jobs` by as many `Api`s as they name to their ends, or until `end`.
    pub fn run(&self, policy: &Policy, jobs: &[Job], end: Duration) -> Report {
        let start = Instant::now(); // only to count from
        let apis = jobs.iter().map(|job| job.api + 1).max().unwrap_or_default();
        let mut run = Run {
            service: self,
            start,
            apis: (0..apis).map(|_| World::new(policy.clone(), start)).collect(),
            jobs: jobs.iter().map(|&job| Progress { job, call: None, left: job.calls }).collect(),
            events: BinaryHeap::new(),
            counted: Vec::new(),
            random: Random(self.seed),
            report: Report { jobs: vec![Ended::default(); jobs.len()], ..Report::default() },
        };
        let first = self.workers.min(jobs.len());
        run.events.extend((0..first).map(|i| Reverse((start + jobs[i].at, i, i, Event::Poll))));
        run.until(start + end, first);
        run.report
    }
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Event {
    Arrive,
    Respond { admitted: bool },
    Poll,
}

struct Run<'a> {
    service: &'a Service,
    start: Instant,
    apis: Vec<World>,
    jobs: Vec<Progress>,
    /// When, in which order at one instant, and to which job.
    events: BinaryHeap<Reverse<(Instant, usize, usize, Event)>>,
    /// When the requests arrived that the service counts.
    counted: Vec<Instant>,
    random: Random,
    report: Report,
}

struct Progress {
    job: Job,
    /// The index of the call that is in work.
    call: Option<usize>,
    /// Calls that have not ended.
    left: u32,
}

impl Run<'_> {
    fn until(&mut self, end: Instant, mut next_job: usize) {
        let mut order = self.jobs.len();
        while let Some(Reverse((now, _, job, event))) = self.events.pop() {
            if now > end {
                return;
            }
            let (at, job, event) = match self.happen(now, job, event) {
                Some((at, event)) => (at, job, event),
                None if next_job < self.jobs.len() => {
                    next_job += 1;
                    (
                        now.max(self.start + self.jobs[next_job - 1].job.at),
                        next_job - 1,
                        Event::Poll,
                    )
                }
                None => continue,
            };
            order += 1; // events at one instant happen in the order in which they were caused
            self.events.push(Reverse((at, order, job, event)));
        }
    }

    /// Lets `event` happen, and returns what it causes; nothing at the end of a job.
    fn happen(&mut self, now: Instant, index: usize, event: Event) -> Option<(Instant, Event)> {
        let one_way = self.service.round_trip / 2;
        let progress = &mut self.jobs[index];
        let Job { at, background, .. } = progress.job;
        let api = &mut self.apis[progress.job.api];
        let mut call = *progress.call.get_or_insert_with(|| api.call(None, background, true));
        match event {
            Event::Arrive => {
                let admitted = self.admit(now);
                let at = now + one_way + self.random.below(self.service.jitter);
                return Some((at, Event::Respond { admitted }));
            }
            Event::Respond { admitted } => {
                api.handle(call, now, Outcome::Status(if admitted { 200 } else { 429 }, None));
            }
            Event::Poll => {}
        }
        loop {
            self.report.polls += 1;
            match api.poll(call, now) {
                Polled::Sent => {
                    let ended = &mut self.report.jobs[index];
                    ended.sent = now - self.start;
                    ended.waited = ended.sent.saturating_sub(at);
                    return Some((
                        now + one_way + self.random.below(self.service.jitter),
                        Event::Arrive,
                    ));
                }
                Polled::Wait(until) => {
                    return Some((until + self.random.below(self.service.lateness), Event::Poll));
                }
                Polled::Done { is_ok } => {
                    progress.left -= u32::from(is_ok);
                    self.report.jobs[index].is_ok = progress.left == 0;
                    if !is_ok || progress.left == 0 {
                        return None;
                    }
                    call = api.call(None, background, true);
                    progress.call = Some(call);
                }
            }
        }
    }

    fn admit(&mut self, now: Instant) -> bool {
        let is_stray =
            self.random.below(Duration::from_secs(100)).as_secs() < self.service.strays.into();
        let is_full = |&(count, span): &(u32, u64)| {
            let oldest = self.counted.len().checked_sub(count as usize);
            oldest.is_some_and(|oldest| now < self.counted[oldest] + Duration::from_millis(span))
        };
        let admitted = !is_stray && !self.service.windows.iter().any(is_full);
        if admitted || self.service.counts_refused {
            self.counted.push(now);
        }
        if admitted {
            self.report.admitted += 1;
            self.report.last = now - self.start;
        } else {
            self.report.refused += 1;
        }
        admitted
    }
}

struct Random(u64);

impl Random {
    fn below(&mut self, most: Duration) -> Duration {
        self.0 = self.0.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(0x1405_7b7e_f767_814f);
        let share = u32::try_from(self.0 >> 32).unwrap_or(u32::MAX);
        most.mul_f64(f64::from(share) / f64::from(u32::MAX))
    }
}

/// When the last of `requests` can be sent at the earliest if the `windows` are kept.
pub fn best(requests: usize, windows: &[(u32, u64)]) -> Duration {
    let mut sends: Vec<u64> = Vec::new();
    for i in 0..requests {
        let leaves =
            |&(count, span): &(u32, u64)| Some(sends[i.checked_sub(count as usize)?] + span);
        sends.push(windows.iter().filter_map(leaves).max().unwrap_or_default());
    }
    Duration::from_millis(sends.last().copied().unwrap_or_default())
}

/// `count` jobs of one call at once.
pub fn at_once(count: usize) -> Vec<Job> {
    every(Duration::ZERO, count)
}

/// `count` jobs of one call at even distances.
pub fn every(distance: Duration, count: usize) -> Vec<Job> {
    let job = |at| Job { api: 0, at, background: false, calls: 1 };
    (0..).take(count).map(|i| job(distance * i)).collect()
}

/// `total` jobs of `processes`: as many each, or ten times as many by the first.
pub fn processes(processes: usize, total: usize, equal: bool) -> Vec<Job> {
    let weight = |api: usize| if api == 0 && !equal { 10 } else { 1 };
    let weights: usize = (0..processes).map(weight).sum();
    let jobs = |api| {
        let job = Job { api, at: Duration::ZERO, background: false, calls: 1 };
        std::iter::repeat_n(job, total * weight(api) / weights)
    };
    (0..processes).flat_map(jobs).collect()
}
