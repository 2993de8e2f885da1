//! A bulk run: ten thousand orders under the documented windows, in virtual time, and what the
//! limiter itself takes.

use std::{
    hint::black_box,
    time::{Duration, Instant},
};

use bytes::Bytes;
use certcentral_bench::bulk::{DOCUMENTED, best, late_by_up_to, none_yet, run};
use certcentral_core::{Api, ApiKey, Call, ListReissues, OrderId, RateLimit, Step};
use http::Response;

use crate::{goals::Goal, table};

const ORDERS: u64 = 10_000;

pub(crate) fn ask() -> Vec<Goal> {
    [schedules(), costs()].into_iter().flatten().collect()
}

/// When requests go, and how often calls are polled for it.
fn schedules() -> Vec<Goal> {
    let never = |_| none_yet();
    let at_times = |sent: usize| if sent.is_multiple_of(2500) { too_many() } else { none_yet() };
    let ms = Duration::from_millis;
    let runs = [
        ("nobody late", run(&api(), ORDERS, || Duration::ZERO, never)),
        ("late by up to 3 ms", run(&api(), ORDERS, late_by_up_to(ms(3)), never)),
        ("late by up to 300 ms", run(&api(), ORDERS, late_by_up_to(ms(300)), never)),
        ("four pauses of 30 s", run(&api(), ORDERS, || Duration::ZERO, at_times)),
        ("both", run(&api(), ORDERS, late_by_up_to(ms(3)), at_times)),
    ];
    let best = best(ORDERS, &DOCUMENTED);
    let to_best = |last: Duration| last.as_secs_f64() / best.as_secs_f64();
    let rows = runs.iter().map(|(name, run)| {
        vec![
            (*name).to_owned(),
            format!("{:.1} s", run.last_send().as_secs_f64()),
            format!("{:.4}", to_best(run.last_send())),
            if run.keeps(&DOCUMENTED) { "yes" } else { "NO" }.to_owned(),
            format!("{:.3}", run.mean_polls()),
            run.most_polls().to_string(),
        ]
    });
    let headings = ["", "last sent", "to the best", "windows kept", "polls, mean", "most"];
    table::print(&format!("{ORDERS} orders"), &headings, &rows.collect::<Vec<_>>());
    let [(_, on_time), (_, late), ..] = &runs;
    let exceeded = runs.iter().filter(|(_, run)| !run.keeps(&DOCUMENTED)).count();
    vec![
        Goal::at_most("time to the best schedule", 1.02, to_best(on_time.last_send())),
        Goal::at_most("the same, everybody late by up to 3 ms", 1.02, to_best(late.last_send())),
        Goal::at_most("runs that exceed a window", 0.0, exceeded as f64),
        // The last call waits for half an hour, and nobody is told to wait longer than half a minute.
        Goal::at_most("polls of a call, mean, nobody late", 35.0, on_time.mean_polls()),
    ]
}

fn too_many() -> Response<Bytes> {
    Response::builder().status(429).header("retry-after", "30").body(Bytes::new()).unwrap()
}

/// What a call pays for the limiter while ten thousand wait.
fn costs() -> Vec<Goal> {
    let mut bests = [Duration::MAX; 4];
    for _ in 0..ROUNDS {
        for (best, cost) in bests.iter_mut().zip(round()) {
            *best = cost.min(*best);
        }
    }
    let names = [
        "a first poll that is told to wait",
        "a second poll, at the instant that it was told",
        "the same without a rate limit",
        "dropping a call that waits",
    ];
    let row = |(name, best): (&&str, &Duration)| vec![(*name).to_owned(), table::time(*best)];
    let rows: Vec<_> = names.iter().zip(&bests).map(row).collect();
    table::print("of one call, while 10,000 wait", &["", "best"], &rows);
    let us = |time: Duration| time.as_secs_f64() * 1e6;
    vec![
        Goal::at_most("µs for joining the queue", 1.0, us(bests[0])),
        Goal::at_most("µs for coming back", 1.0, us(bests[1])),
        Goal::at_most("µs for leaving the queue", 1.0, us(bests[3])),
    ]
}

const ROUNDS: usize = 15;

fn round() -> [Duration; 4] {
    let start = Instant::now(); // only to count from
    let (limited, unlimited) = (api(), Api::builder(key()).rate_limit(RateLimit::unlimited()));
    let mut waiting = calls(&limited);
    let mut at = Vec::with_capacity(waiting.len());
    let first = per_call(|| {
        at.extend(waiting.iter_mut().map(|call| match call.poll(start) {
            Step::Wait(at) => at,
            _ => start,
        }));
    });
    let second = per_call(|| {
        for (call, &at) in waiting.iter_mut().zip(&at) {
            drop(black_box(call.poll(at)));
        }
    });
    let unlimited = unlimited.build().unwrap();
    let mut free = calls(&unlimited);
    let send = per_call(|| {
        for call in &mut free {
            drop(black_box(call.poll(start)));
        }
    });
    let limited = api();
    let mut dropped = calls(&limited);
    for call in &mut dropped {
        let _ = call.poll(start);
    }
    [first, second, send, per_call(|| drop(dropped))]
}

fn per_call(all: impl FnOnce()) -> Duration {
    let start = Instant::now();
    all();
    start.elapsed() / u32::try_from(ORDERS).unwrap()
}

fn calls(api: &Api) -> Vec<Call<ListReissues>> {
    (0..ORDERS).map(|order| api.call(ListReissues::new(OrderId(order)))).collect()
}

fn api() -> Api {
    Api::new(key())
}

fn key() -> ApiKey {
    ApiKey::new("0123456789ABCDEF").unwrap()
}
