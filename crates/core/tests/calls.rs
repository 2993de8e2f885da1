//! Calls in virtual time: what is sent when, and how each call ends.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]
#![expect(clippy::disallowed_methods, reason = "virtual time starts at some instant")]

use std::{
    cmp::Reverse,
    collections::BinaryHeap,
    num::NonZeroU32,
    time::{Duration, Instant},
};

use bytes::Bytes;
use certcentral_core::{
    Api, ApiBuilder, ApiKey, Attempt, Call, DecodeError, Endpoint, Error, Failure, ListReissues,
    OrderId, RateLimit, Reissues, RetryPolicy, Step, decode_json,
};
use http::{Method, Response};

type List = Call<ListReissues>;
type Outcome = Result<Response<Bytes>, Failure>;

// Attempts and pauses.

#[test]
fn a_transient_failure_is_tried_three_times_in_all() {
    let failures: [fn() -> Outcome; 8] = [
        || Err(Failure::closed("reset")),
        || Err(Failure::connect("refused")),
        || Err(Failure::timeout("slow")),
        || Ok(answer(408, &[])),
        || Ok(answer(500, &[])),
        || Ok(answer(502, &[])),
        || Ok(answer(503, &[])),
        || Ok(answer(504, &[])),
    ];
    for failure in failures {
        let start = Instant::now();
        let mut call = list(&default_api());
        let (ended, error) = run(&mut call, start, failure);
        let error = error.unwrap_err();
        assert_eq!((call.attempts(), error.attempts()), (3, 3), "{error}");
        assert!(error.is_transient());
        assert!(ended - start <= ms(500 + 1000), "two pauses of at most 0.5 s and 1 s: {error}");
    }
}

#[test]
fn what_would_only_fail_again_is_sent_once() {
    let mut failures: Vec<Outcome> = vec![
        Err(Failure::protocol("noise")),
        Err(Failure::tls("unknown CA")),
        Err(Failure::too_large("40 MiB")),
    ];
    failures.extend(
        [301, 302, 303, 304, 307, 308, 400, 401, 403, 404, 406, 410, 501]
            .map(|s| Ok(answer(s, &[]))),
    );
    failures.push(Ok(body(200, "<html>")));
    failures.push(Ok(body(204, "")));
    for failure in failures {
        let mut call = list(&default_api());
        let start = Instant::now();
        sent(&mut call, start);
        call.handle(start, failure);
        let error = done(&mut call, start).unwrap_err();
        assert!(!error.is_transient() && error.attempts() == 1, "{error}");
    }
}

#[test]
fn success_after_failures_is_a_success() {
    let start = Instant::now();
    let mut call = list(&default_api());
    sent(&mut call, start);
    call.handle(start, Err(Failure::closed("reset")));
    assert!(call.last_error().unwrap().is_transient());
    let now = told(&mut call, start);
    sent(&mut call, now);
    call.handle(now, Ok(none_yet()));
    assert!(done(&mut call, now).unwrap().certificates.is_empty());
    assert_eq!(call.attempts(), 2);
}

#[test]
fn pauses_are_spread_by_the_seed_and_stay_within_their_bounds() {
    let pauses = |seed: u64| -> Vec<Duration> {
        let api = build(|api| api.jitter_seed(seed).retry(attempts(9)));
        let mut call = list(&api);
        let mut now = Instant::now();
        (0..8)
            .map(|_| {
                sent(&mut call, now);
                call.handle(now, Err(Failure::closed("reset")));
                let before = now;
                now = told(&mut call, now);
                now - before
            })
            .collect()
    };
    assert_eq!(pauses(7), pauses(7));
    assert_ne!(pauses(7), pauses(8));
    for seed in 0..100 {
        for (pause, bound) in
            pauses(seed).into_iter().zip([500, 1000, 2000, 4000, 8000, 16000, 20000, 20000])
        {
            assert!(pause <= ms(bound));
        }
    }
    let mean = (0..100).map(|seed| pauses(seed)[7]).sum::<Duration>() / 100;
    assert!(
        (ms(7000)..ms(13000)).contains(&mean),
        "full jitter spreads over the whole range: {mean:?}"
    );
}

