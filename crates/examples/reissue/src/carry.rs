//! Many orders at once.

use std::{
    mem,
    sync::{
        Mutex, PoisonError,
        mpsc::{self, RecvTimeoutError, Sender},
    },
    thread,
    time::{Duration, Instant},
};

use certcentral_example_cli::note;
use certcentral_transport_ureq::{
    Error,
    order::{ChangedOrders, OrderStatus, OrderSummary, StatusChanges},
};

use crate::job::{End, Job, Shared, Turn};

/// Drives all jobs to their ends. `ended` is told of each.
pub(crate) fn carry<'a>(
    shared: &'a Shared<'a>,
    jobs: Vec<Job<'a>>,
    mut ended: impl FnMut(&Job<'a>, End),
) {
    let (work, queue) = mpsc::channel::<Box<Job<'a>>>();
    let (results, done) = mpsc::channel();
    let queue = Mutex::new(queue);
    thread::scope(|scope| {
        for _ in 0..jobs.len().min(THREADS) {
            let (queue, results) = (&queue, results.clone());
            scope.spawn(move || {
                loop {
                    let next = queue.lock().unwrap_or_else(PoisonError::into_inner).recv();
                    let Ok(mut job) = next else { return };
                    let turn = job.turn();
                    let _ = results.send(Done::Turn(job, turn));
                }
            });
        }
        let mut carrier = Carrier {
            shared,
            work,
            busy: 0,
            waiting: Vec::new(),
            changes: None,
            is_asking: false,
            pause: PAUSES[0],
            is_refused: false,
        };
        let total = jobs.len();
        let mut left = total;
        for job in jobs {
            carrier.start(job);
        }
        while carrier.busy > 0 || !carrier.waiting.is_empty() {
            shared.report.progress(&format!(
                "{} of {total} orders done, {} wait",
                total - left,
                carrier.waiting.len()
            ));
            match done.recv_timeout(carrier.idle()) {
                Ok(Done::Turn(job, Turn::Ends(end))) => {
                    carrier.busy -= 1;
                    left -= 1;
                    ended(&job, end);
                }
                Ok(Done::Turn(job, Turn::Waits(until))) => carrier.wait(*job, until),
                Ok(Done::Changes(result)) => carrier.changed(result),
                Err(RecvTimeoutError::Disconnected) => return,
                Err(RecvTimeoutError::Timeout) => {}
            }
            if !shared.left().is_zero() {
                carrier.go_on();
                if let Some(time) = carrier.ask() {
                    // Not behind all that the threads have to do.
                    let results = results.clone();
                    scope.spawn(move || {
                        let list = StatusChanges::within(time);
                        let changes = shared.client.send_within(list, shared.left());
                        let _ = results.send(Done::Changes(changes));
                    });
                }
            } else if carrier.busy == 0 {
                for (job, _) in carrier.waiting.drain(..) {
                    let end = End::new("waits", format!("for {}", job.waits_for()));
                    job.tell_end(&end);
                    left -= 1;
                    ended(&job, end);
                }
            }
        }
    });
}

/// Calls take most of the time, and the rate limit admits no more.
const THREADS: usize = 8;

enum Done<'a> {
    Turn(Box<Job<'a>>, Turn),
    Changes(Result<ChangedOrders, Error>),
}

struct Carrier<'a> {
    shared: &'a Shared<'a>,
    work: Sender<Box<Job<'a>>>,
    busy: usize,
    /// When each is to be looked at.
    waiting: Vec<(Job<'a>, Instant)>,
    /// When the list of changes is asked for, unless it is being asked for, and the pause after that.
    changes: Option<Instant>,
    is_asking: bool,
    pause: Duration,
    is_refused: bool,
}

/// The first and the longest pause between two lists of changes.
const PAUSES: [Duration; 2] = [Duration::from_secs(2), Duration::from_secs(30)];

impl<'a> Carrier<'a> {
    fn start(&mut self, job: Job<'a>) {
        self.busy += 1;
        let _ = self.work.send(Box::new(job));
    }

    /// Returns how long there is nothing to do.
    fn idle(&self) -> Duration {
        if self.shared.left().is_zero() {
            return PAUSES[0]; // what is in flight ends soon
        }
        let looks = self.waiting.iter().map(|(_, until)| *until).chain(self.changes);
        let next = looks.min().unwrap_or(self.shared.deadline).min(self.shared.deadline);
        next.saturating_duration_since(Instant::now())
    }

    fn wait(&mut self, job: Job<'a>, until: Instant) {
        self.busy -= 1;
        let is_told = job.is_requested() && self.shared.args.is_due() && !self.is_refused;
        if is_told && job.pauses == 1 {
            self.pause = PAUSES[0]; // it was requested just now
            self.changes = self.changes.map(|at| at.min(after(self.pause)));
        }
        let until = if is_told && job.is_left_to_changes() { after(self.lag()) } else { until };
        self.waiting.push((job, until));
        if is_told && !self.is_asking {
            self.changes.get_or_insert(after(self.pause));
        }
    }

    fn changed(&mut self, result: Result<ChangedOrders, Error>) {
        (self.busy, self.is_asking) = (self.busy - 1, false);
        let changed = result.unwrap_or_else(|e| {
            note(&format!("no list of changes: {e:#}\n"));
            self.is_refused = !e.is_transient();
            ChangedOrders::default()
        });
        for (job, until) in &mut self.waiting {
            let of_job = |it: &&OrderSummary| it.order_id == job.order_id;
            let change = changed.orders.iter().find(of_job);
            if let Some(change) = change.filter(|it| it.status != OrderStatus::ReissuePending) {
                job.changed(change);
                *until = Instant::now();
            }
            if self.is_refused {
                *until = Instant::now();
            }
        }
        self.pause = self.pause.saturating_mul(2).min(PAUSES[1]);
        let is_wanted = !self.is_refused && self.waiting.iter().any(|(job, _)| job.is_requested());
        self.changes = is_wanted.then(|| after(self.pause));
    }

    /// Starts what is due.
    fn go_on(&mut self) {
        let now = Instant::now();
        let (due, waiting) = mem::take(&mut self.waiting).into_iter().partition(|it| it.1 <= now);
        self.waiting = waiting;
        for (job, _) in Vec::from_iter::<Vec<_>>(due) {
            self.start(job);
        }
    }

    /// Returns within which time changes are to be listed, if that is due.
    fn ask(&mut self) -> Option<Duration> {
        self.changes.take_if(|at| *at <= Instant::now())?;
        (self.busy, self.is_asking) = (self.busy + 1, true);
        Some((self.pause + self.lag()).min(WEEK))
    }

    /// How long lists may lack what has happened.
    fn lag(&self) -> Duration {
        self.shared.args.lag.unwrap_or(Duration::from_secs(15 * 60)).min(WEEK)
    }
}

/// The longest time that the service lists changes of.
const WEEK: Duration = Duration::from_secs(7 * 24 * 60 * 60);

fn after(pause: Duration) -> Instant {
    let now = Instant::now();
    now.checked_add(pause).unwrap_or(now)
}
