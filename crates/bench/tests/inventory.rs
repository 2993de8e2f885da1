//! An inventory of 5,000 orders under the documented windows, in virtual time.

#![allow(clippy::unwrap_used, reason = "tests")]

use std::time::Duration;

use certcentral_bench::{
    account,
    bulk::{DOCUMENTED, best},
    inventory::{BACKGROUND, run},
};
use certcentral_core::{Api, ApiKey};

const ORDERS: u64 = 5_000;

#[test]
fn an_inventory_uses_up_what_the_reserve_leaves() {
    let run = run(&Api::new(ApiKey::new("0123456789ABCDEF").unwrap()), ORDERS, 20);
    let calls = account::calls(ORDERS);
    assert_eq!((run.sends.len() as u64, run.done as u64), (calls, calls));
    assert!(run.keeps(&DOCUMENTED));
    let best = best(calls, &BACKGROUND);
    assert!(run.last_send() <= best.mul_f64(1.02), "{:?} beside {best:?}", run.last_send());
}

#[test]
fn an_order_takes_up_to_three_calls() {
    assert_eq!(account::calls(1), 1 + 2, "a page; order 0 has no reissues");
    assert_eq!(account::calls(21) - account::calls(20), 3, "order 20 has everything");
    let page = account::calls(1000) - account::calls(999);
    assert_eq!(page, 1, "order 999 needs no call; after a full page another is asked for");
}

#[test]
fn one_order_at_a_time_is_as_slow_as_its_exchanges() {
    let run = run(&Api::new(ApiKey::new("0123456789ABCDEF").unwrap()), 30, 1);
    let exchanges = u32::try_from(account::calls(30)).unwrap() - 1;
    assert_eq!(run.last_send(), exchanges * Duration::from_millis(80));
}
