//! Any sequence of operations on the calls of one `Api`, against a model of what is allowed.
//!
//! What must hold:
//!
//! - no window of the rate limit ever holds more requests than its count, and nothing is sent while
//!   a pause after 429 runs
//! - no call uses more attempts than its policy allows, sends at or past its deadline, or is told
//!   to wait until an instant that has come or is at or past its deadline
//! - who is on time is not told to wait again, if nobody was late and no pause began; who is alone
//!   is told the first instant with room
//! - what is not idempotent is not sent again once it may have been sent, 429 apart
//! - a good answer counts however late, and other misuse changes nothing
//! - a call is done once, for a reason, and every call ends

#![no_main]

use std::time::{Duration, Instant};

use bytes::Bytes;
use certcentral_core::{
    Api, ApiKey, Attempt, Call, DecodeError, Endpoint, Error, Failure, FailureKind, RateLimit,
    RetryPolicy, Step, decode_json,
};
use http::{Method, Response};
use libfuzzer_sys::{
    arbitrary::{self, Arbitrary},
    fuzz_target,
};

fuzz_target!(|script: Script| {
    let mut world = World::new(&script.setup);
    for operation in script.operations {
        world.perform(operation);
    }
    world.drive_all_to_their_end();
});

#[derive(Arbitrary, Debug)]
struct Script {
    setup: Setup,
    operations: Vec<Operation>,
}

#[derive(Arbitrary, Debug)]
struct Setup {
    limit: u8,
    attempts: u8,
    no_base_delay: bool,
    not_throttled: bool,
    attempt_seconds: u8,
    call_seconds: Option<u8>,
    jitter_seed: u64,
}

#[derive(Arbitrary, Debug)]
enum Operation {
    Advance {
        millis: u16,
    },
    Call {
        method: Verb,
        deadline_millis: Option<u16>,
    },
    Drop {
        call: u8,
    },
    Handle {
        call: u8,
        outcome: Outcome,
    },
    /// Polls one call, perhaps with an instant that another thread took a little earlier.
    Poll {
        call: u8,
        behind_millis: u8,
    },
    /// Goes on to the earliest instant that a call was told, and polls that call.
    PollNext,
}

#[derive(Arbitrary, Debug)]
enum Verb {
    Get,
    Patch,
    Post,
    Put,
}

#[derive(Arbitrary, Debug)]
enum Outcome {
    Closed,
    Connect,
    Good,
    Protocol,
    Status { status: u16, retry_after: Option<u16> },
    Timeout,
    Tls,
    TooLarge,
    TooMany { retry_after: Option<u16> },
    Unavailable { retry_after: Option<u64> },
}

const LONGEST_PAUSE: Duration = Duration::from_mins(3);
const KEY: &str = "K3y-7F19A0C2D4";
/// What threads may differ by; shorter than any window.
const SKEW: u8 = 50;

/// Windows, each a count and milliseconds, and the margin.
const LIMITS: [(&[(u32, u64)], u64); 7] = [
    (&[], 0),
    (&[(1, 1000)], 0),
    (&[(2, 1000), (3, 5000)], 0),
    (&[(3, 250), (5, 1000), (7, 10_000)], 0),
    (&[(1, 100)], 50),
    (&[(4, 3000), (1, 60)], 10),
    (&[(100, 5000), (1000, 180_000)], 500),
];

/// All calls, and what an onlooker knows of the limits that they share.
struct World {
    api: Api,
    attempts: u32,
    attempt_timeout: Duration,
    call_timeout: Option<Duration>,
    windows: Vec<(usize, Duration)>,
    clock: Instant,
    calls: Vec<Watched>,
    sends: Vec<Instant>,
    /// The same, as they were logged: none before the one before.
    log: Vec<Instant>,
    pause_end: Option<Instant>,
    pauses: usize,
    /// Whether the instants that calls were told may no longer hold, because one was late or a
    /// pause began.
    disturbed: bool,
}

impl World {
    fn new(setup: &Setup) -> Self {
        let (windows, margin) = LIMITS[usize::from(setup.limit) % LIMITS.len()];
        let windows: Vec<_> = windows.iter().map(|&(count, span)| (count, ms(span))).collect();
        let limit = match &windows[..] {
            [] => RateLimit::unlimited(),
            windows => RateLimit::windows(windows).unwrap(),
        };
        let attempts = 1 + u32::from(setup.attempts % 4);
        let mut retry = RetryPolicy::default().max_attempts(attempts);
        if setup.no_base_delay {
            retry = retry.base_delay(Duration::ZERO);
        }
        if setup.not_throttled {
            retry = retry.max_throttled(Duration::ZERO);
        }
        let attempt_timeout = ms(1000 * (1 + u64::from(setup.attempt_seconds)));
        let call_timeout = setup.call_seconds.map(|seconds| ms(1000 * (1 + u64::from(seconds))));
        let mut api = Api::builder(ApiKey::new(KEY).unwrap())
            .rate_limit(limit.margin(ms(margin)))
            .retry(retry)
            .attempt_timeout(attempt_timeout)
            .jitter_seed(setup.jitter_seed);
        if let Some(timeout) = call_timeout {
            api = api.call_timeout(timeout);
        }
        Self {
            api: api.build().unwrap(),
            attempts,
            attempt_timeout,
            call_timeout,
            windows: windows.iter().map(|&(n, span)| (n as usize, span + ms(margin))).collect(),
            clock: Instant::now() + ms(1000),
            calls: Vec::new(),
            sends: Vec::new(),
            log: Vec::new(),
            pause_end: None,
            pauses: 0,
            disturbed: false,
        }
    }