#[test]
fn a_5xx_that_names_a_time_is_given_it() {
    let start = Instant::now();
    let mut call = list(&default_api());
    sent(&mut call, start);
    call.handle(start, Ok(answer(503, &[("retry-after", "120")])));
    assert_eq!(told(&mut call, start), start + ms(120_000));

    for absurd in ["181", "3600", "18446744073709551615", "999999999999999999999999"] {
        let mut call = list(&default_api());
        sent(&mut call, start);
        call.handle(start, Ok(answer(503, &[("retry-after", absurd)])));
        let error = done(&mut call, start).unwrap_err();
        assert!(error.retry_after().unwrap() > ms(180_000), "{error}");
        assert_eq!(error.attempts(), 1);
    }
}

#[test]
fn a_date_to_retry_after_is_read_against_the_answers_own_date() {
    let start = Instant::now();
    let mut call = list(&default_api());
    sent(&mut call, start);
    let headers = [
        ("date", "Mon, 23 Nov 2026 10:00:00 GMT"),
        ("retry-after", "Mon, 23 Nov 2026 10:01:30 GMT"),
    ];
    call.handle(start, Ok(answer(503, &headers)));
    assert_eq!(told(&mut call, start), start + ms(90_000));
}

#[test]
fn only_what_is_safe_is_repeated() {
    let repeated = |outcome: Outcome| {
        let mut call = default_api().call(Order);
        let start = Instant::now();
        sent(&mut call, start);
        call.handle(start, outcome);
        matches!(call.poll(start), Step::Wait(_))
    };
    assert!(repeated(Err(Failure::connect("refused"))), "it never reached the service");
    assert!(repeated(Ok(answer(429, &[]))), "it was refused unread");
    assert!(!repeated(Err(Failure::closed("reset"))));
    assert!(!repeated(Err(Failure::timeout("slow"))));
    assert!(!repeated(Ok(answer(503, &[]))));
}

// 429.

#[test]
fn a_429_uses_up_no_attempt() {
    let start = Instant::now();
    let mut call = list(&default_api());
    sent(&mut call, start);
    call.handle(start, Ok(answer(429, &[])));
    let mut now = told(&mut call, start);
    assert_eq!(now, start + ms(5000));
    for _ in 0..2 {
        sent(&mut call, now);
        call.handle(now, Ok(answer(503, &[])));
        now = told(&mut call, now);
    }
    sent(&mut call, now);
    call.handle(now, Ok(none_yet()));
    done(&mut call, now).unwrap();
    assert_eq!(call.attempts(), 4);
}

#[test]
fn many_429_at_once_are_one_step() {
    let api = build(|api| api.rate_limit(RateLimit::unlimited()));
    let start = Instant::now();
    let mut calls: Vec<_> = (0..64).map(|_| list(&api)).collect();
    for call in &mut calls {
        sent(call, start);
    }
    for (i, call) in calls.iter_mut().enumerate() {
        call.handle(start + ms(i as u64), Ok(answer(429, &[])));
    }
    for call in &mut calls {
        assert_eq!(told(call, start + ms(100)), start + ms(5000), "one pause for all");
    }
    assert_eq!(told(&mut list(&api), start + ms(100)), start + ms(5000), "newcomers too");
}

#[test]
fn pauses_grow_until_an_attempt_after_one_succeeds() {
    let api = default_api();
    let mut now = Instant::now();
    let refused = |now: Instant| {
        let mut call = list(&api);
        sent(&mut call, now);
        call.handle(now, Ok(answer(429, &[])));
        told(&mut call, now)
    };
    for pause in [5, 10, 20, 40, 60, 60] {
        let end = refused(now);
        assert_eq!(end - now, ms(pause * 1000));
        now = end;
    }
    let mut call = list(&api);
    sent(&mut call, now);
    call.handle(now, Ok(none_yet()));
    let end = refused(now);
    assert_eq!(end - now, ms(5000));
}

