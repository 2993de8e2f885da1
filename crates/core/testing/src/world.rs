//! The calls of one `Api` in a made-up time, and what an observer can demand of them.
//!
//! The fuzz target `call` and the property `schedules` make moves in it, and [`service`](crate::service)
//! lets calls meet a network and a service in it.
//!
//! What must hold:
//!
//! - wherever requests arrive between their send and their end, no window has too many
//! - a background call sends only if it leaves the reserve of every window free
//! - nothing is sent in a pause after 429, or at or past a call's deadline
//! - no call makes more attempts than it may, and none twice that is not repeatable
//! - a call that waits alone waits for a full window
//! - a call that ends early says when there would have been room
//! - every call ends once the service is well

use std::{
    collections::VecDeque,
    mem,
    time::{Duration, Instant},
};

use bytes::Bytes;
use certcentral_core::{
    Api, ApiKey, Call, DeadlineReason, DecodeError, Endpoint, Error, Failure, FailureKind,
    RateLimit, RetryPolicy, Step, decode_json, serde_json::Value,
};
use http::{Method, Response};

/// How an `Api` is set up. Times are in milliseconds.
#[derive(Clone, Debug)]
pub struct Policy {
    /// Count and span.
    pub windows: Vec<(u32, u64)>,
    /// Percent.
    pub reserve: u8,
    pub margin: u64,
    pub attempts: u32,
    pub attempt_timeout: u64,
    pub call_timeout: Option<u64>,
    pub seed: u64,
}

/// 100 requests in any 5 seconds and 1000 in any 3 minutes (documented).
pub const DOCUMENTED: [(u32, u64); 2] = [(100, 5000), (1000, 180_000)];

impl Default for Policy {
    /// The core's own defaults.
    fn default() -> Self {
        Self {
            windows: DOCUMENTED.into(),
            reserve: 10,
            margin: 500,
            attempts: 3,
            attempt_timeout: 30_000,
            call_timeout: None,
            seed: 1,
        }
    }
}

/// Something that happens. Times are in milliseconds; a call is the one at the index, modulo the
/// number of those in question.
#[derive(Clone, Copy, Debug)]
pub enum Move {
    /// A call is made, with a deadline this far ahead.
    Make { deadline: Option<u64>, background: bool, repeatable: bool },
    /// Time passes.
    Pass { time: u64 },
    /// The call that was told the earliest instant is polled, this long after it.
    PollNext { late: u64 },
    /// Any call is polled, by a thread that read the clock this long ago, [`SKEW`] at most.
    Poll { call: usize, behind: u64 },
    /// Something becomes of an attempt in flight.
    End { call: usize, outcome: Outcome },
    /// Something is handed to any call, whether it has an attempt in flight or not.
    Interrupt { call: usize, outcome: Outcome },
    /// A call moves to the background.
    Defer { call: usize },
    /// A call is dropped.
    Drop { call: usize },
}

/// What becomes of an attempt.
#[derive(Clone, Copy, Debug)]
pub enum Outcome {
    /// A response with this status, and a `Retry-After` in seconds.
    Status(u16, Option<u64>),
    Failure(FailureKind),
}

/// By how much the clocks of threads may differ, in milliseconds.
pub const SKEW: u64 = 20;

/// What a poll came to.
#[derive(Clone, Copy, Debug)]
pub enum Polled {
    /// A request is sent.
    Sent,
    /// Nothing before this instant.
    Wait(Instant),
    /// The call is over.
    Done {
        /// Whether it ended well.
        is_ok: bool,
    },
}

/// Makes all `moves`, and lets every call end. Panics if something does not hold.
pub fn run(policy: Policy, moves: impl IntoIterator<Item = Move>) {
    let mut world = World::new(policy, Instant::now() + Duration::from_secs(1));
    for next in moves {
        world.make(next);
    }
    world.end_all();
}

/// The calls of one `Api`, watched.
pub struct World {
    policy: Policy,
    api: Api,
    now: Instant,
    calls: Vec<Watched>,
    /// How many of them were told when to come again.
    waiting: usize,
    /// Those that may count in a window, and all after them.
    attempts: VecDeque<Attempt>,
    /// How many attempts were before these.
    forgotten: usize,
    /// The least that the `Api` pauses.
    pause_end: Option<Instant>,
    /// Whether the rate limit may have a reason to let a call wait that is not seen here: clocks
    /// that differ, a dropped attempt, a 429.
    disturbed: bool,
}