    fn perform(&mut self, operation: Operation) {
        match operation {
            Operation::Advance { millis } => self.advance_to(self.clock + ms(millis.into())),
            Operation::Call { method, deadline_millis } => self.add(&method, deadline_millis),
            Operation::Drop { call } => {
                if let Some(i) = self.index(call) {
                    assert!(!format!("{:?}", self.calls[i].call).contains(KEY));
                    self.calls.swap_remove(i);
                }
            }
            Operation::Handle { call, outcome } => {
                if let Some(i) = self.index(call) {
                    self.handle(i, &outcome);
                }
            }
            Operation::Poll { call, behind_millis } => {
                if let Some(i) = self.index(call) {
                    let behind = ms(u64::from(behind_millis % SKEW));
                    self.poll(i, self.clock.checked_sub(behind).unwrap());
                }
            }
            Operation::PollNext => {
                if let Some((at, i)) = self.next() {
                    self.advance_to(at);
                    self.poll(i, self.clock);
                }
            }
        }
    }

    fn add(&mut self, method: &Verb, deadline_millis: Option<u16>) {
        let method = match method {
            Verb::Get => Method::GET,
            Verb::Patch => Method::PATCH,
            Verb::Post => Method::POST,
            Verb::Put => Method::PUT,
        };
        let mut call = self.api.call(Probe(method.clone()));
        let deadline = deadline_millis.map(|millis| self.clock + ms(millis.into()));
        if let Some(deadline) = deadline {
            call = call.with_deadline(deadline);
        }
        self.calls.push(Watched {
            call,
            method,
            deadline,
            polled: false,
            sent: 0,
            refused: 0,
            failed: false,
            may_have_arrived: false,
            overdue: None,
            phase: Phase::Waiting { told: None, backoff: false },
        });
    }

    fn advance_to(&mut self, instant: Instant) {
        self.clock = self.clock.max(instant);
        let late = |call: &Watched| call.told().is_some_and(|told| told < self.clock);
        self.disturbed |= self.calls.iter().any(late);
    }

    /// The call that is to be polled next, and when.
    fn next(&self) -> Option<(Instant, usize)> {
        let due = |call: &Watched| match call.phase {
            Phase::Waiting { told, .. } => Some(told.unwrap_or(self.clock)),
            Phase::Out { .. } | Phase::Ended(_) => Some(self.clock),
            Phase::Over => None,
        };
        let due = self.calls.iter().enumerate().filter_map(|(i, call)| Some((due(call)?, i)));
        due.min()
    }

    fn poll(&mut self, i: usize, now: Instant) {
        if self.calls.iter().all(|call| call.told().is_none()) {
            self.disturbed = false; // nobody was told anything that might not hold
        }
        self.disturbed |= now < self.clock;
        let alone = self.calls.iter().enumerate().all(|(j, one)| i == j || one.told().is_none());
        let first_room = self.first_room(now);

        let call = &mut self.calls[i];
        if !call.polled {
            call.polled = true;
            call.deadline = call.deadline.or_else(|| Some(now + self.call_timeout?));
        }
        if let Phase::Out { sent, deadline } = call.phase
            && deadline <= now
        {
            call.fail(true);
            call.overdue = Some(sent);
        }
        let deadline = call.deadline;
        let step = call.call.poll(now);
        if let Step::Wait(until) = step {
            assert!(now < until);
        }

        match call.phase.take() {
            Phase::Over => assert!(matches!(step, Step::Done(Err(Error::Invalid(_))))),
            Phase::Ended(verdict) => call.check_end(step, Some(verdict)),
            Phase::Out { sent, deadline } => {
                assert!(matches!(step, Step::Wait(until) if until == deadline));
                call.phase = Phase::Out { sent, deadline };
            }
            Phase::Waiting { told: Some(told), backoff } if now < told => {
                if deadline.is_some_and(|deadline| deadline <= now) {
                    return call.check_end(step, None);
                }
                assert!(matches!(step, Step::Wait(until) if until == told));
                call.phase = Phase::Waiting { told: Some(told), backoff };
            }
            Phase::Waiting { told, backoff } => {
                let pausing = backoff && told.is_none();
                let promised = told == Some(now) && !backoff && !self.disturbed;
                match step {
                    Step::Done(_) => {
                        let late = deadline.is_some_and(|deadline| deadline <= first_room);
                        assert!(late || pausing || !alone || call.failed);
                        call.check_end(step, None);
                    }
                    Step::Wait(until) => {
                        assert!(deadline.is_none_or(|deadline| until < deadline));
                        assert!(!promised, "told to wait again, and nobody was late");
                        assert!(pausing || !alone || until == first_room, "room sooner");
                        call.phase = Phase::Waiting { told: Some(until), backoff: pausing };
                    }
                    Step::Send(attempt) => self.check_send(i, now, &attempt),
                }
            }
        }
    }

