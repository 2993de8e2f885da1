//! The rate limit, and the plan of those who wait.

use std::{
    cmp::Reverse,
    collections::BinaryHeap,
    time::{Duration, Instant},
};

use bytes::Bytes;
use certcentral_core::{Api, DecodeError, Endpoint, Error, Step};
use http::Response;

use crate::drive::{answer, build, default_api, done, list, ms, none_yet, sent, told, windows};

#[test]
fn waiting_calls_are_told_their_instant_once() {
    let api = default_api();
    let run = bulk(&api, 1200, |_| Duration::ZERO);
    assert_eq!(run.polls, 2 * 1200 - 100, "one poll to be told, one to go");
    assert_eq!(run.sends[99], ms(0));
    assert_eq!(run.sends[100], ms(5500), "5 s, and the margin");
    assert_eq!(run.sends[999], ms(9 * 5500));
    assert_eq!(run.sends[1000], ms(180_500));
    assert_keeps(&run.sends, &[(100, 5500), (1000, 180_500)]);
}

#[test]
fn clones_share_one_limit_and_separate_apis_do_not() {
    let limit = || windows(&[(1, 1000)]);
    let api = build(|api| api.rate_limit(limit()));
    let start = Instant::now();
    sent(&mut list(&api), start);
    assert_eq!(told(&mut list(&api.clone()), start), start + ms(1000));
    let named = api.with_user_agent_product("tool/2").unwrap();
    assert_eq!(told(&mut list(&named), start), start + ms(1000));
    sent(&mut list(&build(|api| api.rate_limit(limit()))), start);
}

#[test]
fn no_window_is_exceeded_when_everything_is_a_little_late() {
    let api = default_api();
    let run = bulk(&api, 3000, |i| Duration::from_micros((i as u64).wrapping_mul(7919) % 3000));
    assert_keeps(&run.sends, &[(100, 5500), (1000, 180_500)]);
    assert!(run.sends[2999] <= ms(2 * 180_500 + 9 * 5500 + 500), "{:?}", run.sends[2999]);
    assert!(run.polls <= 4 * 3000, "{} polls", run.polls);
}

#[test]
fn a_process_that_stalls_exceeds_no_window_and_recovers() {
    let api = build(|api| api.rate_limit(windows(&[(100, 5000)])));
    let start = Instant::now();
    let mut calls: Vec<_> = (0..2000).map(|_| list(&api)).collect();
    let mut waiting = BinaryHeap::new();
    let mut sends = Vec::new();
    let mut polls = 0;
    for (i, call) in calls.iter_mut().enumerate() {
        match call.poll(start) {
            Step::Send(_) => sends.push(ms(0)),
            Step::Wait(at) => waiting.push(Reverse((at, i))),
            Step::Done(_) => panic!(),
        }
    }
    let stalled = start + ms(20_000)..start + ms(32_000);
    while let Some(Reverse((told, i))) = waiting.pop() {
        let now = if stalled.contains(&told) { stalled.end } else { told };
        polls += 1;
        match calls[i].poll(now) {
            Step::Send(_) => sends.push(now - start),
            Step::Wait(at) => waiting.push(Reverse((at.max(now), i))),
            Step::Done(_) => panic!(),
        }
    }
    sends.sort();
    assert_eq!(sends.len(), 2000);
    assert_keeps(&sends, &[(100, 5000)]);
    assert!(
        sends[1999] <= ms(19 * 5000 + 12_000),
        "only the stalled time is lost: {:?}",
        sends[1999]
    );
    assert!(polls <= 2 * 1900, "each is moved once: {polls}");
}

