//! Ctrl-C.
#![cfg(unix)]

use std::{
    thread,
    time::{Duration, Instant},
};

use crate::account::{self, healthy};
use crate::{PROGRAM, rows, temp_dir};

#[test]
fn an_interrupted_run_says_how_many_orders_are_left() {
    let (dir, sandbox) = (temp_dir("interrupted"), healthy());
    let args = ["--concurrency", "8", "--rate-limit", "unlimited", "--output", "rows.csv"];
    let args = [&args[..], &["--format", "csv", "--resume"]].concat();

    // The first page, and lists of 200 orders or fewer: some have two.
    for _ in 0..200 {
        sandbox.delay_next(Duration::ZERO);
    }
    let held = [(); 8].map(|()| sandbox.hold_next());
    let mut running = dir.start(PROGRAM, &sandbox, &args);
    let held = held.map(|held| running.wait_for(held));
    // All eight wait for a response now.
    running.interrupt();
    let run = running.end();
    drop(held);
    assert_eq!(run.code, Some(130), "{}", run.stderr);
    let text = dir.read("rows.csv");
    let rows = rows::of_csv(&text);
    let written = rows::certificates(&rows);
    let left = account::ORDERS - u64::try_from(written.len()).unwrap();
    let said =
        format!("interrupted: {left} orders are left; run again with --resume to continue\n");
    assert!(run.stderr.ends_with(&said), "{}", run.stderr);
    assert!(written.iter().all(|(&id, rows)| *rows == account::certificates(id)));
    assert!(written.len() > 500, "{}", written.len());

    let run = dir.start(PROGRAM, &sandbox, &args).end();
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert!(dir.read("rows.csv").starts_with(&text), "no row was lost");
    assert_eq!(rows::certificates(&rows::of_csv(&dir.read("rows.csv"))), account::all());
    assert_eq!(dir.files(), ["rows.csv", "rows.csv.state"]);
}

#[test]
fn a_second_interrupt_ends_a_run_whose_output_nobody_reads() {
    let (dir, sandbox) = (temp_dir("unread"), healthy());
    let args = ["--concurrency", "1", "--rate-limit", "unlimited"];
    let mut running = dir.start(PROGRAM, &sandbox, &args);
    // Once the pipe is full, no further order is asked for.
    let mut asked = Vec::new();
    while asked.is_empty() || asked != sandbox.orders_asked() {
        assert!(!running.has_ended(), "the output fits into the pipe");
        asked = sandbox.orders_asked();
        thread::sleep(Duration::from_millis(200));
    }
    let start = Instant::now();
    while !running.has_ended() {
        assert!(start.elapsed() < Duration::from_secs(20), "it cannot be interrupted");
        running.interrupt();
        thread::sleep(Duration::from_millis(50));
    }
    assert_eq!(running.end().code, Some(130));
}
