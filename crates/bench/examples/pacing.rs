//! Prints the simulations of the rate limiter: timers that are late, interactive calls beside a
//! background run, several processes on one key, and 429s for no reason. And what the queue costs.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a program for developers")]

use std::time::{Duration, Instant};

use certcentral_bench::{
    bulk::{DOCUMENTED, best},
    pacing::{Planned, World, at_once, every, processes},
};
use certcentral_core::{Api, ApiKey, Call, ListReissues, OrderId, RateLimit};

const HOUR: Duration = Duration::from_secs(3600);

fn main() {
    late_timers();
    interactive();
    several_processes();
    stray_429s();
    cost();
}

/// What the queue costs in real time: each call is polled twice and dropped, out of order. Dropping
/// one that never waited costs most of that already, because memory is freed out of order.
fn cost() {
    println!(
        "\n| waiting calls | first poll of each | one more poll | drop | drop without waiting |"
    );
    println!("| --- | --- | --- | --- | --- |");
    for count in [10_000_u32, 400_000] {
        let api = api(|builder| builder);
        let now = Instant::now();
        let mut waiting = calls(&api, count);
        let mut poll = || {
            let polls = || waiting.iter_mut().flatten().for_each(|call| drop(call.poll(now)));
            time(polls) / count
        };
        let (first, second) = (poll(), poll());
        let dropped = drop_out_of_order(waiting) / count;
        let idle = drop_out_of_order(calls(&api, count)) / count;
        println!("| {count} | {first:?} | {second:?} | {dropped:?} | {idle:?} |");
    }
}

fn calls(api: &Api, count: u32) -> Vec<Option<Call<ListReissues>>> {
    (0..count).map(|i| Some(api.call(ListReissues::new(OrderId(i.into()))))).collect()
}

fn drop_out_of_order(mut calls: Vec<Option<Call<ListReissues>>>) -> Duration {
    const PRIME: usize = 7919; // does not divide their number, so each has its turn
    let count = calls.len();
    time(|| (0..count).for_each(|i| calls[i * PRIME % count] = None))
}

fn time(work: impl FnOnce()) -> Duration {
    let begun = Instant::now();
    work();
    begun.elapsed()
}

/// One request in five is answered with 429, whatever the windows hold.
fn stray_429s() {
    println!("\n| stray 429s | calls at once | of these in flight | time |");
    println!("| --- | --- | --- | --- |");
    for seed in 1..=5 {
        let world = World {
            strays: 20,
            round_trip: Duration::from_millis(80),
            jitter: Duration::from_millis(10),
            seed,
            ..World::near(&DOCUMENTED, Duration::from_millis(3))
        };
        let report = world.run(&[api(|builder| builder)], &at_once(200), HOUR);
        println!("| 20 % | 200 | 100 | {:.1} s |", report.last().as_secs_f64());
    }
}

/// A steady backlog: calls arrive at 1.11 times the limit for 1000 windows.
fn late_timers() {
    println!(
        "| windows | sent, of what exact timers send | longest wait, of what exact timers take |"
    );
    println!("| --- | --- | --- |");
    for (count, seconds) in [(1, 1), (2, 1), (3, 1), (5, 1), (10, 1), (3, 2)] {
        let span = Duration::from_secs(seconds);
        let calls = every(span.mul_f64(0.9) / count, 1000 * count);
        let run = |lateness| {
            let limit = RateLimit::windows(&[(count, span)]).unwrap();
            let api = api(|builder| builder.rate_limit(limit));
            let windows = [(usize::try_from(count).unwrap(), span)];
            World::near(&windows, Duration::from_millis(lateness)).run(&[api], &calls, HOUR)
        };
        let (exact, late) = (run(0), run(5));
        let wait = late.longest_wait().as_secs_f64() / exact.longest_wait().as_secs_f64();
        let rate = exact.last().as_secs_f64() / late.last().as_secs_f64();
        println!("| {count} per {seconds} s | {:.1} % | {wait:.3} |", 100.0 * rate);
    }
}

/// For an hour, one call every 2 s beside an endless bulk run.
fn interactive() {
    let bulk = Planned { api: 0, at: Duration::ZERO, background: true };
    println!("\n| the bulk run is | longest wait of an interactive call |");
    println!("| --- | --- |");
    for background in [true, false] {
        let mut calls = every(Duration::from_secs(2), 1800);
        calls.extend(vec![Planned { background, ..bulk }; 25_000]);
        let mut world = World::near(&DOCUMENTED, Duration::from_millis(3));
        world.round_trip = Duration::from_millis(80);
        let report = world.run(&[api(|builder| builder)], &calls, HOUR);
        let interactive = &report.calls[..1800];
        let longest = interactive.iter().filter(|call| call.is_ok).map(|call| call.waited).max();
        let unsent = interactive.iter().filter(|call| !call.is_ok).count();
        let name = if background { "in the background" } else { "in the foreground" };
        println!("| {name} | {:?}, {unsent} not sent at all |", longest.unwrap());
    }
}

fn several_processes() {
    println!(
        "\n| processes | calls | time, of the best schedule | refused | failed | where refused requests count |"
    );
    println!("| --- | --- | --- | --- | --- | --- |");
    for number in [1, 2, 4, 10] {
        for equal in [true, false] {
            if number == 1 && !equal {
                continue;
            }
            for total in [3000, 4500, 6000] {
                let calls = processes(number, total, equal);
                let best = best(u64::try_from(calls.len()).unwrap(), &DOCUMENTED).as_secs_f64();
                let run = |counts_refused| {
                    let apis: Vec<_> = (0..number).map(|_| api(|builder| builder)).collect();
                    let world = World {
                        counts_refused,
                        round_trip: Duration::from_millis(80),
                        jitter: Duration::from_millis(10),
                        ..World::near(&DOCUMENTED, Duration::from_millis(3))
                    };
                    world.run(&apis, &calls, 10 * HOUR)
                };
                let (free, counted) = (run(false), run(true));
                let ratio = |time: Duration| time.as_secs_f64() / best;
                println!(
                    "| {number}, {} | {total} | {:.2} | {} | {} | {:.2}, {} refused, {} failed |",
                    if equal { "equal" } else { "one with ten times the load" },
                    ratio(free.last()),
                    free.refused,
                    free.failed(),
                    ratio(counted.last()),
                    counted.refused,
                    counted.failed(),
                );
            }
        }
    }
}

fn api(choose: impl FnOnce(certcentral_core::ApiBuilder) -> certcentral_core::ApiBuilder) -> Api {
    choose(Api::builder(ApiKey::new("0123456789ABCDEF").unwrap()).jitter_seed(1)).build().unwrap()
}