#[test]
fn an_answer_to_an_attempt_from_before_the_pause_resets_nothing() {
    let api = default_api();
    let start = Instant::now();
    let (mut early, mut refused) = (list(&api), list(&api));
    sent(&mut early, start);
    sent(&mut refused, start);
    refused.handle(start, Ok(answer(429, &[])));
    early.handle(start + ms(1), Ok(none_yet()));
    let now = told(&mut refused, start);
    sent(&mut refused, now);
    refused.handle(now, Ok(answer(429, &[])));
    assert_eq!(told(&mut refused, now) - now, ms(10_000));
}

#[test]
fn a_429_that_names_a_time_is_given_it() {
    let api = default_api();
    let start = Instant::now();
    let mut calls = [list(&api), list(&api), list(&api)];
    for call in &mut calls {
        sent(call, start);
    }
    calls[0].handle(start, Ok(answer(429, &[("retry-after", "7")])));
    calls[1].handle(start, Ok(answer(429, &[("retry-after", "3")])));
    assert_eq!(told(&mut calls[0], start), start + ms(7000));
    calls[2].handle(start, Ok(answer(429, &[("retry-after", "30")])));
    for call in &mut calls {
        assert_eq!(told(call, start + ms(7000)), start + ms(30_000), "the longest holds for all");
    }
}

#[test]
fn a_call_ends_when_its_429_pauses_would_exceed_three_minutes() {
    let api = default_api();
    let start = Instant::now();
    let mut call = list(&api);
    let (ended, error) = run(&mut call, start, || Ok(answer(429, &[])));
    let error = error.unwrap_err();
    assert!(error.is_rate_limited() && error.is_transient());
    assert_eq!(ended - start, ms((5 + 10 + 20 + 40 + 60) * 1000), "another 60 s would be too much");
    assert_eq!(error.attempts(), 6);
}

#[test]
fn a_call_told_to_wait_an_hour_ends_and_the_api_pauses_three_minutes_at_most() {
    let api = default_api();
    let start = Instant::now();
    let mut call = list(&api);
    sent(&mut call, start);
    call.handle(start, Ok(answer(429, &[("retry-after", "3600")])));
    assert_eq!(done(&mut call, start).unwrap_err().retry_after(), Some(ms(3_600_000)));
    assert_eq!(told(&mut list(&api), start), start + ms(180_000));
}

#[test]
fn a_service_that_says_429_and_no_pause_is_not_asked_for_ever() {
    let mut call = list(&build(|api| api.rate_limit(RateLimit::unlimited())));
    let (_, error) = run(&mut call, Instant::now(), || Ok(answer(429, &[("retry-after", "0")])));
    assert!(error.unwrap_err().is_rate_limited());
    assert_eq!(call.attempts(), 181);
}

#[test]
fn without_retries_a_429_ends_the_call() {
    let mut call = list(&build(|api| api.retry(RetryPolicy::none())));
    let start = Instant::now();
    let (ended, error) = run(&mut call, start, || Ok(answer(429, &[])));
    assert!(error.unwrap_err().is_rate_limited() && ended == start);
}

// Deadlines.

#[test]
fn an_attempt_ends_with_the_call_at_the_latest() {
    let start = Instant::now();
    assert_eq!(sent(&mut list(&default_api()), start).deadline, start + ms(30_000));
    let mut call = list(&default_api()).with_deadline(start + ms(8000));
    assert_eq!(sent(&mut call, start).deadline, start + ms(8000));
    let api = build(|api| api.attempt_timeout(ms(20)).body_limit(99));
    let attempt = sent(&mut list(&api), start);
    assert_eq!((attempt.deadline, attempt.body_limit), (start + ms(20), 99));
}

#[test]
fn the_call_timeout_runs_from_the_first_poll_and_a_deadline_replaces_it() {
    let api = build(|api| api.call_timeout(ms(1000)));
    let start = Instant::now();
    let mut call = list(&api);
    assert_eq!(sent(&mut call, start + ms(500)).deadline, start + ms(1500));
    let mut call = list(&api).with_deadline(start + ms(9000));
    assert_eq!(sent(&mut call, start + ms(500)).deadline, start + ms(9000));
}

