//! All orders that are due.

use std::{thread, time::Duration};

use certcentral_sandbox::{LivingOrder, Sandbox, SandboxBuilder};
use certcentral_transport_ureq::time::{Date, OffsetDateTime};
use serde_json::Value;

use crate::service::{reissue_requests, requests};
use crate::{PROGRAM, temp_dir};

const ARGS: [&str; 7] = ["--due", "30", "--interval", "0.05", "--timeout", "20", "--json"];

/// Returns the day in this many days.
pub(crate) fn day(days: i64) -> Date {
    (OffsetDateTime::now_utc() + Duration::from_secs(24 * 60 * 60) * u32::try_from(days).unwrap())
        .date()
}

/// Returns an order whose certificate ends soon.
pub(crate) fn due(id: u64, name: &str) -> LivingOrder {
    LivingOrder::new(id, [name]).valid_till(day(20)).order_valid_till(day(150))
}

const RENEWAL_DUE: &str = "for its renewal, which costs money: ask for it with --renew\n";

fn sandbox() -> Sandbox {
    let orders = [
        due(1, "a.example.com"),
        due(2, "b.example.com"),
        due(3, "c.example.com").valid_till(day(100)), // not yet
        due(4, "d.example.com").order_valid_till(day(20)), // renewed in place of that
        due(5, "e.example.com").revoked(),
    ];
    let sandbox = orders.into_iter().fold(Sandbox::builder(), SandboxBuilder::order);
    sandbox.without_rate_limit().start().unwrap()
}

#[test]
fn every_order_that_is_due_is_reissued_once() {
    let (dir, sandbox) = (temp_dir("due"), sandbox());
    let run = dir.start(PROGRAM, &sandbox, &["--due", "--timeout", "20"]).end();
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    let end = day(150);
    let rows = [(1, "a"), (2, "b")].map(|(id, name)| {
        format!("{id}  {name}.example.com  issued  valid until {end}, ./{id}.pem\n")
    });
    let renewal = format!("4  d.example.com  due     {RENEWAL_DUE}");
    assert_eq!(run.stdout, rows.concat() + &renewal);
    let files = ["1.csr", "1.key", "1.pem", "2.csr", "2.key", "2.pem"];
    assert_eq!(dir.files(), files);

    // One list of orders, and for each a request, its approval, and a download.
    let (lists, others): (Vec<_>, Vec<_>) =
        requests(&sandbox).into_iter().partition(|line| line.contains("/order/certificate?"));
    assert_eq!(lists.len(), 1);
    let others = others.iter().filter(|line| !line.contains("status-changes"));
    assert_eq!(others.count(), 6, "{:?}", requests(&sandbox));

    let run = dir.start(PROGRAM, &sandbox, &ARGS).end();
    assert_eq!((run.code, run.stdout.lines().count()), (Some(0), 1), "{}", run.stderr);
    assert!(run.stdout.contains(r#""event":"due""#), "{}", run.stdout);
    assert_eq!(reissue_requests(&sandbox).len(), 2);
}

#[test]
fn a_dry_run_changes_nothing() {
    let (dir, sandbox) = (temp_dir("dry"), sandbox());
    let run = dir.start(PROGRAM, &sandbox, &["--due", "--dry-run"]).end();
    let rows = "1  a.example.com  plan  a.example.com\n\
                2  b.example.com  plan  b.example.com\n\
                4  d.example.com  due   "
        .to_owned();
    let all = (run.code, run.stdout, &*run.stderr);
    assert_eq!(all, (Some(0), rows + RENEWAL_DUE, ""));
    assert!(dir.files().is_empty());
    assert!(requests(&sandbox).iter().all(|line| line.starts_with("GET ")));

    let run = dir.start(PROGRAM, &sandbox, &["1", "--dry-run", "--name", "new.example.com"]).end();
    assert!(run.code == Some(1) && run.stderr.ends_with("use --remove-names\n"), "{}", run.stderr);
    assert!(dir.files().is_empty());
    assert!(requests(&sandbox).iter().all(|line| line.starts_with("GET ")));
}

#[test]
fn each_event_is_a_line_of_json() {
    let (dir, sandbox) = (temp_dir("json"), sandbox());
    let run = dir.start(PROGRAM, &sandbox, &ARGS).end();
    let events: Vec<Value> =
        run.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let of_first = events.iter().filter(|event| event["order_id"] == 1);
    let names: Vec<_> = of_first.map(|event| event["event"].as_str().unwrap()).collect();
    assert_eq!(names, ["requesting", "issued", "saved"]);
    assert_eq!(events.len(), 7, "one of them is about the order that is to be renewed");
}

#[test]
fn orders_that_were_begun_are_gone_on_with() {
    let (dir, sandbox) = (temp_dir("begun"), sandbox());
    sandbox.hold_issuance(true);
    let args = [&ARGS[..4], &["--timeout", "2"]].concat();
    let run = dir.start(PROGRAM, &sandbox, &args).end();
    let rows = "1  a.example.com  waits  for the certificate\n\
                2  b.example.com  waits  for the certificate\n\
                4  d.example.com  due    "
        .to_owned();
    assert_eq!((run.code, run.stdout), (Some(1), rows + RENEWAL_DUE), "{}", run.stderr);
    // A dry run leaves them as they are.
    let asked = requests(&sandbox).len();
    let (note, args) = (dir.read("1.json"), ["--due", "--dry-run", "--lag", "5"]);
    let run = dir.start(PROGRAM, &sandbox, &args).end();
    let row = "1  a.example.com  plan  nothing: it is requested already\n";
    assert!(run.code == Some(0) && run.stdout.starts_with(row), "{}{}", run.stdout, run.stderr);
    assert_eq!(dir.read("1.json"), note);
    assert!(requests(&sandbox)[asked..].iter().all(|line| line.starts_with("GET ")));
    // While it is pending, no list shows that it is due.
    sandbox.hold_issuance(false);
    let run = dir.start(PROGRAM, &sandbox, &ARGS).end();
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert_eq!(reissue_requests(&sandbox).len(), 2);
    assert_eq!(dir.files().len(), 6);
}

#[test]
fn runs_that_are_killed_at_any_time_request_each_once() {
    let (dir, sandbox) = (temp_dir("killed-due"), sandbox());
    let args = [&ARGS[..], &["--lag", "1"]].concat();
    let mut random = 7_u64;
    for _ in 0..20 {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        let running = dir.start(PROGRAM, &sandbox, &args);
        thread::sleep(Duration::from_millis((random >> 33) % 60));
        running.kill();
    }
    let run = dir.start(PROGRAM, &sandbox, &args).end();
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert_eq!(reissue_requests(&sandbox).len(), 2);
    assert!(dir.path("1.pem").exists() && dir.path("2.pem").exists());
}
