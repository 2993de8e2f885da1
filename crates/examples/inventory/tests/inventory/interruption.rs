//! Ctrl-C.
#![cfg(unix)]

use std::time::Duration;

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
    assert_eq!(dir.files(), ["rows.csv"]);
}
