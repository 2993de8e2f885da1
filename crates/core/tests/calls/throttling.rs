//! 429, and the pauses of the whole `Api`.

use std::time::Instant;

use certcentral_core::{RateLimit, RetryPolicy, Step};

use crate::drive::{
    List, answer, body, build, default_api, done, list, ms, none_yet, run, sent, told,
};

/// Polls `call` at the instants that it is told until it sends, and returns when it did.
fn send_in_time(call: &mut List, mut now: Instant) -> Instant {
    loop {
        match call.poll(now) {
            Step::Send(_) => return now,
            Step::Wait(at) => now = at,
            Step::Done(result) => panic!("over: {result:?}"),
        }
    }
}

#[test]
fn a_429_uses_up_no_attempt() {
    let start = Instant::now();
    let mut call = list(&default_api());
    sent(&mut call, start);
    call.handle(start, Ok(answer(429, &[])));
    assert_eq!(told(&mut call, start), start + ms(5000));
    let mut now = start;
    for _ in 0..2 {
        now = send_in_time(&mut call, now);
        call.handle(now, Ok(answer(503, &[])));
    }
    now = send_in_time(&mut call, now);
    call.handle(now, Ok(none_yet()));
    done(&mut call, now).unwrap();
    assert_eq!(call.attempts(), 4);
}

#[test]
fn a_429_that_refuses_the_key_ends_the_call_and_pauses_nobody() {
    let (api, start) = (default_api(), Instant::now());
    let (mut call, mut other) = (list(&api), list(&api));
    sent(&mut call, start);
    let refusal = r#"{"errors": [{"code": "access_denied|access_denied_invalid_key"}]}"#;
    call.handle(start, Ok(body(429, refusal)));
    assert!(done(&mut call, start).unwrap_err().is_access_denied());
    sent(&mut other, start);
}

#[test]
fn many_429_at_once_are_one_pause() {
    let api = build(|api| api.rate_limit(RateLimit::unlimited()));
    let start = Instant::now();
    let mut calls: Vec<_> = (0..64).map(|_| list(&api)).collect();
    for call in &mut calls {
        sent(call, start);
    }
    for (i, call) in calls.iter_mut().enumerate() {
        call.handle(start + ms(i as u64), Ok(answer(429, &[])));
    }
    // One goes first, to find out whether the pause helped.
    let told: Vec<_> = calls.iter_mut().map(|call| told(call, start + ms(100))).collect();
    assert_eq!(told[..3], [5000, 5100, 5200].map(|millis| start + ms(millis)));
    sent(&mut calls[0], start + ms(5000));
    assert!(matches!(calls[1].poll(start + ms(5050)), Step::Wait(_)), "one is in flight");
    calls[0].handle(start + ms(5080), Ok(none_yet()));
    for call in &mut calls[1..] {
        sent(call, start + ms(5080));
    }
}

#[test]
fn the_first_pause_can_be_set() {
    let retry = RetryPolicy::default().first_throttle_pause(ms(10));
    let api = build(|api| api.retry(retry));
    let start = Instant::now();
    let mut call = list(&api);
    sent(&mut call, start);
    call.handle(start, Ok(answer(429, &[])));
    assert!(send_in_time(&mut call, start) <= start + ms(600));
}

#[test]
fn requests_are_spread_out_after_a_pause() {
    let api = default_api();
    let start = Instant::now();
    let mut call = list(&api);
    sent(&mut call, start);
    call.handle(start, Ok(answer(429, &[])));
    let now = send_in_time(&mut call, start);
    call.handle(now, Ok(none_yet()));
    let mut next: Vec<_> = (0..10).map(|_| list(&api)).collect();
    let sends = |call: &mut List| matches!(call.poll(now + ms(1)), Step::Send(_));
    let at_once = next.iter_mut().map(sends).filter(|&sends| sends).count();
    assert_eq!(at_once, 4, "half of a tenth of the window, and one was sent before");
    let minute = now + ms(60_000);
    for _ in 0..50 {
        let mut call = list(&api);
        sent(&mut call, minute);
        call.handle(minute, Ok(none_yet()));
    }
}

#[test]
fn a_burst_that_is_mostly_accepted_slows_nothing_down() {
    let api = default_api();
    let mut now = Instant::now();
    for _ in 0..8 {
        let mut calls: Vec<_> = (0..10).map(|_| list(&api)).collect();
        for call in &mut calls {
            sent(call, now);
        }
        // The 429s arrive first.
        for call in &mut calls[..4] {
            call.handle(now + ms(80), Ok(answer(429, &[])));
        }
        for call in &mut calls[4..] {
            call.handle(now + ms(90), Ok(none_yet()));
        }
        let end = told(&mut list(&api), now + ms(100));
        assert_eq!(end, now + ms(5080), "the first pause again, and ten go at once after it");
        now = end;
    }
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
    now += ms(1000);
    let end = refused(now);
    assert_eq!(end - now, ms(5000));
}

#[test]
fn a_response_to_an_attempt_before_the_pause_resets_nothing() {
    let api = default_api();
    let start = Instant::now();
    let (mut early, mut refused, mut other) = (list(&api), list(&api), list(&api));
    for call in [&mut early, &mut refused, &mut other] {
        sent(call, start);
    }
    refused.handle(start, Ok(answer(429, &[])));
    early.handle(start + ms(1), Ok(none_yet()));
    other.handle(start + ms(2), Ok(answer(429, &[])));
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
    assert_eq!(told(&mut calls[0], start + ms(7000)), start + ms(30_000), "the longest holds");
    for call in &mut calls[1..] {
        assert!(told(call, start + ms(7000)) >= start + ms(30_000), "for all");
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
fn the_api_pauses_three_minutes_at_most() {
    let api = default_api();
    let start = Instant::now();
    let mut call = list(&api);
    sent(&mut call, start);
    call.handle(start, Ok(answer(429, &[("retry-after", "3600")])));
    assert_eq!(done(&mut call, start).unwrap_err().retry_after(), Some(ms(3_600_000)));
    assert_eq!(told(&mut list(&api), start), start + ms(180_000));
}

#[test]
fn no_policy_makes_a_call_come_back_before_it_was_told_to() {
    let patient = RetryPolicy::default().max_throttled(ms(7_200_000));
    let mut call = list(&build(|api| api.retry(patient)));
    let start = Instant::now();
    sent(&mut call, start);
    call.handle(start, Ok(answer(429, &[("retry-after", "3600")])));
    assert!(done(&mut call, start).unwrap_err().is_rate_limited());
}

#[test]
fn a_service_that_says_429_and_no_pause_is_not_asked_for_ever() {
    let mut call = list(&build(|api| api.rate_limit(RateLimit::unlimited())));
    let start = Instant::now();
    let (ended, error) = run(&mut call, start, || Ok(answer(429, &[("retry-after", "0")])));
    assert!(error.unwrap_err().is_rate_limited());
    assert_eq!((call.attempts(), ended - start), (181, ms(180_000)), "a second each");
}

#[test]
fn without_retries_a_429_ends_the_call() {
    let mut call = list(&build(|api| api.retry(RetryPolicy::none())));
    let start = Instant::now();
    let (ended, error) = run(&mut call, start, || Ok(answer(429, &[])));
    assert!(error.unwrap_err().is_rate_limited() && ended == start);
}
