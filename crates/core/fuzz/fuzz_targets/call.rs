//! Any sequence of operations on the calls of one `Api`: late polls, lost responses, 429s, drops,
//! calls in the background and not.
//!
//! What must hold: wherever requests arrive between their send and their end, no window has too
//! many; no call sends past its deadline or more attempts than it may; every call ends once the
//! service is well. (Who waits for how long is tested in `crates/bench/tests/pacing.rs`.)

#![no_main]

use std::time::{Duration, Instant};

use certcentral_core::{
    Api, ApiKey, Call, Failure, FailureKind, ListReissues, OrderId, RateLimit, RetryPolicy, Step,
};
use http::Response;
use libfuzzer_sys::{
    arbitrary::{self, Arbitrary},
    fuzz_target,
};

fuzz_target!(|script: Script| {
    let mut world = World::new(&script);
    for &operation in &script.operations {
        world.perform(operation);
    }
    world.end_all();
    world.check_windows();
});

#[derive(Arbitrary, Debug)]
struct Script {
    limit: u8,
    attempts: u8,
    reserve: u8,
    attempt_seconds: u8,
    jitter_seed: u64,
    operations: Vec<Operation>,
}

#[derive(Arbitrary, Clone, Copy, Debug)]
enum Operation {
    Pass { millis: u16 },
    Make { background: bool, deadline_millis: Option<u16> },
    Poll { call: u8, late_millis: u8 },
    Respond { call: u8, status: Status, retry_after: Option<u8> },
    Fail { call: u8 },
    Drop { call: u8 },
}

#[derive(Arbitrary, Clone, Copy, Debug)]
enum Status {
    Ok,
    NotFound,
    TooManyRequests,
    Unavailable,
}

const LIMITS: [&[(u32, u64)]; 5] = [
    &[(1, 100)],
    &[(2, 250)],
    &[(5, 1000)],
    &[(3, 500), (7, 4000)],
    &[(100, 5000), (1000, 180_000)],
];
const MARGIN: u64 = 50;

struct World {
    windows: &'static [(u32, u64)],
    attempts: u32,
    api: Api,
    now: Instant,
    calls: Vec<Watched>,
    /// Of each attempt, the instants between which its request may have arrived.
    arrivals: Vec<(Instant, Instant)>,
}

struct Watched {
    call: Call<ListReissues>,
    deadline: Option<Instant>,
    told: Instant,
    /// When the attempt in flight was sent, and when it must be over.
    in_flight: Option<(Instant, Instant)>,
    /// Attempts but for those refused with 429.
    used: u32,
    is_over: bool,
}

impl World {
    fn new(script: &Script) -> Self {
        let windows = LIMITS[usize::from(script.limit) % LIMITS.len()];
        let limit: Vec<_> = windows.iter().map(|&(count, span)| (count, ms(span))).collect();
        let limit = RateLimit::windows(&limit).unwrap().margin(ms(MARGIN));
        let attempts = 1 + u32::from(script.attempts % 4);
        let api = Api::builder(ApiKey::new("0123456789ABCDEF").unwrap())
            .rate_limit(limit.reserve(script.reserve % 100))
            .retry(RetryPolicy::default().max_attempts(attempts))
            .attempt_timeout(Duration::from_secs(1 + u64::from(script.attempt_seconds)))
            .jitter_seed(script.jitter_seed)
            .build()
            .unwrap();
        Self {
            windows,
            attempts,
            api,
            now: Instant::now(),
            calls: Vec::new(),
            arrivals: Vec::new(),
        }
    }

