//! Ten thousand orders under the documented windows, in virtual time.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

use std::time::Duration;

use certcentral_bench::bulk::{DOCUMENTED, Run, best, late_by_up_to, none_yet, run};
use certcentral_core::{Api, ApiKey};

const ORDERS: u64 = 10_000;

/// The last call waits for half an hour, and nobody is told to wait longer than half a minute.
const POLLS: f64 = 35.0;

#[test]
fn nobody_late() {
    let run = run(&api(), ORDERS, || Duration::ZERO, |_| none_yet());
    assert_complete(&run);
    assert_near_the_best(&run);
    assert!(run.mean_polls() <= POLLS, "{} polls for one request", run.mean_polls());
}

#[test]
fn everybody_a_little_late() {
    let run = run(&api(), ORDERS, late_by_up_to(Duration::from_millis(3)), |_| none_yet());
    assert_complete(&run);
    assert_near_the_best(&run);
    assert!(run.mean_polls() <= POLLS, "{} polls for one request", run.mean_polls());
}

#[test]
fn the_best_schedule_is_what_the_windows_leave() {
    assert_eq!(best(100, &DOCUMENTED), Duration::ZERO);
    assert_eq!(best(101, &DOCUMENTED), Duration::from_secs(5));
    assert_eq!(best(1001, &DOCUMENTED), Duration::from_secs(180));
    assert_eq!(best(ORDERS, &DOCUMENTED), Duration::from_secs(9 * 180 + 9 * 5));
}

fn api() -> Api {
    Api::new(ApiKey::new("0123456789ABCDEF").unwrap())
}

fn assert_complete(run: &Run) {
    assert_eq!(run.done as u64, ORDERS);
    assert!(run.keeps(&DOCUMENTED));
}

fn assert_near_the_best(run: &Run) {
    let best = best(ORDERS, &DOCUMENTED);
    assert!(run.last_send() <= best.mul_f64(1.02), "{:?} beside {best:?}", run.last_send());
}