#[expect(clippy::struct_excessive_bools, reason = "an observer notes what it saw")]
struct Watched {
    call: Call<Probe>,
    deadline: Option<Instant>,
    background: bool,
    repeatable: bool,
    is_polled: bool,
    /// The latest instant that it was shown.
    seen: Option<Instant>,
    /// When it was told to come again.
    told: Option<Instant>,
    /// Whether its last attempt failed, and it was not told for how long to back off, or until then.
    in_backoff: bool,
    /// The index of its attempt in flight, and when that must be over.
    in_flight: Option<(usize, Instant)>,
    sent: u32,
    /// Attempts, but for those that got a 429.
    used: u32,
    may_have_taken_effect: bool,
    is_over: bool,
}

/// The instants between which a request arrives.
struct Attempt {
    sent: Instant,
    end: Option<Instant>,
}

impl World {
    /// Makes an `Api`. `now` is where time begins.
    pub fn new(policy: Policy, now: Instant) -> Self {
        let windows: Vec<_> =
            policy.windows.iter().map(|&(count, span)| (count, ms(span))).collect();
        let limit = RateLimit::windows(&windows).unwrap_or_else(|_| RateLimit::unlimited());
        let mut api = Api::builder(ApiKey::new("S3cretKey").unwrap())
            .rate_limit(limit.margin(ms(policy.margin)).reserve(policy.reserve))
            .retry(RetryPolicy::default().max_attempts(policy.attempts))
            .attempt_timeout(ms(policy.attempt_timeout))
            .jitter_seed(policy.seed);
        if let Some(timeout) = policy.call_timeout {
            api = api.call_timeout(ms(timeout));
        }
        Self {
            api: api.build().unwrap(),
            policy,
            now,
            calls: Vec::new(),
            waiting: 0,
            attempts: VecDeque::new(),
            forgotten: 0,
            pause_end: None,
            disturbed: false,
        }
    }

    fn make(&mut self, next: Move) {
        match next {
            Move::Make { deadline, background, repeatable } => {
                self.call(deadline, background, repeatable);
            }
            Move::Pass { time } => self.now += ms(time),
            Move::PollNext { late } => {
                if let Some((due, index)) = self.next() {
                    self.poll(index, self.now.max(due) + ms(late));
                }
            }
            Move::Poll { call, behind } => {
                if let Some(index) = self.pick(call, |_| true) {
                    let read = self.now.checked_sub(ms(behind)).unwrap_or(self.now);
                    let read = self.calls[index].seen.map_or(read, |seen| read.max(seen));
                    self.disturbed |= read < self.now;
                    self.poll(index, read);
                }
            }
            Move::End { call, outcome } => {
                if let Some(index) = self.pick(call, |call| call.in_flight.is_some()) {
                    self.handle(index, self.now, outcome);
                }
            }
            Move::Interrupt { call, outcome } => {
                if let Some(index) = self.pick(call, |_| true) {
                    self.handle(index, self.now, outcome);
                }
            }
            Move::Defer { call } => {
                if let Some(index) = self.pick(call, |_| true) {
                    let mut watched = self.calls.swap_remove(index);
                    watched.call = watched.call.in_background();
                    watched.background = true;
                    self.calls.push(watched);
                }
            }
            Move::Drop { call } => {
                if let Some(index) = self.pick(call, |_| true) {
                    self.tell(index, None);
                    let call = self.calls.swap_remove(index);
                    if let Some((attempt, _)) = call.in_flight {
                        // The next to poll may be a thread with a clock that is behind.
                        let dropped = self.now.checked_sub(ms(SKEW)).unwrap_or(self.now);
                        self.end(attempt, dropped + ms(self.policy.margin));
                        self.disturbed = true;
                    }
                }
            }
        }
    }

    /// Makes a call, with a deadline this far ahead, and returns its index.
    pub fn call(&mut self, deadline: Option<u64>, background: bool, repeatable: bool) -> usize {
        let mut call = self.api.call(Probe { repeatable });
        let deadline = deadline.map(|deadline| self.now + ms(deadline));
        if let Some(deadline) = deadline {
            call = call.with_deadline(deadline);
        }
        if background {
            call = call.in_background();
        }
        self.calls.push(Watched {
            call,
            deadline,
            background,
            repeatable,
            is_polled: false,
            seen: None,
            told: None,
            in_backoff: false,
            in_flight: None,
            sent: 0,
            used: 0,
            may_have_taken_effect: false,
            is_over: false,
        });
        self.calls.len() - 1
    }

