//! Deadlines, of attempts and of calls.

use std::time::Instant;

use certcentral_core::Error;

use crate::drive::{answer, build, default_api, done, list, ms, sent, told, windows};

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
fn the_call_timeout_runs_from_the_first_poll() {
    let api = build(|api| api.call_timeout(ms(1000)));
    let start = Instant::now();
    let mut call = list(&api);
    assert_eq!(sent(&mut call, start + ms(500)).deadline, start + ms(1500));
    let mut call = list(&api).with_deadline(start + ms(9000));
    assert_eq!(sent(&mut call, start + ms(500)).deadline, start + ms(9000));
    let mut call = list(&api.with_call_timeout(ms(2000)));
    assert_eq!(sent(&mut call, start + ms(500)).deadline, start + ms(2500));
}

#[test]
fn a_deadline_can_be_taken_away() {
    let start = Instant::now();
    let mut call = list(&default_api()).with_deadline(start);
    call.set_deadline(None);
    assert_eq!(sent(&mut call, start).deadline, start + ms(30_000));
    let mut call = list(&build(|api| api.call_timeout(ms(1000))));
    call.set_deadline(None);
    assert_eq!(sent(&mut call, start).deadline, start + ms(30_000), "and so can that of the Api");
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
fn who_misses_the_turn_hears_what_it_waited_for() {
    let api = build(|api| api.rate_limit(windows(&[(1, 1000)])));
    let start = Instant::now();
    sent(&mut list(&api), start);
    let mut call = list(&api).with_deadline(start + ms(1001));
    assert_eq!(told(&mut call, start), start + ms(1000));
    let error = done(&mut call, start + ms(1003)).unwrap_err();
    assert!(error.is_rate_limited() && error.retry_after() == Some(ms(0)), "{error:?}");
}

#[test]
fn a_deadline_set_while_waiting_is_seen_at_once() {
    let api = build(|api| api.rate_limit(windows(&[(1, 1000)])));
    let start = Instant::now();
    sent(&mut list(&api), start);
    let mut call = list(&api);
    told(&mut call, start);
    let mut call = call.with_deadline(start + ms(900));
    assert!(matches!(done(&mut call, start + ms(1)), Err(Error::Deadline(_))));
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
