//! 429 with `Retry-After`.

use std::time::{Duration, Instant};

use crate::both::TRANSPORTS;
use certcentral_core::RetryPolicy;
use certcentral_sandbox::Sandbox;

use super::{
    front::{Front, ORDER, assert_listed, at_once, sandbox},
    haproxy, nginx,
};

#[test]
fn a_pause_that_nginx_asks_for_is_kept() {
    let settings = "
        add_header Retry-After 1 always;
        if ($connection_requests = 2) { return 429; }";
    paused(|sandbox| nginx::start(sandbox, "", settings));
}

#[test]
fn a_pause_that_haproxy_asks_for_is_kept() {
    let settings = "
        stick-table type ip size 10 expire 1m store http_req_cnt
        http-request track-sc0 src
        http-request return status 429 hdr Retry-After 1 if { sc_http_req_cnt(0) eq 2 }";
    paused(|sandbox| haproxy::start(sandbox, "", settings));
}

/// Calls twice. The second request is refused.
fn paused(start: impl Fn(Sandbox) -> Option<Front> + Sync) {
    at_once(|on| {
        let Some(front) = start(sandbox()) else { return };
        // A 429 uses up no attempt. If it named no time, the pause would be a minute.
        let minute = Duration::from_secs(60);
        let policy = RetryPolicy::default().max_attempts(1).first_throttle_pause(minute);
        let client = front.client_with(on, |api| api.retry(policy));
        assert_listed(ORDER, client.list(ORDER), on);
        let begun = Instant::now();
        assert_listed(ORDER, client.list(ORDER), on);
        let pause = begun.elapsed();
        assert!((Duration::from_secs(1)..minute).contains(&pause), "{on:?}: {pause:?}");
        assert_eq!((front.connections(), front.passed().len()), (1, 2), "{on:?}");
    });
}

#[test]
fn a_pause_longer_than_the_call_ends_it_at_once() {
    let settings = "
        limit_req zone=one_a_minute;
        limit_req_status 429;
        add_header Retry-After 60 always;";
    for on in TRANSPORTS {
        let Some(front) = nginx::start(sandbox(), "", settings) else { return };
        let client = front.client_with(on, |api| api.call_timeout(Duration::from_secs(30)));
        assert_listed(ORDER, client.list(ORDER), on);
        let begun = Instant::now();
        let error = client.list(ORDER).unwrap_err();
        assert!(begun.elapsed() < Duration::from_secs(30), "{on:?}");
        assert_eq!((error.status().unwrap().as_u16(), error.attempts()), (429, 1), "{on:?}");
        assert!(error.is_rate_limited(), "{on:?}: {error}");
        assert_eq!(error.retry_after(), Some(Duration::from_secs(60)), "{on:?}");
        assert_eq!(front.passed().len(), 1, "{on:?}");
    }
}