    fn check_send(&mut self, i: usize, now: Instant, attempt: &Attempt) {
        assert!(self.pause_end.is_none_or(|end| end <= now), "sent within a pause");
        self.sends.push(now);
        self.log.push(self.log.last().map_or(now, |&last| last.max(now)));
        self.sends.sort_unstable();
        for &(count, span) in &self.windows {
            for sends in self.sends.windows(count + 1) {
                assert!(sends[count] - sends[0] >= span, "more than {count} in {span:?}");
            }
        }

        let call = &mut self.calls[i];
        let end = now + self.attempt_timeout;
        assert_eq!(attempt.deadline, call.deadline.map_or(end, |deadline| deadline.min(end)));
        assert!(call.deadline.is_none_or(|deadline| now < deadline), "sent past the deadline");
        assert_eq!(attempt.request.method(), call.method);
        assert!(call.sent - call.refused < self.attempts, "an attempt too many");
        assert!(call.method.is_idempotent() || !call.may_have_arrived, "sent twice");
        call.sent += 1;
        assert_eq!(call.call.attempts(), call.sent);
        call.overdue = None;
        call.phase = Phase::Out { sent: now, deadline: attempt.deadline };
    }

    fn handle(&mut self, i: usize, outcome: &Outcome) {
        let now = self.clock;
        let call = &mut self.calls[i];
        call.call.handle(now, outcome.to_hand_in());
        let status = outcome.status();
        let good = status.is_some_and(|status| (200..300).contains(&status));
        let sent = match (&call.phase, call.overdue) {
            (&Phase::Out { sent, .. }, _) => sent,
            (Phase::Waiting { .. }, Some(sent)) if good => sent,
            _ => return,
        };
        call.overdue = None;
        match (outcome, status) {
            (Outcome::Good, _) => call.phase = Phase::Ended(Verdict::Good),
            (_, Some(_)) if good => call.phase = Phase::Ended(Verdict::Undecodable),
            (_, Some(429)) => {
                call.refused += 1;
                call.failed = true;
                call.phase = Phase::Waiting { told: None, backoff: false };
                self.pause(now, sent, outcome.retry_after());
            }
            (_, Some(408 | 500 | 502 | 503 | 504)) | (Outcome::Closed | Outcome::Timeout, _) => {
                call.fail(true);
            }
            (Outcome::Connect, _) => call.fail(false),
            _ => call.phase = Phase::Ended(Verdict::Failed),
        }
        if good && self.pause_end.is_some_and(|end| end <= sent) {
            self.pauses = 0;
        }
    }

    /// After a 429 to an attempt sent at `sent`.
    fn pause(&mut self, now: Instant, sent: Instant, retry_after: Option<Duration>) {
        let wanted = retry_after.map(|wait| now + wait.min(LONGEST_PAUSE));
        let end = match self.pause_end {
            Some(end) if sent < end => wanted.map_or(end, |wanted| wanted.max(end)),
            _ => {
                let seconds = [5, 10, 20, 40, 60][self.pauses.min(4)];
                self.pauses += 1;
                wanted.unwrap_or(now + ms(1000 * seconds))
            }
        };
        self.pause_end = Some(end);
        self.disturbed = true;
    }

    /// The first instant from `now` on with room in every window and no pause.
    fn first_room(&self, now: Instant) -> Instant {
        let left = self.windows.iter().filter_map(|&(count, span)| {
            self.log.len().checked_sub(count).map(|back| self.log[back] + span)
        });
        left.chain(self.pause_end).fold(now, Instant::max)
    }

    /// From here on everything is on time, and every answer is good.
    fn drive_all_to_their_end(&mut self) {
        let mut polls_left = 100 * (1 + self.calls.len());
        while let Some((at, i)) = self.next() {
            polls_left = polls_left.checked_sub(1).expect("every call ends");
            self.advance_to(at);
            self.poll(i, self.clock);
            self.handle(i, &Outcome::Good);
        }
        for call in &mut self.calls {
            assert!(matches!(call.call.poll(self.clock), Step::Done(Err(Error::Invalid(_)))));
        }
    }

