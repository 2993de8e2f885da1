//! Those who race: each lists every order.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use certcentral_core::{Api, ListReissues, OrderId, RateLimit, RetryPolicy};
use governor::{DefaultDirectRateLimiter, Quota};
use http::StatusCode;
use tokio::{
    runtime::{self, Runtime},
    sync::Semaphore,
    task::JoinSet,
    time::sleep,
};

use super::ORDERS;
use crate::{
    clients::{self, OURS_ON_HYPER, OURS_ON_UREQ, Reqwest},
    process::{Address, RACE_WINDOWS},
};

/// A tenth of 5 s.
const PAUSE: Duration = Duration::from_millis(500);
const ROWS: usize = 3;

/// Lists every order, and returns how long it took and how many calls failed.
pub(super) type Racer = fn(&Address) -> (Duration, usize);

/// Ours first.
pub(super) const ALL: [(&str, Racer); 5] = [
    (OURS_ON_HYPER, ours_on_hyper),
    (OURS_ON_UREQ, ours_on_ureq),
    ("reqwest, 10 at once, up to 5 tries", |at| with_reqwest(at, 10, 5, None)),
    ("reqwest, 100 at once, tries without end", |at| with_reqwest(at, 100, u32::MAX, None)),
    ("reqwest, governor at the average rate", |at| {
        with_reqwest(at, 100, u32::MAX, Some(average()))
    }),
];

/// All calls at once; the rate limit decides when they go. Every duration is a tenth of its default.
fn ours_on_hyper(at: &Address) -> (Duration, usize) {
    let client = clients::ours_on_hyper(at, scaled(at));
    with_tokio(|order| {
        let call = client.send(ListReissues::new(OrderId(order)));
        async { call.await.is_ok_and(|reissues| reissues.len() == ROWS) }
    })
}

/// A blocking client needs as many threads as there may be requests in flight.
fn ours_on_ureq(at: &Address) -> (Duration, usize) {
    const THREADS: usize = 100;
    let client = clients::ours_on_ureq(at, scaled(at));
    let (next, failed) = (AtomicU64::new(1), AtomicUsize::new(0));
    let list_until_none_is_left = || {
        loop {
            let order = next.fetch_add(1, Ordering::Relaxed);
            if order > ORDERS {
                return;
            }
            let listed = client.send(ListReissues::new(OrderId(order)));
            if listed.is_ok_and(|reissues| reissues.len() == ROWS) {
                continue;
            }
            failed.fetch_add(1, Ordering::Relaxed);
        }
    };
    let start = Instant::now();
    thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(list_until_none_is_left);
        }
    });
    (start.elapsed(), failed.into_inner())
}

fn scaled(at: &Address) -> Api {
    let limit = RateLimit::windows(&RACE_WINDOWS).unwrap().margin(Duration::from_millis(50));
    let retry = RetryPolicy::default()
        .base_delay(Duration::from_millis(50))
        .max_delay(Duration::from_secs(2))
        .first_throttle_pause(PAUSE);
    clients::api(at).rate_limit(limit).retry(retry).build().unwrap()
}

/// The long window's average.
fn average() -> Quota {
    let [_, (count, span)] = RACE_WINDOWS;
    Quota::with_period(span / count).unwrap()
}

/// What people write around reqwest: a semaphore that lets so many calls go at once, so many tries after
/// 429 with a pause in between, and perhaps a limiter.
fn with_reqwest(
    at: &Address,
    at_once: usize,
    tries: u32,
    quota: Option<Quota>,
) -> (Duration, usize) {
    let client = Reqwest::new(at);
    let semaphore = Arc::new(Semaphore::new(at_once));
    let limiter = quota.map(DefaultDirectRateLimiter::direct).map(Arc::new);
    with_tokio(|order| {
        let (client, semaphore) = (client.clone(), Arc::clone(&semaphore));
        let limiter = limiter.clone();
        async move {
            let _permit = semaphore.acquire().await.unwrap();
            for _ in 0..tries {
                if let Some(limiter) = &limiter {
                    limiter.until_ready().await;
                }
                match client.list(order).await {
                    Ok(reissues) => return reissues.certificates.len() == ROWS,
                    Err(StatusCode::TOO_MANY_REQUESTS) => sleep(PAUSE).await,
                    Err(_) => return false,
                }
            }
            false
        }
    })
}

/// Lists all orders, a task each, on two threads.
fn with_tokio<F>(list: impl Fn(u64) -> F) -> (Duration, usize)
where
    F: Future<Output = bool> + Send + 'static,
{
    runtime().block_on(async {
        let start = Instant::now();
        let tasks: JoinSet<_> = (1..=ORDERS).map(list).collect();
        let failed = tasks.join_all().await.into_iter().filter(|is_ok| !is_ok).count();
        (start.elapsed(), failed)
    })
}

fn runtime() -> Runtime {
    runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap()
}
