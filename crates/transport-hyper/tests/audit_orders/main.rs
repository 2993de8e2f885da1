//! The example program `audit_orders`, run as a user runs it: over a sandbox of 2000 orders.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod program;
mod rows;

use std::{collections::BTreeMap, fs, time::Duration};

use certcentral_sandbox::bytes::Bytes;
use certcentral_sandbox::http::{Method, Response, StatusCode};
use certcentral_sandbox::{Sandbox, SandboxBuilder};
use program::Desk;
use rows::Row;

const ORDERS: u64 = 2000;

#[test]
fn whatever_goes_wrong_every_order_appears_once_and_a_cut_output_is_completed() {
    let desk = Desk::new("cut");
    desk.list_orders(1..=ORDERS);
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
    let run = desk.start(&faulty, &args).end();
    assert_eq!(run.code, Some(1), "{}", run.told);
    assert!(run.told.contains("\n2000 of 2000 orders\n"), "{}", run.told);
    assert!(run.told.contains("orders:    2000, of which 8 failed\n"), "{}", run.told);
    assert!(run.told.contains("\norder 7 failed: ") && run.told.contains("not_found|order"));

    let rows = rows::of_json(&desk.read("rows.jsonl"));
    assert_eq!(rows.len(), 2000);
    for (&id, row) in &rows {
        if [&missing[..], &broken, &unreadable].concat().contains(&id) {
            assert!(row.issued.is_none() && row.error.is_some(), "{row:?}");
        } else {
            assert_eq!(*row, good(id));
        }
    }

    // As a full disk leaves it: in the middle of a line.
    let text = desk.read("rows.jsonl");
    let half = text.len() / 2;
    let cut = text[..half].rfind('\n').unwrap() + 20;
    fs::write(desk.path("rows.jsonl"), &text[..cut]).unwrap();
    let kept: Vec<_> =
        text[..cut - 19].lines().filter(|line| line.ends_with("\"error\":null}")).collect();

    let healthy = healthy();
    healthy.drop_next();
    healthy.delay_next(Duration::from_millis(10));
    healthy.fail_next(StatusCode::SERVICE_UNAVAILABLE, "");
    let run = desk.start(&healthy, &[&args[..], &["--resume"]].concat()).end();
    assert_eq!(run.code, Some(0), "{}", run.told);
    assert!(run.told.contains("orders:    2000, of which 0 failed\n"), "{}", run.told);
    assert_all_good(&rows::of_json(&desk.read("rows.jsonl")));
    assert!(desk.read("rows.jsonl").starts_with(&kept.join("\n")));
    // Two more than rows were missing, because two requests failed.
    assert_eq!(healthy.orders_asked().len(), 2000 - kept.len() + 2);
}

#[cfg(unix)]
#[test]
fn interrupted_it_loses_no_line_and_can_be_resumed() {
    let desk = Desk::new("interrupted");
    desk.list_orders(1..=ORDERS);
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
    let running = desk.start(&sandbox, &args);
    for held in &held {
        held.wait();
    }
    // All eight wait for an answer now, so 300 orders have theirs.
    running.interrupt();
    let run = running.end();
    assert_eq!(run.code, Some(130), "{}", run.told);
    assert!(run.told.contains("orders:    300, of which 0 failed\n"), "{}", run.told);
    let text = desk.read("rows.csv");
    assert!(text.ends_with('\n'));
    assert_eq!(rows::of_csv(&text).len(), 300);
    drop(held);

    let run = desk.start(&sandbox, &[&args[..], &["--resume"]].concat()).end();
    assert_eq!(run.code, Some(0), "{}", run.told);
    assert!(run.told.contains("orders:    2000, of which 0 failed\n"), "{}", run.told);
    assert!(desk.read("rows.csv").starts_with(&text));
    assert_all_good(&rows::of_csv(&desk.read("rows.csv")));
    assert_eq!(sandbox.orders_asked().len(), 2008);
}

#[test]
fn standard_input_and_output_do_as_well() {
    let desk = Desk::new("standard");
    let orders = "# ours\n3\n\n  5 # the shop's\n3\n";
    fs::write(desk.path("orders.txt"), orders).unwrap();
    let run = desk.start(&healthy(), &[]).end();
    assert_eq!(run.code, Some(0), "{}", run.told);
    let rows = rows::of_json(&run.printed);
    assert_eq!(rows.into_values().collect::<Vec<_>>(), [good(3), good(5)]);
}

#[test]
fn what_cannot_be_done_is_said_in_a_sentence_and_leaves_files_alone() {
    let desk = Desk::new("refused");
    let sandbox = healthy();
    for (orders, args, sentence) in [
        ("3\n\nx5\n", &[][..], "standard input, line 3: `x5` is no order: an order id is a whole"),
        ("3\n", &["--output", "orders.txt"], "orders.txt exists; complete it with --resume"),
        ("3\n", &["--output", "orders.txt", "--resume"], "orders.txt is no output of this program"),
        ("3\n", &["--resume"], "--resume wants the earlier run's --output too"),
        ("3\n", &["--format", "xml"], "--format is jsonl or csv"),
        ("3\n", &["--concurrency", "0"], "`0` is no number for --concurrency"),
        ("3\n", &["--rate-limit", "100"], "--rate-limit is unlimited, or such as 100/5s"),
        ("3\n", &["--verbose"], "`--verbose` is not understood"),
    ] {
        fs::write(desk.path("orders.txt"), orders).unwrap();
        let run = desk.start(&sandbox, args).end();
        assert!(run.told.starts_with(&format!("audit_orders: {sentence}")), "{}", run.told);
        assert_eq!((run.code, run.told.lines().count(), &*run.printed), (Some(1), 1, ""));
        assert_eq!(desk.read("orders.txt"), orders);
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
