//! The rate limit, and the order of those who wait.

use std::{cmp::Reverse, collections::BinaryHeap, time::Instant};

use bytes::Bytes;
use certcentral_core::{Api, DeadlineReason, DecodeError, Endpoint, Error, Step};
use http::Response;

use crate::drive::{
    List, answer, build, default_api, done, list, ms, none_yet, sent, told, windows,
};

/// Sends a call that gets its response at once.
fn succeed(api: &Api, now: Instant) {
    let mut call = list(api);
    sent(&mut call, now);
    call.handle(now, Ok(none_yet()));
    done(&mut call, now).unwrap();
}

fn one_per_second() -> Api {
    build(|api| api.rate_limit(windows(&[(1, 1000)])))
}

fn waiting(api: &Api, count: usize, now: Instant) -> Vec<List> {
    let mut calls: Vec<_> = (0..count).map(|_| list(api)).collect();
    for call in &mut calls {
        assert!(matches!(call.poll(now), Step::Wait(_)));
    }
    calls
}

#[test]
fn who_waits_is_told_when_there_is_room() {
    let api = default_api();
    let start = Instant::now();
    (0..100).for_each(|_| succeed(&api, start));
    let mut calls = waiting(&api, 1000, start);
    for (index, seconds) in [(0, 5), (99, 5), (100, 10), (499, 25), (599, 30), (999, 30)] {
        assert_eq!(told(&mut calls[index], start), start + ms(seconds * 1000), "{index}");
    }
}

#[test]
fn clones_share_one_limit_and_separate_apis_do_not() {
    let api = one_per_second();
    let start = Instant::now();
    succeed(&api, start);
    assert_eq!(told(&mut list(&api.clone()), start), start + ms(1000));
    for other in [api.in_background(), api.with_call_timeout(ms(9000))] {
        assert_eq!(told(&mut list(&other), start), start + ms(1000));
    }
    succeed(&one_per_second(), start);
}

#[test]
fn an_attempt_counts_from_its_end() {
    let api = one_per_second();
    let start = Instant::now();
    let mut slow = list(&api);
    sent(&mut slow, start);
    let mut next = list(&api);
    assert_eq!(told(&mut next, start + ms(900)), start + ms(1900), "in flight is sent now");
    slow.handle(start + ms(950), Ok(none_yet()));
    assert_eq!(told(&mut next, start + ms(1900)), start + ms(1950));
    sent(&mut next, start + ms(1950));
}

#[test]
fn an_attempt_without_a_response_counts_a_margin_longer() {
    let limit = windows(&[(1, 1000)]).margin(ms(300));
    let start = Instant::now();
    let api = build(|api| api.rate_limit(limit.clone()));
    let mut lost = list(&api);
    sent(&mut lost, start);
    drop(lost);
    assert_eq!(told(&mut list(&api), start + ms(10)), start + ms(10 + 300 + 1000));
}

#[test]
fn a_clock_that_is_behind_ends_no_attempt_before_its_send() {
    let api = one_per_second();
    let start = Instant::now();
    let mut dropped = list(&api);
    sent(&mut dropped, start + ms(20));
    drop(dropped);
    assert_eq!(told(&mut list(&api), start), start + ms(1020));
}

#[test]
fn a_late_call_blocks_nobody_and_keeps_its_turn() {
    let api = one_per_second();
    let start = Instant::now();
    succeed(&api, start);
    let mut calls = waiting(&api, 3, start);
    // The first is late, and its room goes to the second.
    sent(&mut calls[1], start + ms(2000));
    calls[1].handle(start + ms(2000), Ok(none_yet()));
    assert_eq!(told(&mut calls[0], start + ms(2001)), start + ms(3000), "before the third");
    assert_eq!(told(&mut calls[2], start + ms(3000)), start + ms(4000));
    sent(&mut calls[0], start + ms(3000));
}

#[test]
fn who_waits_moves_up_when_calls_ahead_are_dropped() {
    let api = default_api();
    let start = Instant::now();
    (0..100).for_each(|_| succeed(&api, start));
    let mut calls = waiting(&api, 5000, start);
    let mut last = calls.pop().unwrap();
    drop(calls);
    let again = told(&mut last, start + ms(1));
    assert_eq!(again, start + ms(5000));
    sent(&mut last, again);
}

