//! What the rate limiter promises beside latency, late timers, bulk runs and other processes.
//! `cargo run --release -p certcentral-bench --example pacing` prints the numbers.

use std::{collections::BTreeSet, time::Duration};

use certcentral_core_testing::{
    service::{Job, Report, Service, at_once, best, every, processes},
    world::{DOCUMENTED, Policy},
};

const HOUR: Duration = Duration::from_secs(3600);

fn documented() -> Policy {
    Policy::default()
}

#[test]
fn the_best_schedule_is_what_the_windows_leave() {
    let best = |requests| best(requests, &DOCUMENTED).as_secs();
    assert_eq!([100, 101, 1001, 10_000].map(best), [0, 5, 180, 9 * 180 + 9 * 5]);
}

#[test]
fn late_timers_cost_no_capacity_and_nobody_waits_long() {
    for (count, seconds) in [(1, 1), (2, 1), (3, 1), (5, 1), (10, 1), (3, 2)] {
        let (span, windows) = (Duration::from_secs(seconds), vec![(count, 1000 * seconds)]);
        let jobs = every(span.mul_f64(0.9) / count, 200 * count as usize);
        let run = |lateness| {
            let lateness = Duration::from_millis(lateness);
            let service = Service { windows: windows.clone(), lateness, ..Service::near() };
            service.run(&Policy { windows: windows.clone(), ..documented() }, &jobs, HOUR)
        };
        let (exact, late) = (run(0), run(5));
        assert_eq!((late.refused, late.failed()), (0, 0));
        assert!(exact.last.as_secs_f64() >= 0.985 * late.last.as_secs_f64(), "{count}");
        assert!(late.longest_wait() <= exact.longest_wait().mul_f64(1.05) + span, "{count}");
        assert_order(&late, count as usize);
    }
}

#[test]
fn the_documented_windows_are_used_up_and_kept() {
    let run = |lateness| {
        let (round_trip, lateness) = (Duration::from_millis(80), Duration::from_millis(lateness));
        let service = Service { round_trip, lateness, ..Service::near() };
        service.run(&documented(), &at_once(10_000), HOUR)
    };
    let best = best(10_000, &DOCUMENTED);
    for report in [run(0), run(5)] {
        assert_eq!((report.refused, report.failed()), (0, 0));
        assert!(report.last <= best.mul_f64(1.02), "{:?} beside {best:?}", report.last);
        // The last call waits for half an hour, and nobody is told to wait longer than half a minute.
        assert!(report.polls <= 36 * 10_000, "{} polls", report.polls);
        assert_order(&report, 100);
    }
}

#[test]
fn a_run_in_the_background_uses_up_what_the_reserve_leaves() {
    let job = Job { api: 0, at: Duration::ZERO, background: true, calls: 3 };
    let service = Service { workers: 20, ..Service::far() };
    let report = service.run(&documented(), &vec![job; 1500], HOUR);
    assert_eq!((report.admitted, report.refused, report.failed()), (4500, 0, 0));
    let best = best(4500, &[(90, 5000), (900, 180_000)]);
    assert!(report.last <= best.mul_f64(1.02), "{:?} beside {best:?}", report.last);
}

#[test]
fn no_network_makes_the_service_see_too_many() {
    for round_trip in [20, 100, 160, 400].map(Duration::from_millis) {
        for jitter in [0, 50, 2000].map(Duration::from_millis) {
            let service = Service { round_trip, jitter, ..Service::far() };
            let report = service.run(&documented(), &at_once(1500), HOUR);
            assert_eq!((report.refused, report.failed()), (0, 0), "{round_trip:?}, {jitter:?}");
        }
    }
}

#[test]
fn interactive_calls_go_at_once_beside_a_bulk_run() {
    let mut jobs = every(Duration::from_secs(2), 900);
    let bulk = Job { api: 0, at: Duration::ZERO, background: true, calls: 1 };
    jobs.extend(vec![bulk; 11_000]);
    let report = Service::far().run(&documented(), &jobs, HOUR / 2);
    let (interactive, bulk) = report.jobs.split_at(900);
    for call in &interactive[..899] {
        assert!(call.is_ok && call.waited <= Duration::from_millis(50), "{call:?}");
    }
    // Of 1000 in 180 s, 100 are the reserve, and 90 were interactive.
    let bulk = bulk.iter().filter(|call| call.is_ok).count();
    assert!(bulk >= 10 * 800, "the bulk run gets the rest: {bulk}");
}

/// With 3000 calls, a single refused request in the last of three full windows moves a call into a
/// fourth, which begins 135 s after the third is full: a third of the best schedule.
#[test]
fn processes_that_share_a_key_all_get_through() {
    // Processes, whether their loads are equal, and how many may be refused.
    for (number, equal, most_refused) in
        [(2, true, [700, 980]), (4, false, [640, 930]), (10, true, [3150, 3490])]
    {
        for (total, most_refused) in [3000, 6000].into_iter().zip(most_refused) {
            for counts_refused in [false, true] {
                let jobs = processes(number, total, equal);
                let service = Service { counts_refused, ..Service::far() };
                let report = service.run(&documented(), &jobs, 10 * HOUR);
                let best = best(jobs.len(), &DOCUMENTED);
                let to_best = report.last.as_secs_f64() / best.as_secs_f64();
                let most = match (total, counts_refused) {
                    (3000, false) => 1.37,
                    (3000, true) => 2.0,
                    (_, false) => 1.3,
                    (_, true) => 1.8,
                };
                let which = format!("{number}, {equal}, {total}, {counts_refused}");
                assert_eq!(report.failed(), 0, "{which}");
                assert!(to_best <= most, "{which}: {to_best}");
                assert!(report.refused <= most_refused, "{which}: {}", report.refused);
            }
        }
    }
}

#[test]
fn stray_429s_cost_their_pauses_only() {
    for seed in 1..20 {
        let service = Service { strays: 20, seed, ..Service::far() };
        let report = service.run(&documented(), &at_once(200), HOUR);
        assert_eq!(report.failed(), 0);
        assert!(report.last <= Duration::from_secs(60), "{:?}", report.last);
    }
}

/// No call is overtaken by more of those made after it than one window counts.
fn assert_order(report: &Report, window: usize) {
    let mut sent: Vec<_> = report.jobs.iter().map(|job| job.sent).enumerate().collect();
    sent.sort_by_key(|&(_, at)| at);
    let mut earlier = BTreeSet::new();
    for (index, _) in sent {
        let overtaken_by = earlier.range(index..).count();
        assert!(overtaken_by <= window, "{overtaken_by} overtook {index}");
        earlier.insert(index);
    }
}