#[test]
fn a_late_call_blocks_nobody_and_goes_once_there_is_room() {
    let api = build(|api| api.rate_limit(windows(&[(1, 1000)])));
    let start = Instant::now();
    sent(&mut list(&api), start);
    let mut late = list(&api);
    let mut on_time = list(&api);
    assert_eq!(told(&mut late, start), start + ms(1000));
    assert_eq!(told(&mut on_time, start), start + ms(2000));
    sent(&mut on_time, start + ms(2000));
    let mut newcomer = list(&api);
    assert_eq!(told(&mut newcomer, start + ms(2100)), start + ms(3000));
    assert_eq!(told(&mut late, start + ms(2200)), start + ms(3000), "the first room there is");
    sent(&mut newcomer, start + ms(3000));
    assert_eq!(told(&mut late, start + ms(3000)), start + ms(4000));
    sent(&mut late, start + ms(4000));
}

#[test]
fn dropped_calls_return_their_places() {
    let api = build(|api| api.rate_limit(windows(&[(1, 1000)])));
    let start = Instant::now();
    sent(&mut list(&api), start);
    let mut waiting: Vec<_> = (0..4).map(|_| list(&api)).collect();
    for (i, call) in waiting.iter_mut().enumerate() {
        assert_eq!(told(call, start), start + ms(1000 * (i as u64 + 1)));
    }
    drop(waiting.remove(3));
    let mut last = list(&api);
    assert_eq!(told(&mut last, start), start + ms(4000), "a free place at the end vanishes");
    drop(waiting.remove(1));
    assert_eq!(told(&mut waiting[1], start), start + ms(3000), "who waits does not move up");
    let mut newcomer = list(&api);
    assert_eq!(told(&mut newcomer, start), start + ms(2000), "a free place goes to a newcomer");
    for (call, at) in [(&mut waiting[0], 1000), (&mut newcomer, 2000)] {
        sent(call, start + ms(at));
    }
    sent(&mut waiting[1], start + ms(3000));
    sent(&mut last, start + ms(4000));
}

#[test]
fn displaced_calls_return_their_own_places() {
    let api = build(|api| api.rate_limit(windows(&[(2, 10_000)])));
    let start = Instant::now();
    let at = |seconds: u64| start + ms(1000 * seconds);
    let mut calls: Vec<_> = (0..6).map(|_| list(&api)).collect();
    sent(&mut calls[0], start);
    sent(&mut calls[1], start);
    for call in &mut calls[2..] {
        told(call, start);
    }
    calls[0].handle(at(1), Ok(answer(429, &[("retry-after", "21")])));
    let displaced: Vec<_> = [(2, 10), (3, 10), (4, 20), (5, 20)]
        .map(|(call, due)| told(&mut calls[call], at(due)))
        .into();
    assert_eq!(displaced, [at(22), at(22), at(32), at(32)]);

    let (kept, dropped) = (calls.split_off(4), calls.split_off(2));
    drop(dropped);
    let mut newcomers: Vec<_> = (0..3).map(|_| list(&api)).collect();
    let places: Vec<_> = newcomers.iter_mut().map(|call| told(call, at(21))).collect();
    assert_eq!(places[..2], [at(22), at(22)], "the free places go to newcomers");
    assert!(places[2] > at(32));
    for (mut call, due) in kept.into_iter().zip([at(32), at(32)]) {
        sent(&mut call, due);
    }
}

#[test]
fn a_displaced_call_dropped_late_returns_nothing() {
    let api = build(|api| api.rate_limit(windows(&[(1, 10_000)])));
    let start = Instant::now();
    let at = |seconds: u64| start + ms(1000 * seconds);
    let mut calls: Vec<_> = (0..4).map(|_| list(&api)).collect();
    sent(&mut calls[0], start);
    for call in &mut calls[1..] {
        told(call, start);
    }
    calls[0].handle(at(1), Ok(answer(429, &[("retry-after", "29")])));
    assert_eq!(told(&mut calls[1], at(10)), at(30));
    assert_eq!(told(&mut calls[2], at(20)), at(40));
    sent(&mut calls[3], at(30));
    drop(calls.remove(1));
    assert!(told(&mut list(&api), at(31)) > at(40), "40 s is the other's");
    sent(&mut calls[1], at(40));
}