#[test]
fn a_pause_that_cannot_end_before_the_deadline_is_not_begun() {
    let start = Instant::now();
    let outcomes = [answer(429, &[]), answer(503, &[("retry-after", "5")])];
    for outcome in outcomes {
        let status = outcome.status();
        let mut call = list(&default_api()).with_deadline(start + ms(5000));
        sent(&mut call, start);
        call.handle(start, Ok(outcome));
        let error = done(&mut call, start).unwrap_err();
        assert_eq!(error.status(), Some(status), "the last real error: {error}");
    }
}

#[test]
fn a_call_whose_place_is_too_late_ends_at_once_and_takes_none() {
    let api = build(|api| api.rate_limit(windows(&[(1, 1000)])));
    let start = Instant::now();
    sent(&mut list(&api), start);
    let mut first = list(&api);
    assert_eq!(told(&mut first, start), start + ms(1000));
    let mut hasty = list(&api).with_deadline(start + ms(2000));
    let error = done(&mut hasty, start).unwrap_err();
    assert!(matches!(error, Error::Deadline(_)) && error.is_timeout() && error.attempts() == 0);
    let mut patient = list(&api).with_deadline(start + ms(2001));
    assert_eq!(told(&mut patient, start), start + ms(2000), "the hasty one took none");
}

#[test]
fn a_deadline_that_passes_while_waiting_ends_the_call() {
    let api = build(|api| api.rate_limit(windows(&[(1, 1000)])));
    let start = Instant::now();
    sent(&mut list(&api), start);
    let mut call = list(&api).with_deadline(start + ms(1500));
    let now = told(&mut call, start) + ms(500);
    assert!(matches!(done(&mut call, now), Err(Error::Deadline(_))));
}

#[test]
fn a_failure_on_the_way_is_what_a_deadline_reports() {
    let api = build(|api| api.rate_limit(windows(&[(1, 10_000)])));
    let start = Instant::now();
    let mut call = list(&api).with_deadline(start + ms(9000));
    sent(&mut call, start);
    call.handle(start, Ok(answer(503, &[])));
    let backoff_over = told(&mut call, start);
    let error = done(&mut call, backoff_over).unwrap_err();
    assert_eq!(error.status().unwrap(), 503, "its next place would be at 10 s");
}

// The rate limit.

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

// Misuse, and values beyond reason.

#[test]
fn polling_while_an_attempt_is_out_waits_for_its_deadline_and_then_counts_a_timeout() {
    let start = Instant::now();
    let mut call = list(&default_api());
    sent(&mut call, start);
    assert_eq!(told(&mut call, start + ms(1)), start + ms(30_000));
    let Step::Wait(next) = call.poll(start + ms(30_000)) else { panic!("backoff") };
    assert!(call.last_error().unwrap().is_timeout());
    sent(&mut call, next);
    assert_eq!(call.attempts(), 2);
}

#[test]
fn a_good_answer_counts_however_late() {
    let start = Instant::now();
    let mut call = list(&default_api()).with_deadline(start + ms(1000));
    sent(&mut call, start);
    call.handle(start + ms(99_000), Ok(none_yet()));
    done(&mut call, start + ms(99_000)).unwrap();

    let mut call = list(&default_api());
    sent(&mut call, start);
    let _ = call.poll(start + ms(30_000));
    call.handle(start + ms(30_000), Ok(none_yet()));
    done(&mut call, start + ms(30_000)).unwrap();
}

#[test]
fn what_is_handed_in_without_an_attempt_out_changes_nothing() {
    let start = Instant::now();
    let mut call = list(&default_api());
    call.handle(start, Ok(none_yet()));
    sent(&mut call, start);
    call.handle(start, Ok(answer(404, &[])));
    call.handle(start, Ok(none_yet()));
    assert!(done(&mut call, start).unwrap_err().is_not_found());

    let mut call = list(&default_api());
    sent(&mut call, start);
    let Step::Wait(next) = call.poll(start + ms(30_000)) else { panic!("backoff") };
    call.handle(start + ms(30_000), Ok(answer(404, &[])));
    sent(&mut call, next);
    assert_eq!(call.attempts(), 2, "a late bad answer to an attempt given up");
}

