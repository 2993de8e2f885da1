//! The program as a user runs it, with a sandbox of 2000 orders.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod program;
mod rows;

use std::{collections::BTreeMap, fs, time::Duration};

use certcentral_sandbox::bytes::Bytes;
use certcentral_sandbox::http::{Method, Response, StatusCode};
use certcentral_sandbox::{Sandbox, SandboxBuilder};
use program::TempDir;
use rows::Row;

const ORDERS: u64 = 2000;

#[test]
fn every_order_has_one_line_whatever_fails_and_resume_completes() {
    let dir = TempDir::new("cut");
    dir.list_orders(1..=ORDERS);
    let args = ["--rate-limit", "unlimited", "--output", "rows.jsonl"];

    let (missing, broken, unreadable) = ([7, 500, 2000], [1, 8, 1500], [9, 1000]);
    let mut faulty = Sandbox::builder();
    for order_id in 1..=ORDERS {
        faulty = match order_id {
            id if missing.contains(&id) => faulty,
            id if broken.contains(&id) => faulty.respond(Method::GET, list(id), broken_response()),
            id if unreadable.contains(&id) => {
                let cut = Response::new(reissues(id)[..40].to_owned().into());
                faulty.respond(Method::GET, list(id), cut)
            }
            id => faulty.reissues(id, reissues(id)),
        };
    }
    let faulty = faulty.without_rate_limit().start().unwrap();
    // Not more than two, in case that they hit one order, which has three attempts.
    faulty.fail_next(StatusCode::BAD_GATEWAY, "<html>one moment, please</html>");
    faulty.drop_next();
    let run = dir.start(&faulty, &args).end();
    assert_eq!(run.code, Some(1), "{}", run.stderr);
    assert!(run.stderr.contains("\n2000 of 2000 orders\n"), "{}", run.stderr);
    assert!(run.stderr.contains("orders:    2000, of which 8 failed\n"), "{}", run.stderr);
    assert!(run.stderr.contains("\norder 7 failed: ") && run.stderr.contains("not_found|order"));

    let rows = rows::of_json(&dir.read("rows.jsonl"));
    assert_eq!(rows.len(), 2000);
    for (&id, row) in &rows {
        if [&missing[..], &broken, &unreadable].concat().contains(&id) {
            assert!(row.issued.is_none() && row.error.is_some(), "{row:?}");
        } else {
            assert_eq!(*row, good(id));
        }
    }

    // As a full disk leaves it: in the middle of a line.
    let text = dir.read("rows.jsonl");
    let half = text.len() / 2;
    let cut = text[..half].rfind('\n').unwrap() + 20;
    fs::write(dir.path("rows.jsonl"), &text[..cut]).unwrap();
    let kept: Vec<_> =
        text[..cut - 19].lines().filter(|line| line.ends_with("\"error\":null}")).collect();

    let healthy = healthy();
    healthy.drop_next();
    healthy.delay_next(Duration::from_millis(10));
    healthy.fail_next(StatusCode::SERVICE_UNAVAILABLE, "");
    let run = dir.start(&healthy, &[&args[..], &["--resume"]].concat()).end();
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert!(run.stderr.contains("orders:    2000, of which 0 failed\n"), "{}", run.stderr);
    assert_all_good(&rows::of_json(&dir.read("rows.jsonl")));
    assert!(dir.read("rows.jsonl").starts_with(&kept.join("\n")));
    // Two more than rows were missing, because two requests failed.
    assert_eq!(healthy.orders_asked().len(), 2000 - kept.len() + 2);
}

#[cfg(unix)]
#[test]
fn an_interrupted_run_loses_no_line_and_can_be_resumed() {
    let dir = TempDir::new("interrupted");
    dir.list_orders(1..=ORDERS);
    let args = [
        "--rate-limit",
        "unlimited",
        "--concurrency",
        "8",
        "--format",
        "csv",
        "--output",
        "rows.csv",
    ];

    let sandbox = healthy();
    for _ in 0..300 {
        sandbox.delay_next(Duration::ZERO);
    }
    let held = [(); 8].map(|()| sandbox.hold_next());
    let running = dir.start(&sandbox, &args);
    for held in &held {
        held.wait();
    }
    // All eight wait for a response now, so 300 orders have theirs.
    running.interrupt();
    let run = running.end();
    assert_eq!(run.code, Some(130), "{}", run.stderr);
    assert!(run.stderr.contains("orders:    300, of which 0 failed\n"), "{}", run.stderr);
    let text = dir.read("rows.csv");
    assert!(text.ends_with('\n'));
    assert_eq!(rows::of_csv(&text).len(), 300);
    drop(held);

    let run = dir.start(&sandbox, &[&args[..], &["--resume"]].concat()).end();
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert!(run.stderr.contains("orders:    2000, of which 0 failed\n"), "{}", run.stderr);
    assert!(dir.read("rows.csv").starts_with(&text));
    assert_all_good(&rows::of_csv(&dir.read("rows.csv")));
    assert_eq!(sandbox.orders_asked().len(), 2008);
}