    /// From here on everybody is on time, and the service is well.
    fn end_all(&mut self) {
        const GOOD: Outcome = Outcome::Status(200, None);
        while let Some(index) = self.pick(0, |call| call.in_flight.is_some()) {
            self.handle(index, self.now, GOOD);
        }
        // Nobody is told to wait longer than half a minute.
        let most_polls = 100 + 40 * self.calls.len().pow(2);
        let mut polls = 0;
        while let Some((due, index)) = self.next() {
            polls += 1;
            assert!(polls <= most_polls, "a call does not end");
            if let Polled::Sent = self.poll(index, self.now.max(due)) {
                self.handle(index, self.now, GOOD);
            }
        }
    }

    /// The windows for a call in the background, or for another.
    fn windows(&self, background: bool) -> impl Iterator<Item = (usize, Duration)> {
        let percent = if background { u32::from(self.policy.reserve) } else { 0 };
        self.policy.windows.iter().map(move |&(count, span)| {
            let left = count.saturating_sub((count * percent).div_ceil(100)).max(1);
            (left as usize, ms(span))
        })
    }

    /// Whether all windows have room for a call in the background, or for another.
    fn has_room(&self, now: Instant, background: bool) -> bool {
        self.windows(background).all(|(count, span)| {
            let counts = |attempt: &&Attempt| attempt.end.is_none_or(|end| now < end + span);
            self.attempts.iter().filter(counts).count() < count
        })
    }

    /// The call to poll next, and when.
    fn next(&self) -> Option<(Instant, usize)> {
        let waiting = self.calls.iter().enumerate();
        let waiting = waiting.filter(|(_, call)| !call.is_over && call.in_flight.is_none());
        waiting.map(|(index, call)| (call.told.unwrap_or(self.now), index)).min()
    }

    fn pick(&self, call: usize, among: impl Fn(&Watched) -> bool) -> Option<usize> {
        let found: Vec<_> = (0..self.calls.len()).filter(|&i| among(&self.calls[i])).collect();
        found.get(call.checked_rem(found.len())?).copied()
    }

    fn end(&mut self, attempt: usize, end: Instant) {
        let attempt = &mut self.attempts[attempt - self.forgotten];
        attempt.end = Some(end.max(attempt.sent));
    }

    /// Forgets the attempts that count in no window any more, whatever the clock of the next to poll.
    fn forget(&mut self) {
        let longest = self.policy.windows.iter().map(|&(_, span)| span).max().unwrap_or_default();
        let counts = ms(longest + SKEW);
        while self
            .attempts
            .front()
            .and_then(|first| first.end)
            .is_some_and(|end| end + counts <= self.now)
        {
            self.attempts.pop_front();
            self.forgotten += 1;
        }
    }

    /// Notes what a call was told, or that it waits no longer.
    fn tell(&mut self, index: usize, told: Option<Instant>) {
        let before = mem::replace(&mut self.calls[index].told, told);
        self.waiting = self.waiting + usize::from(told.is_some()) - usize::from(before.is_some());
    }

    /// Polls a call, and checks what comes of it.
    pub fn poll(&mut self, index: usize, now: Instant) -> Polled {
        self.now = self.now.max(now);
        let alone = self.waiting == usize::from(self.calls[index].told.is_some());
        let call = &mut self.calls[index];
        call.seen = Some(now);
        if !mem::replace(&mut call.is_polled, true) {
            let timeout = self.policy.call_timeout.map(|timeout| now + ms(timeout));
            call.deadline = call.deadline.or(timeout);
        }
        call.in_backoff &= call.told.is_none_or(|told| now < told);
        let step = call.call.poll(now);
        if call.is_over {
            assert!(matches!(step, Step::Done(Err(Error::Invalid(_)))), "{step:?}");
            return Polled::Done { is_ok: false };
        }
        if let Some((attempt, deadline)) = call.in_flight {
            if now < deadline {
                assert!(matches!(step, Step::Wait(until) if until == deadline), "{step:?}");
                return Polled::Wait(deadline);
            }
            (call.in_flight, call.in_backoff) = (None, true);
            call.may_have_taken_effect = true;
            self.end(attempt, now + ms(self.policy.margin));
        }
        let polled = match step {
            Step::Send(attempt) => {
                self.check_send(index, now, attempt.deadline);
                Polled::Sent
            }
            Step::Wait(until) => {
                self.check_wait(index, now, until, alone);
                Polled::Wait(until)
            }
            Step::Done(result) => {
                let is_ok = result.is_ok();
                self.tell(index, None);
                self.calls[index].check_end(now, result);
                Polled::Done { is_ok }
            }
        };
        let call = &self.calls[index];
        assert_eq!(call.call.attempts(), call.sent);
        polled
    }