#[test]
fn after_the_end_there_is_nothing() {
    let start = Instant::now();
    let mut call = list(&default_api());
    sent(&mut call, start);
    call.handle(start, Ok(none_yet()));
    done(&mut call, start).unwrap();
    for _ in 0..2 {
        call.handle(start, Ok(none_yet()));
        assert!(matches!(done(&mut call, start), Err(Error::Invalid(_))));
    }
}

#[test]
fn absurd_durations_do_not_overflow() {
    let api = build(|api| {
        let limit = RateLimit::windows(&[(1, Duration::MAX)]).unwrap().margin(Duration::MAX);
        api.attempt_timeout(Duration::MAX).call_timeout(Duration::MAX).rate_limit(limit)
    });
    let start = Instant::now();
    let mut call = list(&api);
    assert!(sent(&mut call, start).deadline > start + ms(1_000_000_000));
    call.handle(start, Err(Failure::closed("reset")));
    let backoff_over = told(&mut call, start);
    assert!(done(&mut call, backoff_over).is_err(), "its next place is beyond all time");
}

// Who drives the calls.

/// `POST`, which is not repeated unless it is safe.
struct Order;

impl Endpoint for Order {
    type Output = Reissues;

    fn method(&self) -> Method {
        Method::POST
    }

    fn path(&self) -> String {
        "/order/certificate".into()
    }

    fn parse(&self, response: &Response<Bytes>) -> Result<Reissues, DecodeError> {
        decode_json(response)
    }
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

/// Drives `call` to its end, each attempt answered at once.
fn run(
    call: &mut List,
    start: Instant,
    outcome: impl Fn() -> Outcome,
) -> (Instant, Result<Reissues, Error>) {
    let mut now = start;
    loop {
        match call.poll(now) {
            Step::Send(_) => call.handle(now, outcome()),
            Step::Wait(at) => now = at,
            Step::Done(result) => return (now, result),
        }
    }
}

fn sent<E: Endpoint>(call: &mut Call<E>, now: Instant) -> Attempt {
    match call.poll(now) {
        Step::Send(attempt) => attempt,
        Step::Wait(at) => panic!("told to wait {:?}", at - now),
        Step::Done(result) => panic!("over: {:?}", result.err()),
    }
}

fn told(call: &mut List, now: Instant) -> Instant {
    match call.poll(now) {
        Step::Wait(at) => at,
        Step::Send(_) => panic!("sent"),
        Step::Done(result) => panic!("over: {result:?}"),
    }
}

fn done(call: &mut List, now: Instant) -> Result<Reissues, Error> {
    match call.poll(now) {
        Step::Done(result) => result,
        step => panic!("{step:?}"),
    }
}

fn list(api: &Api) -> List {
    api.call(ListReissues::new(OrderId(112_233)))
}

fn default_api() -> Api {
    build(|api| api)
}

fn build(choices: impl FnOnce(ApiBuilder) -> ApiBuilder) -> Api {
    choices(Api::builder(ApiKey::new("S3cret").unwrap())).build().unwrap()
}

/// Windows in milliseconds, without a margin.
fn windows(windows: &[(u32, u64)]) -> RateLimit {
    let windows: Vec<_> = windows.iter().map(|&(count, span)| (count, ms(span))).collect();
    RateLimit::windows(&windows).unwrap().margin(Duration::ZERO)
}

fn attempts(count: u32) -> RetryPolicy {
    RetryPolicy::default().attempts(NonZeroU32::new(count).unwrap())
}

fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

fn none_yet() -> Response<Bytes> {
    body(200, r#"{"certificates": []}"#)
}

fn body(status: u16, body: &'static str) -> Response<Bytes> {
    Response::builder().status(status).body(Bytes::from(body)).unwrap()
}

fn answer(status: u16, headers: &[(&str, &str)]) -> Response<Bytes> {
    let mut response = Response::builder().status(status);
    for &(name, value) in headers {
        response = response.header(name, value);
    }
    response.body(Bytes::new()).unwrap()
}