    fn perform(&mut self, operation: Operation) {
        match operation {
            Operation::Pass { millis } => self.now += ms(millis.into()),
            Operation::Make { background, deadline_millis } => {
                let call = self.api.call(ListReissues::new(OrderId(7)));
                let call = if background { call.in_background() } else { call };
                let deadline = deadline_millis.map(|millis| self.now + ms(millis.into()));
                let call = deadline.into_iter().fold(call, Call::with_deadline);
                let (told, in_flight) = (self.now, None);
                let watched = Watched { call, deadline, told, in_flight, used: 0, is_over: false };
                self.calls.push(watched);
            }
            Operation::Poll { call, late_millis } => {
                if let Some(index) = self.index(call) {
                    self.now = self.now.max(self.calls[index].told) + ms(late_millis.into());
                    self.poll(index);
                }
            }
            Operation::Respond { call, status, retry_after } => {
                if let Some(index) = self.index(call) {
                    self.respond(index, status, retry_after);
                }
            }
            Operation::Fail { call } => {
                if let Some(index) = self.index(call) {
                    self.end(index, MARGIN);
                    let failure = Failure::new(FailureKind::Closed, "reset");
                    self.calls[index].call.handle(self.now, Err(failure));
                }
            }
            Operation::Drop { call } => {
                if let Some(index) = self.index(call) {
                    self.end(index, MARGIN);
                    self.calls.swap_remove(index);
                }
            }
        }
    }

    fn index(&self, call: u8) -> Option<usize> {
        usize::from(call).checked_rem(self.calls.len())
    }

    fn poll(&mut self, index: usize) {
        if self.calls[index].in_flight.is_some_and(|(_, deadline)| deadline <= self.now) {
            self.end(index, MARGIN);
        }
        let watched = &mut self.calls[index];
        match watched.call.poll(self.now) {
            Step::Send(_) => {
                assert!(watched.in_flight.is_none() && !watched.is_over, "sent again");
                assert!(watched.deadline.is_none_or(|deadline| self.now < deadline), "sent late");
                watched.used += 1;
                assert!(watched.used <= self.attempts, "attempt {}", watched.used);
                let Step::Wait(deadline) = watched.call.poll(self.now) else {
                    panic!("an attempt in flight is waited for")
                };
                watched.in_flight = Some((self.now, deadline));
                watched.told = deadline;
            }
            Step::Wait(at) => {
                assert!(self.now < at, "told to come at once");
                watched.told = at;
            }
            Step::Done(_) => watched.is_over = true,
        }
    }

    fn respond(&mut self, index: usize, status: Status, retry_after: Option<u8>) {
        self.end(index, 0);
        let watched = &mut self.calls[index];
        let (status, body) = match status {
            Status::Ok => (200, r#"{"certificates": []}"#),
            Status::NotFound => (404, ""),
            Status::TooManyRequests => (429, ""),
            Status::Unavailable => (503, ""),
        };
        let mut response = Response::builder().status(status);
        if let Some(seconds) = retry_after {
            response = response.header("retry-after", u64::from(seconds));
        }
        if status == 429 && !watched.is_over {
            watched.used = watched.used.saturating_sub(1);
        }
        watched.call.handle(self.now, Ok(response.body(body.into()).unwrap()));
    }

    /// Notes the end of the attempt in flight, if there is one.
    fn end(&mut self, index: usize, margin: u64) {
        if let Some((sent, _)) = self.calls[index].in_flight.take() {
            self.arrivals.push((sent, self.now + ms(margin)));
        }
    }

    /// From here on everybody is on time and the service is well.
    fn end_all(&mut self) {
        for index in 0..self.calls.len() {
            if self.calls[index].in_flight.is_some() {
                self.respond(index, Status::Ok, None);
            }
        }
        for _ in 0..100 * (self.calls.len() + 10) {
            let waiting = self.calls.iter().enumerate().filter(|(_, watched)| !watched.is_over);
            let next = waiting.min_by_key(|(_, watched)| watched.told).map(|(index, _)| index);
            let Some(index) = next else { return };
            self.now = self.now.max(self.calls[index].told);
            self.poll(index);
            if self.calls[index].in_flight.is_some() {
                self.respond(index, Status::Ok, None);
            }
        }
        panic!("a call does not end");
    }

    fn check_windows(&self) {
        for &(count, span) in self.windows {
            for &(_, from) in &self.arrivals {
                let meets =
                    |&&(sent, end): &&(Instant, Instant)| sent < from + ms(span) && from <= end;
                let most = self.arrivals.iter().filter(meets).count();
                assert!(most <= usize::try_from(count).unwrap(), "{most} in {span} ms");
            }
        }
    }
}

fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}