    fn index(&self, call: u8) -> Option<usize> {
        usize::from(call).checked_rem(self.calls.len())
    }
}

/// A call, and what an onlooker knows of it.
struct Watched {
    call: Call<Probe>,
    method: Method,
    deadline: Option<Instant>,
    polled: bool,
    sent: u32,
    /// How often it was answered 429.
    refused: u32,
    /// Whether it may end because something went wrong.
    failed: bool,
    /// Whether the service may have done what it was asked for.
    may_have_arrived: bool,
    /// When the attempt was sent whose time has passed.
    overdue: Option<Instant>,
    phase: Phase,
}

#[derive(Clone, Copy)]
enum Phase {
    /// For an attempt: until the instant it was `told`, which may be the end of its `backoff`.
    Waiting {
        told: Option<Instant>,
        backoff: bool,
    },
    /// An attempt is out.
    Out {
        sent: Instant,
        deadline: Instant,
    },
    /// To be told so at the next poll.
    Ended(Verdict),
    Over,
}

#[derive(Clone, Copy)]
enum Verdict {
    Failed,
    Good,
    Undecodable,
}

impl Phase {
    fn take(&mut self) -> Self {
        std::mem::replace(self, Self::Over)
    }
}

impl Watched {
    fn told(&self) -> Option<Instant> {
        match self.phase {
            Phase::Waiting { told, .. } => told,
            _ => None,
        }
    }

    /// A transient failure.
    fn fail(&mut self, may_have_arrived: bool) {
        self.failed = true;
        self.may_have_arrived |= may_have_arrived;
        self.phase = if self.method.is_idempotent() || !may_have_arrived {
            Phase::Waiting { told: None, backoff: true }
        } else {
            Phase::Ended(Verdict::Failed)
        };
    }

    fn check_end(&self, step: Step<Reply>, verdict: Option<Verdict>) {
        let Step::Done(result) = step else { panic!("not over") };
        match (&result, verdict) {
            (Ok(_), Some(Verdict::Good)) => return,
            (Err(Error::Decode(_)), Some(Verdict::Undecodable))
            | (Err(Error::Api(_) | Error::Transport(_)), Some(Verdict::Failed)) => {}
            (Err(error @ (Error::Api(_) | Error::Transport(_))), None) => {
                assert!(self.failed && error.is_transient());
            }
            (Err(Error::Deadline(_)), None) => assert!(self.deadline.is_some() && !self.failed),
            _ => panic!("{result:?}"),
        }
        assert_eq!(result.unwrap_err().attempts(), self.sent);
    }
}

impl Outcome {
    fn to_hand_in(&self) -> Result<Response<Bytes>, Failure> {
        let status = match self {
            Self::Closed => return Err(Failure::new(FailureKind::Closed, "reset")),
            Self::Connect => return Err(Failure::new(FailureKind::Connect, "refused")),
            Self::Good => return Ok(Response::new(Bytes::from_static(b"{}"))),
            Self::Protocol => return Err(Failure::new(FailureKind::Protocol, "noise")),
            Self::Timeout => return Err(Failure::new(FailureKind::Timeout, "slow")),
            Self::Tls => return Err(Failure::new(FailureKind::Tls, "unknown CA")),
            Self::TooLarge => return Err(Failure::new(FailureKind::TooLarge, "40 MiB")),
            Self::Status { .. } | Self::TooMany { .. } | Self::Unavailable { .. } => self.status(),
        };
        let mut response = Response::builder().status(status.unwrap());
        if let Some(wait) = self.retry_after() {
            response = response.header("retry-after", wait.as_secs());
        }
        Ok(response.body(Bytes::from_static(b"<html>")).unwrap())
    }

    fn status(&self) -> Option<u16> {
        match self {
            Self::Good => Some(200),
            Self::Status { status, .. } => Some(100 + status % 900),
            Self::TooMany { .. } => Some(429),
            Self::Unavailable { .. } => Some(503),
            _ => None,
        }
    }

    fn retry_after(&self) -> Option<Duration> {
        let seconds = match self {
            Self::Status { retry_after, .. } | Self::TooMany { retry_after } => {
                retry_after.map(u64::from)
            }
            Self::Unavailable { retry_after } => *retry_after,
            _ => None,
        };
        seconds.map(Duration::from_secs)
    }
}

/// An endpoint with any method.
struct Probe(Method);

type Reply = serde_json::Value;

impl Endpoint for Probe {
    type Output = Reply;

    fn method(&self) -> Method {
        self.0.clone()
    }

    fn path(&self) -> String {
        "/probe".to_owned()
    }

    fn parse(&self, response: &Response<Bytes>) -> Result<Reply, DecodeError> {
        decode_json(response)
    }
}

fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}
