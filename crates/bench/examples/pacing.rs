//! Prints the simulations of the rate limiter that this crate's README shows.

use std::time::Duration;

use certcentral_core_testing::{
    service::{Service, best, every, processes},
    world::{DOCUMENTED, Policy},
};

const HOUR: Duration = Duration::from_secs(3600);

fn main() {
    late_timers();
    several_processes();
}

/// A steady backlog: calls arrive at 1.11 times the limit for 1000 windows.
fn late_timers() {
    println!(
        "| windows | sent, of what exact timers send | longest wait, of what exact timers take |"
    );
    println!("| --- | --- | --- |");
    for (count, seconds) in [(1, 1), (2, 1), (3, 1), (5, 1), (10, 1), (3, 2)] {
        let (span, windows) = (Duration::from_secs(seconds), vec![(count, 1000 * seconds)]);
        let calls = every(span.mul_f64(0.9) / count, 1000 * count as usize);
        let [exact, late] = [0, 5].map(Duration::from_millis).map(|lateness| {
            let service = Service { windows: windows.clone(), lateness, ..Service::near() };
            service.run(&Policy { windows: windows.clone(), ..Policy::default() }, &calls, HOUR)
        });
        let wait = late.longest_wait().as_secs_f64() / exact.longest_wait().as_secs_f64();
        let rate = exact.last.as_secs_f64() / late.last.as_secs_f64();
        println!("| {count} per {seconds} s | {:.1} % | {wait:.3} |", 100.0 * rate);
    }
}

fn several_processes() {
    println!(
        "\n| processes | calls | time, of the best schedule | refused | time, if refused requests count | refused |"
    );
    println!("| --- | --- | --- | --- | --- | --- |");
    for (number, equal) in
        [(1, true), (2, true), (2, false), (4, true), (4, false), (10, true), (10, false)]
    {
        for total in [3000, 4500, 6000] {
            let calls = processes(number, total, equal);
            let best = best(calls.len(), &DOCUMENTED).as_secs_f64();
            let [free, counted] = [false, true].map(|counts_refused| {
                let service = Service { counts_refused, ..Service::far() };
                let report = service.run(&Policy::default(), &calls, 10 * HOUR);
                assert_eq!(report.failed(), 0);
                format!("{:.2} | {}", report.last.as_secs_f64() / best, report.refused)
            });
            let loads = if equal { "equal" } else { "one with ten times the load" };
            println!("| {number}, {loads} | {total} | {free} | {counted} |");
        }
    }
}
