//! Calls of one `Api`, in a world whose time is made up.

use std::{fmt::Debug, time::Instant};

use bytes::Bytes;
use certcentral_core::{
    Api, ApiKey, Call, Error, Failure, FailureKind, ListReissues, OrderId, RateLimit, RetryPolicy,
    Step,
};
use http::Response;
use proptest::{
    collection::vec,
    option,
    prelude::*,
    sample::{Index, select},
};

use crate::{cases, ms, response};

proptest! {
    #![proptest_config(cases(192))]

    #[test]
    fn no_schedule_breaks_a_promise_and_every_call_ends(
        policy in policy(),
        moves in vec(next_move(), 0..120),
    ) {
        let mut world = World::new(policy);
        for next in moves {
            world.make(next);
        }
        world.end_all();
        world.assert_windows_kept();
    }
}

#[derive(Clone, Debug)]
struct Policy {
    /// Count, and span in ms.
    windows: Vec<(u32, u64)>,
    margin: u64,
    attempts: u32,
    attempt_timeout: u64,
    call_timeout: Option<u64>,
    seed: u64,
}

fn policy() -> impl Strategy<Value = Policy> {
    let margin = select(vec![0, 50, 500]);
    let attempt_timeout = select(vec![200, 3000, 30_000]);
    let call_timeout = prop_oneof![4 => Just(None), 1 => (1..20_000_u64).prop_map(Some)];
    (windows(), margin, 1..4_u32, attempt_timeout, call_timeout, any::<u64>()).prop_map(
        |(windows, margin, attempts, attempt_timeout, call_timeout, seed)| Policy {
            windows,
            margin,
            attempts,
            attempt_timeout,
            call_timeout,
            seed,
        },
    )
}

pub(crate) fn windows() -> impl Strategy<Value = Vec<(u32, u64)>> {
    select(vec![
        vec![],
        vec![(1, 100)],
        vec![(1, 1000)],
        vec![(2, 250)],
        vec![(5, 1000)],
        vec![(2, 200), (5, 1500)],
        vec![(5, 1500), (2, 200)],
        vec![(3, 500), (3, 100)],
        vec![(4, 1000), (10, 30_000)],
    ])
}

#[derive(Clone, Debug)]
enum Move {
    /// A new call is made, with a deadline this many ms ahead, in the background or not.
    Begin(Option<u64>, bool),
    /// This many ms pass.
    Pass(u64),
    /// The call that was told the earliest instant is polled, this many ms after it.
    PollNext(u64),
    /// Any call is polled, by a thread that read the clock this many ms ago.
    Poll(Index, u64),
    /// Something comes of an attempt that is out.
    Answer(Index, Outcome),
    /// Something is handed to any call, whether it has an attempt out or not.
    Interrupt(Index, Outcome),
    Drop(Index),
}