#[test]
fn places_at_one_instant_are_worth_the_same() {
    let api = build(|api| api.rate_limit(windows(&[(3, 10_000)])));
    let start = Instant::now();
    let mut calls: Vec<_> = (0..6).map(|_| list(&api)).collect();
    calls[..3].iter_mut().for_each(|call| drop(sent(call, start)));
    calls[3..].iter_mut().for_each(|call| assert_eq!(told(call, start), start + ms(10_000)));
    let now = start + ms(10_000);
    let (third, second, first) = (calls.pop(), calls.pop(), calls.pop());
    drop(second);
    sent(&mut list(&api), now);
    drop(first);
    sent(&mut third.unwrap(), now);
    sent(&mut list(&api), now);
    assert_eq!(told(&mut list(&api), now), now + ms(10_000));
}

#[test]
fn a_newcomer_waits_seconds_when_most_of_a_long_queue_was_dropped() {
    for keep in [|i: usize| i.is_multiple_of(100), |i: usize| i < 100, |i: usize| i >= 9900] {
        let api = default_api();
        let start = Instant::now();
        let mut calls: Vec<_> = (0..10_000).map(|_| list(&api)).collect();
        for call in &mut calls {
            let _ = call.poll(start);
        }
        let mut i = 0;
        calls.retain(|_| {
            i += 1;
            keep(i - 1)
        });
        let at = told(&mut list(&api), start + ms(10));
        assert!(at <= start + ms(11_000), "{:?}", at - start);
    }
}

#[test]
fn a_place_is_taken_only_when_backoff_is_over() {
    let api = build(|api| api.rate_limit(windows(&[(1, 1000)])));
    let start = Instant::now();
    let mut call = list(&api);
    sent(&mut call, start);
    call.handle(start, Ok(answer(503, &[("retry-after", "60")])));
    assert_eq!(told(&mut call, start), start + ms(60_000));
    assert_eq!(told(&mut list(&api), start), start + ms(1000), "nobody waits behind a pause");
}

#[test]
fn a_request_that_cannot_be_built_costs_no_place() {
    let api = build(|api| api.rate_limit(windows(&[(1, 1000)])));
    let start = Instant::now();
    sent(&mut list(&api), start);
    let mut call = api.call(Nowhere);
    assert!(matches!(call.poll(start), Step::Done(Err(Error::Invalid(_)))));
    assert_eq!(told(&mut list(&api), start), start + ms(1000));
}

/// An endpoint whose path leads nowhere.
struct Nowhere;

impl Endpoint for Nowhere {
    type Output = ();

    fn path(&self) -> String {
        "../elsewhere".into()
    }

    fn parse(&self, _: &Response<Bytes>) -> Result<(), DecodeError> {
        Ok(())
    }
}

struct Bulk {
    /// When requests were sent, from the start, in order.
    sends: Vec<Duration>,
    polls: usize,
}

/// Sends `count` calls that all start at once, each polled as late as `lateness` says after the
/// instants it is told, and answered at once.
fn bulk(api: &Api, count: usize, lateness: impl Fn(usize) -> Duration) -> Bulk {
    let start = Instant::now();
    let mut calls: Vec<_> = (0..count).map(|_| list(api)).collect();
    let mut due: BinaryHeap<_> = (0..count).map(|i| Reverse((start, i))).collect();
    let mut run = Bulk { sends: Vec::new(), polls: 0 };
    while let Some(Reverse((now, i))) = due.pop() {
        run.polls += 1;
        match calls[i].poll(now) {
            Step::Send(_) => {
                run.sends.push(now - start);
                calls[i].handle(now, Ok(none_yet()));
                done(&mut calls[i], now).unwrap();
            }
            Step::Wait(at) => due.push(Reverse((at + lateness(run.polls), i))),
            Step::Done(_) => panic!(),
        }
    }
    run
}

/// No window of `span` ms holds more than its count.
fn assert_keeps(sends: &[Duration], windows: &[(usize, u64)]) {
    for &(count, span) in windows {
        for (i, pair) in sends.windows(count + 1).enumerate() {
            assert!(pair[count] >= pair[0] + ms(span), "{count} per {span} ms at {i}");
        }
    }
}
