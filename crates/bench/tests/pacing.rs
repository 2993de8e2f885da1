//! What the rate limiter promises beside latency, late timers, bulk runs and other processes, in
//! virtual time. `cargo run --release -p certcentral-bench --example pacing` prints the numbers.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use std::time::Duration;

use certcentral_bench::{
    bulk::{DOCUMENTED, best},
    pacing::{Planned, Report, World, at_once, every, processes},
};
use certcentral_core::{Api, ApiKey, RateLimit};

const HOUR: Duration = Duration::from_secs(3600);

#[test]
fn late_timers_cost_no_capacity_and_nobody_waits_long() {
    for (count, seconds) in [(1, 1), (2, 1), (3, 1), (5, 1), (10, 1), (3, 2)] {
        let span = Duration::from_secs(seconds);
        let calls = every(span.mul_f64(0.9) / count, 200 * count);
        let run = |lateness| {
            let api = api(RateLimit::windows(&[(count, span)]).unwrap());
            let windows = [(usize::try_from(count).unwrap(), span)];
            World::near(&windows, Duration::from_millis(lateness)).run(&[api], &calls, HOUR)
        };
        let (exact, late) = (run(0), run(5));
        assert_eq!((late.refused, late.failed()), (0, 0));
        assert!(exact.last().as_secs_f64() >= 0.985 * late.last().as_secs_f64(), "{count}");
        assert!(late.longest_wait() <= exact.longest_wait().mul_f64(1.05) + span, "{count}");
        assert_order(&late, usize::try_from(count).unwrap());
    }
}

#[test]
fn the_documented_windows_are_used_up_and_kept() {
    let calls = at_once(10_000);
    let world = World {
        round_trip: Duration::from_millis(80),
        ..World::near(&DOCUMENTED, Duration::from_millis(5))
    };
    let report = world.run(&[api(RateLimit::default())], &calls, HOUR);
    assert_eq!((report.refused, report.failed()), (0, 0));
    let best = best(10_000, &DOCUMENTED);
    assert!(report.last() <= best.mul_f64(1.02), "{:?} beside {best:?}", report.last());
    assert_order(&report, 100);
}

#[test]
fn no_network_makes_the_service_see_too_many() {
    for millis in [20, 100, 160, 400] {
        for jitter in [0, 50, 2000] {
            let world = World {
                round_trip: Duration::from_millis(millis),
                jitter: Duration::from_millis(jitter),
                ..World::near(&DOCUMENTED, Duration::from_millis(3))
            };
            let report = world.run(&[api(RateLimit::default())], &at_once(1500), HOUR);
            assert_eq!((report.refused, report.failed()), (0, 0), "{millis} ms, {jitter} ms");
        }
    }
}

#[test]
fn interactive_calls_go_at_once_beside_a_bulk_run() {
    let mut calls = every(Duration::from_secs(2), 1800);
    let bulk = Planned { api: 0, at: Duration::ZERO, background: true };
    calls.extend(vec![bulk; 22_000]);
    let world = World {
        round_trip: Duration::from_millis(80),
        ..World::near(&DOCUMENTED, Duration::from_millis(3))
    };
    let report = world.run(&[api(RateLimit::default())], &calls, HOUR);
    for call in &report.calls[..1799] {
        assert!(call.is_ok && call.waited <= Duration::from_millis(50), "{call:?}");
    }
    let bulk = report.calls[1800..].iter().filter(|call| call.is_ok).count();
    // Of 1000 in 180 s, 100 are the reserve, and 90 were interactive.
    assert!(bulk >= 20 * 800, "the bulk run gets the rest: {bulk}");
}

#[test]
fn processes_that_share_a_key_all_get_through() {
    for (number, equal) in [(2, true), (4, false), (10, true), (10, false)] {
        let calls = processes(number, 4500, equal);
        let best = best(u64::try_from(calls.len()).unwrap(), &DOCUMENTED);
        for (counts_refused, limit) in [(false, 1.3), (true, 1.8)] {
            let world = World {
                counts_refused,
                round_trip: Duration::from_millis(80),
                jitter: Duration::from_millis(10),
                ..World::near(&DOCUMENTED, Duration::from_millis(3))
            };
            let apis: Vec<_> = (0..number).map(|_| api(RateLimit::default())).collect();
            let report = world.run(&apis, &calls, 10 * HOUR);
            assert_eq!(report.failed(), 0, "{number}, {equal}");
            assert!(report.refused <= 11_600 / 6, "{} refused", report.refused);
            assert!(report.last() <= best.mul_f64(limit), "{:?}, {best:?}", report.last());
        }
    }
}

/// No call is overtaken by more of those made after it than one window counts.
fn assert_order(report: &Report, window: usize) {
    let mut sent: Vec<_> = report.calls.iter().map(|call| call.sent).enumerate().collect();
    sent.sort_by_key(|&(_, at)| at);
    let mut earlier = std::collections::BTreeSet::new();
    for (index, _) in sent {
        let overtaken_by = earlier.range(index..).count();
        assert!(overtaken_by <= window, "{overtaken_by} overtook {index}");
        earlier.insert(index);
    }
}

fn api(limit: RateLimit) -> Api {
    let api = Api::builder(ApiKey::new("0123456789ABCDEF").unwrap()).jitter_seed(1);
    api.rate_limit(limit).build().unwrap()
}
