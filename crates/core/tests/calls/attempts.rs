//! Attempts, and the pauses between them.

use std::time::{Duration, Instant};

use bytes::Bytes;
use certcentral_core::{
    Attempt, CertificateId, DecodeError, Endpoint, Error, Failure, FailureKind, Reissues, Step,
    certificate::DownloadCertificate, decode_json,
};
use http::{Method, Response, StatusCode};

use crate::drive::{
    Outcome, answer, attempts, body, build, default_api, done, list, ms, none_yet, run, sent, told,
};

#[test]
fn a_transient_failure_is_tried_three_times_in_all() {
    let failures: [fn() -> Outcome; 9] = [
        || Err(Failure::new(FailureKind::Closed, "reset")),
        || Err(Failure::new(FailureKind::Connect, "refused")),
        || Err(Failure::new(FailureKind::Timeout, "slow")),
        || Ok(answer(408, &[])),
        || Ok(answer(500, &[])),
        || Ok(answer(502, &[])),
        || Ok(answer(503, &[])),
        || Ok(answer(504, &[])),
        // The list of a server that ended its response, though its backend had died.
        || Ok(body(200, r#"{"certificates": [{"id": 1, "common_name": "shop.examp"#)),
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
fn a_chain_that_is_not_whole_is_downloaded_again() {
    let whole = certcentral_fixtures::get("download_certificate/pem-noroot.pem").unwrap().body;
    let leaf =
        certcentral_fixtures::get("download_certificate/pem-nointermediate.pem").unwrap().body;
    let download = || default_api().call(DownloadCertificate::new(CertificateId(8)).without_root());
    let mut bodies = [leaf, &whole[..whole.len() / 2], whole].into_iter();
    let mut call = download();
    let next = || Ok(Response::new(Bytes::from_static(bodies.next().unwrap())));
    let (_, chain) = run(&mut call, Instant::now(), next);
    assert_eq!((chain.unwrap().intermediates().count(), call.attempts()), (1, 3));

    // A proxy may end the response of a backend that died between two certificates.
    let mut call = download();
    let (_, chain) = run(&mut call, Instant::now(), || Ok(Response::new(Bytes::from_static(leaf))));
    let error = chain.unwrap_err();
    assert!(matches!(&error, Error::Decode(e) if e.is_incomplete()), "{error:?}");
    assert_eq!((error.is_transient(), error.attempts()), (true, 3));
}

#[test]
fn what_would_only_fail_again_is_sent_once() {
    let mut failures: Vec<Outcome> = vec![
        Err(Failure::new(FailureKind::Protocol, "noise")),
        Err(Failure::new(FailureKind::Tls, "unknown CA")),
        Err(Failure::new(FailureKind::TooLarge, "40 MiB")),
    ];
    failures.extend(
        [301, 302, 303, 304, 307, 308, 400, 401, 403, 404, 406, 410, 501]
            .map(|s| Ok(answer(s, &[]))),
    );
    failures.push(Ok(body(200, "<html>")));
    failures.push(Ok(body(204, "")));
    failures.push(Ok(body(200, " ")));
    failures.push(Ok(body(200, r#"{"certificates": [}"#)));
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
    call.handle(start, Err(Failure::new(FailureKind::Closed, "reset")));
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
                call.handle(now, Err(Failure::new(FailureKind::Closed, "reset")));
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
            // Half is fixed, so that a server that restarts is not asked thrice within a moment.
            assert!((ms(bound / 2)..=ms(bound)).contains(&pause), "{pause:?} of {bound}");
        }
    }
    let mean = (0..100).map(|seed| pauses(seed)[7]).sum::<Duration>() / 100;
    assert!(
        (ms(13_500)..ms(16_500)).contains(&mean),
        "jitter spreads over the other half: {mean:?}"
    );
}

/// As a front that ends its kept connections whenever the server behind it hangs up, while other calls
/// keep making new ones.
#[test]
fn a_stale_failure_is_free_once_until_a_response_comes() {
    use FailureKind::{Closed, Stale};

    for (kinds, attempts) in [(&[Stale, Closed][..], 4), (&[Stale], 4), (&[Closed, Stale], 4)] {
        let mut call = list(&default_api());
        let mut kinds = kinds.iter().cycle();
        let ended = run(&mut call, Instant::now(), || {
            Err(Failure::new(*kinds.next().unwrap(), "the connection ended"))
        });
        assert_eq!(ended.1.unwrap_err().attempts(), attempts, "{kinds:?}");
    }

    let mut call = list(&default_api());
    let mut outcomes = [false, true, false, true, false, true].into_iter();
    let ended = run(&mut call, Instant::now(), || {
        let responds = outcomes.next().unwrap();
        if responds { Ok(answer(503, &[])) } else { Err(Failure::new(Stale, "ended")) }
    });
    assert_eq!(ended.1.unwrap_err().attempts(), 6, "a response has come between");
}

/// HTTP/2's GOAWAY to many calls at once: each new connection may take as few.
#[test]
fn what_was_not_processed_is_sent_again_at_once() {
    let start = Instant::now();
    let refused = || Err(Failure::new(FailureKind::Stale, "GOAWAY").unprocessed());
    let mut call = build(|api| api.retry(attempts(1))).call(Order);
    for _ in 0..5 {
        sent(&mut call, start);
        call.handle(start, refused());
    }
    assert!(matches!(call.poll(start), Step::Send(_)));

    let mut call = list(&build(|api| api.retry(attempts(1))));
    let error = run(&mut call, start, refused).1.unwrap_err();
    assert!(error.attempts() > 5 && error.is_transient(), "{error}");
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
fn a_retry_after_date_is_read_against_the_responses_date() {
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
    assert!(
        repeated(Err(Failure::new(FailureKind::Connect, "refused"))),
        "it never reached the service"
    );
    assert!(repeated(Ok(answer(429, &[]))), "it was refused unread");
    assert!(!repeated(Err(Failure::new(FailureKind::Closed, "reset"))));
    assert!(!repeated(Err(Failure::new(FailureKind::Timeout, "slow"))));
    assert!(!repeated(Ok(answer(503, &[]))));
    assert!(!repeated(Ok(body(201, r#"{"id": 7, "requests": ["#))), "it was done");
}

#[test]
fn a_refusal_counts_whatever_becomes_of_its_body() {
    let cut = |response| Err(Failure::new(FailureKind::Closed, "reset").with_response(response));
    let start = Instant::now();
    let mut call = list(&default_api());
    sent(&mut call, start);
    call.handle(start, cut(body(404, r#"{"errors": [{"code": "not_f"#)));
    let error = done(&mut call, start).unwrap_err();
    assert_eq!(error.status().unwrap(), 404);
    let Error::Api(error) = error else { panic!("{error:?}") };
    assert_eq!(error.body, r#"{"errors": [{"code": "not_f"#);

    let mut call = list(&default_api());
    sent(&mut call, start);
    call.handle(start, cut(answer(429, &[])));
    assert_eq!(told(&mut call, start), start + ms(5000), "as after any 429");

    let mut call = list(&default_api());
    sent(&mut call, start);
    call.handle(start, cut(none_yet()));
    assert!(matches!(call.last_error(), Some(Error::Transport(_))), "not of a part");
}

#[test]
fn room_for_a_body_has_a_bound() {
    const MIB: usize = 1024 * 1024;
    let room = |status: u16, length, limit| {
        let status = StatusCode::from_u16(status).unwrap();
        Attempt::room_for_body(status, length, limit).map_err(|failure| failure.kind())
    };
    assert_eq!(room(200, 7, 10), Ok(7));
    assert_eq!(room(200, 10, 10), Ok(10));
    assert_eq!(room(200, 11, 10), Err(FailureKind::TooLarge));
    assert_eq!(room(404, 11, 10), Ok(10), "a refusal is read as far as allowed");
    assert_eq!(room(404, u64::MAX, usize::MAX), Ok(32 * MIB));
    assert_eq!(room(200, 64 * MIB as u64, usize::MAX), Ok(32 * MIB));
}

/// `POST`, which is not retried unless it is safe.
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