fn next_move() -> impl Strategy<Value = Move> {
    let deadline = prop_oneof![3 => Just(None), 1 => (0..10_000_u64).prop_map(Some)];
    let pass = prop_oneof![0..5_u64, 0..2000_u64, 0..200_000_u64];
    let late = prop_oneof![4 => Just(0), 2 => 0..20_u64, 1 => 0..5000_u64];
    let back = prop_oneof![2 => Just(0), 1 => 0..SKEW];
    prop_oneof![
        8 => (deadline, any::<bool>())
            .prop_map(|(deadline, background)| Move::Begin(deadline, background)),
        2 => pass.prop_map(Move::Pass),
        16 => late.prop_map(Move::PollNext),
        3 => (any::<Index>(), back).prop_map(|(call, back)| Move::Poll(call, back)),
        8 => (any::<Index>(), outcome()).prop_map(|(call, outcome)| Move::Answer(call, outcome)),
        1 => (any::<Index>(), outcome()).prop_map(|(call, outcome)| Move::Interrupt(call, outcome)),
        2 => any::<Index>().prop_map(Move::Drop),
    ]
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum Outcome {
    Status(u16, Option<u64>),
    Failure(FailureKind),
}

fn outcome() -> impl Strategy<Value = Outcome> {
    let wait = || option::of(select(vec![0, 1, 3, 30, 179, 181, 3600, u64::MAX]));
    let kinds =
        vec![FailureKind::Closed, FailureKind::Connect, FailureKind::Timeout, FailureKind::Tls];
    prop_oneof![
        4 => Just(Outcome::Status(200, None)),
        1 => select(vec![204, 302, 404]).prop_map(|status| Outcome::Status(status, None)),
        2 => wait().prop_map(|wait| Outcome::Status(503, wait)),
        4 => wait().prop_map(|wait| Outcome::Status(429, wait)),
        2 => select(kinds).prop_map(Outcome::Failure),
    ]
}

impl Outcome {
    fn is_good(self) -> bool {
        matches!(self, Self::Status(200..300, _))
    }

    pub(crate) fn build(self) -> Result<Response<Bytes>, Failure> {
        match self {
            Self::Status(status, wait) => {
                let headers: Vec<_> =
                    wait.map(|wait| ("retry-after", wait.into())).into_iter().collect();
                let body = if status == 200 { "{}" } else { "" };
                Ok(response(status, &headers, body))
            }
            Self::Failure(FailureKind::Connect) => {
                Err(Failure::new(FailureKind::Connect, "refused"))
            }
            Self::Failure(FailureKind::Timeout) => Err(Failure::new(FailureKind::Timeout, "slow")),
            Self::Failure(FailureKind::Tls) => Err(Failure::new(FailureKind::Tls, "unknown CA")),
            Self::Failure(_) => Err(Failure::new(FailureKind::Closed, "reset")),
        }
    }
}

/// The calls of one `Api`, what an observer knows of each, and of the `Api`'s pause.
struct World {
    policy: Policy,
    api: Api,
    now: Instant,
    calls: Vec<Watched>,
    /// Of each attempt, the instants between which its request may have arrived.
    arrivals: Vec<(Instant, Instant)>,
    pause: Pause,
}

struct Watched {
    call: Call<ListReissues>,
    deadline: Option<Instant>,
    /// The latest instant that it was shown.
    seen: Instant,
    /// When it was told to come again.
    told: Option<Instant>,
    /// When its attempt was sent and must be over.
    out: Option<(Instant, Instant)>,
    /// When the attempt was sent that ran into its deadline.
    overdue: Option<Instant>,
    sent: u32,
    /// Sends that were not answered with 429.
    used: u32,
    polls: usize,
    over: bool,
}

/// The least that the `Api` pauses.
#[derive(Default)]
struct Pause {
    end: Option<Instant>,
}

/// How far behind a thread's clock may be.
const SKEW: u64 = 20;

impl World {
    fn new(policy: Policy) -> Self {
        let windows: Vec<_> =
            policy.windows.iter().map(|&(count, span)| (count, ms(span))).collect();
        let limit = RateLimit::windows(&windows).unwrap_or_else(|_| RateLimit::unlimited());
        let mut api = Api::builder(ApiKey::new("S3cretKey").unwrap())
            .rate_limit(limit.margin(ms(policy.margin)))
            .retry(RetryPolicy::default().max_attempts(policy.attempts))
            .attempt_timeout(ms(policy.attempt_timeout))
            .jitter_seed(policy.seed);
        if let Some(timeout) = policy.call_timeout {
            api = api.call_timeout(ms(timeout));
        }
        let api = api.build().unwrap();
        let (calls, arrivals) = (Vec::new(), Vec::new());
        Self { policy, api, now: Instant::now(), calls, arrivals, pause: Pause::default() }
    }

    fn make(&mut self, next: Move) {
        match next {
            Move::Begin(deadline, background) => self.begin(deadline, background),
            Move::Pass(time) => self.now += ms(time),
            Move::PollNext(late) => {
                if let Some((due, i)) = self.next() {
                    self.now = self.now.max(due) + ms(late);
                    self.poll(i, self.now);
                }
            }
            Move::Poll(i, back) => {
                if let Some(i) = self.pick(i, |_| true) {
                    let read = self.now.checked_sub(ms(back)).unwrap_or(self.now);
                    self.poll(i, read.max(self.calls[i].seen));
                }
            }
            Move::Answer(i, outcome) => {
                if let Some(i) = self.pick(i, |call| call.out.is_some()) {
                    self.handle(i, outcome);
                }
            }
            Move::Interrupt(i, outcome) => {
                if let Some(i) = self.pick(i, |_| true) {
                    self.handle(i, outcome);
                }
            }
            Move::Drop(i) => {
                if let Some(i) = self.pick(i, |_| true) {
                    let call = self.calls.swap_remove(i);
                    if let Some((sent, _)) = call.out {
                        let known = self.now.checked_sub(ms(SKEW)).unwrap_or(sent);
                        self.arrivals.push((sent, known.max(sent)));
                    }
                }
            }
        }
    }

    /// From here on everybody is on time and the service is well: every call must come to an end.
    fn end_all(&mut self) {
        // Nobody is told to wait longer than half a minute.
        let patience = 40 * self.calls.len() + 100;
        for call in &mut self.calls {
            call.polls = 0;
        }
        while let Some(i) = self.calls.iter().position(|call| call.out.is_some()) {
            self.handle(i, Outcome::Status(200, None));
            self.poll(i, self.now);
            assert!(self.calls[i].over);
        }
        while let Some((due, i)) = self.next() {
            self.now = self.now.max(due);
            self.poll(i, self.now);
            if self.calls[i].out.is_some() {
                self.handle(i, Outcome::Status(200, None));
                self.poll(i, self.now);
            }
            let polls = self.calls[i].polls;
            assert!(polls <= patience, "{polls} polls, and still {:?}", self.calls[i].call);
        }
    }

    /// Wherever each request arrived between its send and its end, no window has too many.
    fn assert_windows_kept(&self) {
        for &(count, span) in &self.policy.windows {
            for &(_, from) in &self.arrivals {
                let meets =
                    |&&(sent, end): &&(Instant, Instant)| sent < from + ms(span) && from <= end;
                let most = self.arrivals.iter().filter(meets).count();
                assert!(most <= usize::try_from(count).unwrap(), "{most} in {span} ms");
            }
        }
    }

    fn begin(&mut self, deadline: Option<u64>, background: bool) {
        let deadline = deadline.map(|deadline| self.now + ms(deadline));
        let call = self.api.call(ListReissues::new(OrderId(7)));
        let call = if background { call.in_background() } else { call };
        self.calls.push(Watched {
            call: deadline.into_iter().fold(call, Call::with_deadline),
            deadline,
            seen: self.now,
            told: None,
            out: None,
            overdue: None,
            sent: 0,
            used: 0,
            polls: 0,
            over: false,
        });
    }

    /// The call to poll next, and when: a call that was told nothing yet is due now.
    fn next(&self) -> Option<(Instant, usize)> {
        let waiting =
            self.calls.iter().enumerate().filter(|(_, call)| !call.over && call.out.is_none());
        waiting.map(|(i, call)| (call.told.unwrap_or(self.now), i)).min()
    }

    fn pick(&self, i: Index, among: impl Fn(&Watched) -> bool) -> Option<usize> {
        let found: Vec<_> = (0..self.calls.len()).filter(|&i| among(&self.calls[i])).collect();
        (!found.is_empty()).then(|| found[i.index(found.len())])
    }

    fn poll(&mut self, i: usize, now: Instant) {
        let call = &mut self.calls[i];
        call.seen = now;
        if call.polls == 0 && call.sent == 0 && call.told.is_none() && call.deadline.is_none() {
            call.deadline = self.policy.call_timeout.map(|timeout| now + ms(timeout));
        }
        call.polls += 1;
        let step = call.call.poll(now);

        if call.over {
            assert!(matches!(step, Step::Done(Err(Error::Invalid(_)))), "{step:?}");
            return;
        }
        if let Some((sent, end)) = call.out {
            if now < end {
                assert!(matches!(step, Step::Wait(at) if at == end), "{step:?}");
                return;
            }
            self.arrivals.push((sent, now + ms(self.policy.margin)));
            (call.out, call.overdue) = (None, Some(sent));
        }
        call.told = None;
        match step {
            Step::Send(attempt) => {
                call.sent += 1;
                call.used += 1;
                assert!(call.used <= self.policy.attempts, "attempt {}", call.used);
                assert!(
                    call.deadline.is_none_or(|deadline| now < deadline),
                    "sent past its deadline"
                );
                assert!(self.pause.end.is_none_or(|end| end <= now), "sent during a pause");
                let end = now + ms(self.policy.attempt_timeout);
                let end = call.deadline.map_or(end, |deadline| end.min(deadline));
                assert_eq!(attempt.deadline, end);
                (call.out, call.overdue) = (Some((now, end)), None);
            }
            Step::Wait(at) => {
                assert!(at > now, "told to come at once");
                assert!(
                    call.deadline.is_none_or(|deadline| at < deadline),
                    "told to come too late"
                );
                call.told = Some(at);
            }
            Step::Done(result) => {
                call.over = true;
                if let Err(error) = result {
                    assert_eq!(error.attempts(), call.sent);
                    let has_deadline = call.deadline.is_some();
                    assert!(has_deadline || !matches!(error, Error::Deadline(_)), "{error:?}");
                }
            }
        }
        assert_eq!(call.call.attempts(), call.sent);
    }

    fn handle(&mut self, i: usize, outcome: Outcome) {
        let call = &mut self.calls[i];
        call.seen = self.now;
        call.call.handle(self.now, outcome.build());
        if call.over {
            return;
        }
        if let Some((sent, _)) = call.out {
            let late = if matches!(outcome, Outcome::Failure(_)) { self.policy.margin } else { 0 };
            self.arrivals.push((sent, self.now.max(sent) + ms(late)));
        }
        match (call.out, call.overdue, outcome) {
            (Some((sent, _)), _, Outcome::Status(429, wait)) => {
                call.used -= 1;
                self.pause.refused(self.now, sent, wait);
            }
            (None, Some(_), _) if outcome.is_good() => {}
            (Some(_), ..) => {}
            (None, ..) => return,
        }
        (call.out, call.overdue, call.told) = (None, None, None);
    }
}

impl Pause {
    fn refused(&mut self, now: Instant, sent: Instant, wait: Option<u64>) {
        let asked = wait.map(|wait| now + ms(wait.clamp(1, 180) * 1000));
        self.end = match self.end {
            Some(end) if sent < end => Some(end.max(asked.unwrap_or(end))),
            _ => Some(asked.unwrap_or(now + ms(5000))),
        };
    }
}
