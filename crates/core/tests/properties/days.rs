//! Calls of one `Api`, on a day on which everybody is on time.

use std::{
    fmt::Debug,
    time::{Duration, Instant},
};

use certcentral_core::{
    Api, ApiKey, Call, FailureKind, ListReissues, OrderId, RateLimit, RetryPolicy, Step,
};
use proptest::{collection::vec, prelude::*, sample::select};

use crate::{
    cases, ms,
    random::Random,
    schedules::{Outcome, windows},
};

proptest! {
    #![proptest_config(cases(192))]

    #[test]
    fn calls_that_come_on_time_go_at_the_first_instants_in_the_order_of_their_coming(
        windows in windows(),
        gaps in vec(0..8_u64, 1..40),
        order: u64,
    ) {
        let callers = gaps.into_iter().map(|gap| Caller { gap, failures: 0, leaves: None });
        let day = Day::new(&windows, Duration::ZERO);
        let sends = day.run(callers.collect(), order).sends;
        let mut expected: Vec<Duration> = Vec::new();
        for &(came, _) in &sends {
            let mut at = expected.last().map_or(came, |&last| came.max(last));
            for &(count, span) in &windows {
                let back = expected.len().checked_sub(usize::try_from(count).unwrap());
                at = back.map_or(at, |back| at.max(expected[back] + ms(span)));
            }
            expected.push(at);
        }
        assert_eq!(sends.into_iter().map(|(_, sent)| sent).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn a_call_that_comes_on_time_is_told_its_place_once(
        windows in windows(),
        callers in vec(caller(), 1..40),
        backoff in select(vec![0, 200]),
        order: u64,
    ) {
        let day = Day::new(&windows, ms(backoff)).run(callers, order);
        assert!(day.told_again.is_empty(), "{:?}", day.told_again);
    }
}

/// One caller, who comes `gap` ticks after the one before, fails so many times and then
/// succeeds, and gives up after so many ticks unless that came first.
#[derive(Clone, Debug)]
struct Caller {
    gap: u64,
    failures: u32,
    leaves: Option<u64>,
}

fn caller() -> impl Strategy<Value = Caller> {
    let leaves = prop_oneof![2 => Just(None), 1 => (0..40_u64).prop_map(Some)];
    (0..8_u64, prop_oneof![3 => Just(0), 1 => 1..3_u32], leaves)
        .prop_map(|(gap, failures, leaves)| Caller { gap, failures, leaves })
}

/// Coarse, so that things often happen at one instant.
const TICK: u64 = 50;

struct Day {
    api: Api,
    start: Instant,
    has_backoff: bool,
    /// When each caller came, and when it sent for the first time, in the order of their coming.
    sends: Vec<(Duration, Duration)>,
    /// Which callers were told more often than once for an attempt, backoff apart, and when.
    told_again: Vec<(usize, Duration)>,
}

struct Present {
    call: Call<ListReissues>,
    /// What happens to the call next, and when.
    next: (Instant, Event),
    leaves: Option<Instant>,
    failures: u32,
    /// How often it was told to wait since its last attempt.
    told: u32,
    /// Its number in the order of coming.
    number: Option<usize>,
}

#[derive(Clone, Copy)]
enum Event {
    Poll,
    Answer,
    Leave,
}

impl Day {
    fn new(windows: &[(u32, u64)], backoff: Duration) -> Self {
        let windows: Vec<_> = windows.iter().map(|&(count, span)| (count, ms(span))).collect();
        let limit = RateLimit::windows(&windows).unwrap_or_else(|_| RateLimit::unlimited());
        let api = Api::builder(ApiKey::new("S3cretKey").unwrap())
            .rate_limit(limit.margin(Duration::ZERO))
            .retry(RetryPolicy::default().base_delay(backoff))
            .jitter_seed(7)
            .build()
            .unwrap();
        Self {
            api,
            start: Instant::now(),
            has_backoff: !backoff.is_zero(),
            sends: Vec::new(),
            told_again: Vec::new(),
        }
    }

    /// Lets everybody come and go; which of those at one instant is first is drawn from `order`.
    fn run(mut self, callers: Vec<Caller>, order: u64) -> Self {
        let mut order = Random(order);
        let mut comes = self.start;
        let mut present: Vec<_> = callers
            .into_iter()
            .map(|caller| {
                comes += ms(caller.gap * TICK);
                Present {
                    call: self.api.call(ListReissues::new(OrderId(7))),
                    next: (comes, Event::Poll),
                    leaves: caller.leaves.map(|ticks| comes + ms(ticks * TICK)),
                    failures: caller.failures,
                    told: 0,
                    number: None,
                }
            })
            .collect();
        while let Some(now) = present.iter().map(|call| call.next_event().0).min() {
            let first: Vec<_> =
                (0..present.len()).filter(|&i| present[i].next_event().0 == now).collect();
            let i = first[order.below(first.len())];
            let goes_on = match present[i].next_event().1 {
                Event::Poll => self.poll(&mut present[i], now),
                Event::Answer => {
                    present[i].answer(now);
                    true
                }
                Event::Leave => false,
            };
            if !goes_on {
                present.swap_remove(i);
            }
        }
        self
    }

    /// Polls a call; answers whether it goes on.
    fn poll(&mut self, call: &mut Present, now: Instant) -> bool {
        let since_start = now - self.start;
        let number = *call.number.get_or_insert_with(|| {
            self.sends.push((since_start, Duration::MAX));
            self.sends.len() - 1
        });
        let retries = call.call.attempts() > 0;
        match call.call.poll(now) {
            Step::Send(_) => {
                let sent = &mut self.sends[number].1;
                *sent = since_start.min(*sent);
                (call.next, call.told) = ((now + ms(TICK), Event::Answer), 0);
            }
            Step::Wait(at) => {
                call.told += 1;
                if call.told > 1 + u32::from(retries && self.has_backoff) {
                    self.told_again.push((number, since_start));
                }
                call.next = (at, Event::Poll);
            }
            Step::Done(_) => return false,
        }
        true
    }
}

impl Present {
    fn next_event(&self) -> (Instant, Event) {
        match self.leaves {
            Some(leaves) if leaves < self.next.0 => (leaves, Event::Leave),
            _ => self.next,
        }
    }

    fn answer(&mut self, now: Instant) {
        let fails = self.failures > 0;
        self.failures = self.failures.saturating_sub(1);
        let outcome =
            if fails { Outcome::Failure(FailureKind::Closed) } else { Outcome::Status(200, None) };
        self.call.handle(now, outcome.build());
        self.next = (now, Event::Poll);
    }
}