    fn check_wait(&mut self, index: usize, now: Instant, until: Instant, alone: bool) {
        let call = &self.calls[index];
        let limited = alone && !call.in_backoff && !self.disturbed;
        assert!(!limited || !self.has_room(now, call.background), "waits, and has room");
        assert!(now < until, "told to come at once");
        assert!(call.deadline.is_none_or(|deadline| until < deadline), "told to be late");
        self.tell(index, Some(until));
    }

    fn check_send(&mut self, index: usize, now: Instant, deadline: Instant) {
        let background = self.calls[index].background;
        self.forget();
        assert!(self.has_room(now, background), "no room, background: {background}");
        assert!(self.pause_end.is_none_or(|end| end <= now), "sent in a pause");
        self.tell(index, None);
        let call = &mut self.calls[index];
        let timeout = now + ms(self.policy.attempt_timeout);
        assert_eq!(deadline, call.deadline.map_or(timeout, |deadline| deadline.min(timeout)));
        assert!(now < deadline, "sent past the deadline");
        assert!(call.repeatable || !call.may_have_taken_effect, "sent twice");
        (call.sent, call.used) = (call.sent + 1, call.used + 1);
        assert!(call.used <= self.policy.attempts, "an attempt too many");
        call.in_flight = Some((self.forgotten + self.attempts.len(), deadline));
        self.attempts.push_back(Attempt { sent: now, end: None });
    }

    /// Hands `outcome` to a call.
    pub fn handle(&mut self, index: usize, now: Instant, outcome: Outcome) {
        self.now = self.now.max(now);
        let call = &mut self.calls[index];
        call.call.handle(now, outcome.build());
        if call.is_over {
            return;
        }
        call.seen = call.seen.max(Some(now));
        let Some((attempt, _)) = call.in_flight.take() else { return };
        let responded = matches!(outcome, Outcome::Status(..));
        match outcome {
            Outcome::Status(429, _) => call.used -= 1,
            Outcome::Failure(FailureKind::Connect) => {}
            Outcome::Status(..) | Outcome::Failure(_) => call.may_have_taken_effect = true,
        }
        call.in_backoff = !matches!(outcome, Outcome::Status(429, _));
        self.end(attempt, now + ms(if responded { 0 } else { self.policy.margin }));
        if let Outcome::Status(429, retry_after) = outcome {
            self.disturbed = true;
            let asked = retry_after.map(|wait| now + Duration::from_secs(wait.clamp(1, 180)));
            self.pause_end = match self.pause_end {
                Some(end) if self.attempts[attempt - self.forgotten].sent < end => {
                    Some(end.max(asked.unwrap_or(end)))
                }
                _ => asked.or(Some(now + Duration::from_secs(5))),
            };
        }
    }
}

impl Watched {
    fn check_end(&mut self, now: Instant, result: Result<Value, Error>) {
        self.is_over = true;
        let Err(error) = result else { return };
        assert_eq!(error.attempts(), self.sent);
        if let Error::Deadline(error) = error {
            let Some(deadline) = self.deadline else { panic!("it had no deadline") };
            match (error.reason(), error.retry_after()) {
                (DeadlineReason::Passed, None) => assert!(deadline <= now),
                (_, Some(room)) => assert!(deadline <= now + room, "there was room before"),
                (reason, None) => panic!("{reason:?}, and not when there is room"),
            }
        }
    }
}

impl Outcome {
    fn build(self) -> Result<Response<Bytes>, Failure> {
        let (status, retry_after) = match self {
            Self::Status(status, retry_after) => (status, retry_after),
            Self::Failure(kind) => return Err(Failure::new(kind, "failed")),
        };
        let body = if status == 200 { "{}" } else { "" };
        let mut response = Response::builder().status(status);
        if let Some(seconds) = retry_after {
            response = response.header("retry-after", seconds);
        }
        Ok(response.body(Bytes::from_static(body.as_bytes())).unwrap())
    }
}

struct Probe {
    repeatable: bool,
}

impl Endpoint for Probe {
    type Output = Value;

    fn method(&self) -> Method {
        if self.repeatable { Method::GET } else { Method::POST }
    }

    fn path(&self) -> String {
        "/probe".to_owned()
    }

    fn parse(&self, response: &Response<Bytes>) -> Result<Value, DecodeError> {
        decode_json(response)
    }
}

fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}