#[test]
fn a_stall_costs_the_stalled_time_only() {
    let api = build(|api| api.rate_limit(windows(&[(100, 5000)])));
    let start = Instant::now();
    let stall = start + ms(20_000)..start + ms(32_000);
    let mut calls: Vec<_> = (0..2000).map(|_| list(&api)).collect();
    let mut due: BinaryHeap<_> = (0..calls.len()).map(|i| Reverse((start, i))).collect();
    let mut last = start;
    while let Some(Reverse((told, i))) = due.pop() {
        let now = if stall.contains(&told) { stall.end } else { told };
        match calls[i].poll(now) {
            Step::Send(_) => {
                calls[i].handle(now, Ok(none_yet()));
                done(&mut calls[i], now).unwrap();
                last = last.max(now);
            }
            Step::Wait(at) => due.push(Reverse((at, i))),
            Step::Done(result) => panic!("{result:?}"),
        }
    }
    assert!(last <= start + ms(19 * 5000 + 12_000), "{:?}", last - start);
}

#[test]
fn background_calls_leave_the_reserve_free() {
    let api = build(|api| api.rate_limit(windows(&[(10, 1000)]).reserve(20)));
    let start = Instant::now();
    let background = || list(&api).in_background();
    let bulk = api.in_background();
    for _ in 0..4 {
        for mut call in [background(), list(&bulk)] {
            sent(&mut call, start);
            call.handle(start, Ok(none_yet()));
        }
    }
    for mut ninth in [background(), list(&bulk)] {
        assert_eq!(told(&mut ninth, start), start + ms(1000));
    }
    succeed(&api, start);
    succeed(&api, start);
    assert_eq!(told(&mut list(&api), start), start + ms(1000), "the window is full");
}

#[test]
fn background_calls_come_after_all_others() {
    let api = one_per_second();
    let start = Instant::now();
    succeed(&api, start);
    let mut background = list(&api).in_background();
    assert_eq!(told(&mut background, start), start + ms(1000));
    let mut other = list(&api);
    assert_eq!(told(&mut other, start + ms(500)), start + ms(1000));
    assert_eq!(told(&mut background, start + ms(1000)), start + ms(2000));
    sent(&mut other, start + ms(1000));
}

#[test]
fn a_call_that_moves_to_the_background_loses_its_turn() {
    let api = one_per_second();
    let start = Instant::now();
    succeed(&api, start);
    let mut call = list(&api);
    assert_eq!(told(&mut call, start), start + ms(1000));
    let mut call = call.in_background();
    let mut other = list(&api);
    assert_eq!(told(&mut other, start), start + ms(1000));
    assert_eq!(told(&mut call, start), start + ms(2000), "after all others");
}

#[test]
fn a_call_that_is_over_holds_up_nobody() {
    let api = one_per_second();
    let start = Instant::now();
    succeed(&api, start);
    let mut over = list(&api);
    told(&mut over, start);
    let mut over = over.with_deadline(start + ms(10));
    assert!(done(&mut over, start + ms(10)).unwrap_err().is_timeout());
    assert_eq!(told(&mut list(&api), start + ms(10)), start + ms(1000));
    drop(over);
}

#[test]
fn a_turn_at_or_past_the_deadline_ends_the_call_at_once() {
    let api = one_per_second();
    let start = Instant::now();
    succeed(&api, start);
    for (deadline, room) in [(1000, 1000), (10, 1000)] {
        let mut call = list(&api).with_deadline(start + ms(deadline));
        let error = done(&mut call, start).unwrap_err();
        assert_eq!(error.retry_after(), Some(ms(room)));
        assert!(error.is_rate_limited() && error.is_timeout() && error.is_transient());
        let Error::Deadline(error) = error else { panic!("{error:?}") };
        assert_eq!(error.reason(), DeadlineReason::RateLimit);
    }
    assert_eq!(told(&mut list(&api), start), start + ms(1000), "they took no turn");
    let error = done(&mut list(&api).with_deadline(start), start).unwrap_err();
    assert!(!error.is_rate_limited() && error.retry_after().is_none());
}

#[test]
fn no_turn_is_taken_before_the_backoff_is_over() {
    let api = build(|api| api.rate_limit(windows(&[(1, 1000)])));
    let start = Instant::now();
    let mut call = list(&api);
    sent(&mut call, start);
    call.handle(start, Ok(answer(503, &[("retry-after", "60")])));
    assert_eq!(told(&mut call, start), start + ms(60_000));
    assert_eq!(told(&mut list(&api), start), start + ms(1000), "nobody waits behind a pause");
}

#[test]
fn a_request_that_cannot_be_built_takes_no_turn() {
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
