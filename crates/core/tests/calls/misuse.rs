//! Calls that are polled or handled at the wrong moment, and extreme durations.

use std::time::{Duration, Instant};

use certcentral_core::{Error, Failure, FailureKind, RateLimit, Step};

use crate::drive::{answer, build, default_api, done, list, ms, none_yet, sent, told};

#[test]
fn polling_during_an_attempt_waits_for_its_deadline() {
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
fn a_good_response_counts_however_late() {
    let start = Instant::now();
    let mut call = list(&default_api()).with_deadline(start + ms(1000));
    sent(&mut call, start);
    call.handle(start + ms(99_000), Ok(none_yet()));
    done(&mut call, start + ms(99_000)).unwrap();
}

#[test]
fn what_is_handed_in_without_an_attempt_out_changes_nothing() {
    let start = Instant::now();
    let mut call = list(&default_api());
    call.handle(start, Ok(none_yet()));
    sent(&mut call, start);
    call.handle(start, Ok(answer(404, &[])));
    call.handle(start, Ok(none_yet()));
    assert_eq!(done(&mut call, start).unwrap_err().status().unwrap(), 404);

    let mut call = list(&default_api());
    sent(&mut call, start);
    let Step::Wait(next) = call.poll(start + ms(30_000)) else { panic!("backoff") };
    call.handle(start + ms(30_000), Ok(none_yet()));
    sent(&mut call, next);
    assert_eq!(call.attempts(), 2, "a late response to an attempt given up");
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
    call.handle(start, Err(Failure::new(FailureKind::Closed, "reset")));
    let backoff_over = told(&mut call, start);
    assert!(done(&mut call, backoff_over).is_err(), "its next place is beyond all time");
}
