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
    let run = |lateness| {
        let world = World {
            round_trip: Duration::from_millis(80),
            ..World::near(&DOCUMENTED, Duration::from_millis(lateness))
        };
        world.run(&[api(RateLimit::default())], &at_once(10_000), HOUR)
    };
    let (exact, report) = (run(0), run(5));
    assert_eq!((report.refused, report.failed()), (0, 0));
    assert!(exact.last().as_secs_f64() >= 0.985 * report.last().as_secs_f64());
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

/// Processes, whether their loads are equal, and how many requests the limiter before this one had
/// refused for 3000 and 6000 calls: where refused requests do not count, and where they do.
const REFUSED_BEFORE: [(usize, bool, [[usize; 2]; 2]); 6] = [
    (2, true, [[2900, 5895], [6998, 9490]]),
    (2, false, [[547, 1047], [1275, 2969]]),
    (4, true, [[8400, 15_615], [12_685, 23_846]]),
    (4, false, [[2558, 5556], [4311, 7171]]),
    (10, true, [[13_581, 20_937], [12_590, 23_586]]),
    (10, false, [[9118, 15_840], [7870, 13_283]]),
];

#[test]
fn processes_that_share_a_key_all_get_through() {
    for (number, equal, before) in REFUSED_BEFORE {
        for (counts_refused, [_, before]) in [false, true].into_iter().zip(before) {
            let report = share(number, equal, 6000, counts_refused);
            let limit = if counts_refused { 1.8 } else { 1.3 };
            assert!(report.to_best <= limit, "{number}, {equal}: {}", report.to_best);
            assert!(report.refused <= before / 6, "{number}, {equal}: {}", report.refused);
        }
    }
}

/// Three full windows. A single refused request in the last of them moves a call into a fourth, which
/// begins 135 s after the third is full: a third of the best schedule. And of two processes, one with
/// little load, the first burst alone has 100 refused.
#[test]
fn processes_with_little_to_do_take_a_window_more() {
    for (number, equal, before) in REFUSED_BEFORE {
        for (counts_refused, [before, _]) in [false, true].into_iter().zip(before) {
            let report = share(number, equal, 3000, counts_refused);
            let limit = if counts_refused { 2.0 } else { 1.37 };
            assert!(report.to_best <= limit, "{number}, {equal}: {}", report.to_best);
            assert!(report.refused <= before / 4, "{number}, {equal}: {}", report.refused);
        }
    }
}

struct Shared {
    /// The time, in that of the best schedule.
    to_best: f64,
    refused: usize,
}

/// Lets processes that do not know of each other make `total` calls with one key.
fn share(number: usize, equal: bool, total: usize, counts_refused: bool) -> Shared {
    let calls = processes(number, total, equal);
    let best = best(u64::try_from(calls.len()).unwrap(), &DOCUMENTED);
    let world = World {
        counts_refused,
        round_trip: Duration::from_millis(80),
        jitter: Duration::from_millis(10),
        ..World::near(&DOCUMENTED, Duration::from_millis(3))
    };
    let apis: Vec<_> = (0..number).map(|_| api(RateLimit::default())).collect();
    let report = world.run(&apis, &calls, 10 * HOUR);
    assert_eq!(report.failed(), 0, "{number}, {equal}");
    Shared { to_best: report.last().as_secs_f64() / best.as_secs_f64(), refused: report.refused }
}

#[test]
fn stray_429s_cost_their_pauses_only() {
    for seed in 1..20 {
        let world = World {
            strays: 20,
            round_trip: Duration::from_millis(80),
            jitter: Duration::from_millis(10),
            seed,
            ..World::near(&DOCUMENTED, Duration::from_millis(3))
        };
        let report = world.run(&[api(RateLimit::default())], &at_once(200), HOUR);
        assert_eq!(report.failed(), 0);
        assert!(report.last() <= Duration::from_secs(60), "{:?}", report.last());
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