#[test]
fn it_reads_standard_input_and_writes_standard_output() {
    let dir = TempDir::new("standard");
    let orders = "# ours\n3\n\n  5 # the shop's\n3\n";
    fs::write(dir.path("orders.txt"), orders).unwrap();
    let run = dir.start(&healthy(), &[]).end();
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    let rows = rows::of_json(&run.stdout);
    assert_eq!(rows.into_values().collect::<Vec<_>>(), [good(3), good(5)]);
}

#[test]
fn bad_arguments_are_one_line_of_error_and_leave_files_alone() {
    let dir = TempDir::new("refused");
    let sandbox = healthy();
    for (orders, args, message) in [
        (
            "3\n\nx5\n",
            &[][..],
            "standard input, line 3: `x5` is not an order id: an order id is a whole",
        ),
        ("3\n", &["--output", "orders.txt"], "orders.txt exists; complete it with --resume"),
        (
            "3\n",
            &["--output", "orders.txt", "--resume"],
            "orders.txt is not an output of this program",
        ),
        ("3\n", &["--resume"], "--resume needs the --output of the earlier run"),
        ("3\n", &["--format", "xml"], "--format xml: neither jsonl nor csv"),
        ("3\n", &["--concurrency", "0"], "--concurrency 0: number would be zero"),
        ("3\n", &["--rate-limit", "100"], "--rate-limit 100: neither unlimited nor such as 100/5s"),
        ("3\n", &["--verbose"], "invalid option '--verbose'"),
    ] {
        fs::write(dir.path("orders.txt"), orders).unwrap();
        let run = dir.start(&sandbox, args).end();
        assert!(
            run.stderr.starts_with(&format!("certcentral-inventory: {message}")),
            "{}",
            run.stderr
        );
        assert_eq!((run.code, run.stderr.lines().count(), &*run.stdout), (Some(1), 1, ""));
        assert_eq!(dir.read("orders.txt"), orders);
    }
    assert!(sandbox.requests().is_empty());
}

fn list(order_id: u64) -> String {
    format!("/order/certificate/{order_id}/reissue")
}

fn broken_response() -> Response<Bytes> {
    let status = StatusCode::INTERNAL_SERVER_ERROR;
    Response::builder().status(status).body(Bytes::new()).unwrap()
}

fn healthy() -> Sandbox {
    let all = |builder: SandboxBuilder, id| builder.reissues(id, reissues(id));
    (1..=ORDERS).fold(Sandbox::builder(), all).without_rate_limit().start().unwrap()
}

/// Three reissues of an order, with a name that a careless writer of CSV would split.
fn reissues(order_id: u64) -> String {
    let created = "2026-11-01T09:00:00+00:00";
    serde_json::json!({"certificates": [
        {"id": order_id + 10_000, "status": "issued", "date_created": created,
         "common_name": format!("\"{order_id}\",\nexample.com"), "valid_till": "2031-01-31"},
        {"id": order_id + 20_000, "status": "pending", "date_created": created},
        {"id": order_id + 30_000, "status": "revoked", "date_created": created},
    ]})
    .to_string()
}

/// The row about [`reissues`].
fn good(order_id: u64) -> Row {
    Row {
        order_id,
        issued: Some(1),
        pending: Some(1),
        rejected: Some(0),
        other: Some(1),
        certificate_id: Some(order_id + 10_000),
        common_name: Some(format!("\"{order_id}\",\u{fffd}example.com")),
        valid_till: Some("2031-01-31".to_owned()),
        error: None,
    }
}

fn assert_all_good(rows: &BTreeMap<u64, Row>) {
    assert!(rows.keys().copied().eq(1..=ORDERS));
    for (&id, row) in rows {
        assert_eq!(*row, good(id));
    }
}
