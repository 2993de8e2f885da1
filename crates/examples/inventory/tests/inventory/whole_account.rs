//! All orders of an account, while requests fail.

use std::collections::BTreeSet;
use std::fmt::Write;

use certcentral_sandbox::{
    Sandbox,
    http::{Method, Response, StatusCode},
};

use serde_json::json;

use crate::account::{self, ORDERS, break_reissues, builder, has_duplicates, has_reissues};
use crate::{PROGRAM, rows, temp_dir};

const ARGS: [&str; 2] = ["--rate-limit", "unlimited"];

#[test]
fn every_certificate_has_one_row_while_requests_fail() {
    let (dir, sandbox) = (temp_dir("faults"), account::healthy());
    // Not more than two, in case that both hit one order, which has three attempts.
    sandbox.fail_next(StatusCode::BAD_GATEWAY, "<html>one moment, please</html>");
    sandbox.drop_next();
    let run = dir.start(PROGRAM, &sandbox, &ARGS).end();
    assert_eq!(run.code, Some(0), "{}", run.stderr);

    let rows = rows::of_json(&run.stdout);
    assert_eq!(rows::certificates(&rows), account::all());
    let ids: BTreeSet<_> = rows.iter().map(|row| row.certificate_id).collect();
    assert_eq!(ids.len(), rows.len(), "no certificate has two rows");
    for row in &rows {
        let names = account::certificates(row.order_id).len();
        assert_eq!(row.certificates, Some(names));
        if row.role.as_deref() == Some("primary") {
            let name = format!("\"{}\",\u{fffd}example.com", row.order_id);
            assert_eq!(row.common_name.as_deref(), Some(name.as_str()));
            assert_eq!(row.dns_names.as_deref(), Some("a.example.com b.example.com"));
            assert_eq!(row.valid_till.as_deref(), Some("2999-01-31"));
        }
    }
    assert!(run.stderr.contains("\n2000 of 2000 orders\n"), "{}", run.stderr);
    let summary = "\
orders:        2000, of which 0 failed
certificates:  2560: 2080 issued, 280 pending, 200 rejected, 0 other
expiring:      0 within 30 days; 0 have expired
";
    assert!(run.stderr.ends_with(summary), "{}", run.stderr);
}

#[test]
fn lists_that_are_empty_are_not_requested() {
    let (dir, sandbox) = (temp_dir("needless"), account::healthy());
    let run = dir.start(PROGRAM, &sandbox, &ARGS).end();
    assert_eq!(run.code, Some(0), "{}", run.stderr);

    let mut needed: BTreeSet<String> = BTreeSet::new();
    for order_id in 1..=ORDERS {
        let path = format!("/services/v2/order/certificate/{order_id}");
        if has_reissues(order_id) {
            needed.insert(format!("{path}/reissue?show_archived=true"));
        }
        if has_duplicates(order_id) {
            needed.insert(format!("{path}/duplicate?show_archived=true"));
        }
    }
    let (pages, lists): (Vec<_>, Vec<_>) =
        requests(&sandbox).into_iter().partition(|uri| uri.contains("/order/certificate?"));
    assert_eq!(pages.len(), 3, "{pages:?}");
    assert_eq!(lists.len(), needed.len());
    assert_eq!(lists.into_iter().collect::<BTreeSet<_>>(), needed);
}

#[test]
fn a_service_that_repeats_a_page_ends_the_run() {
    let dir = temp_dir("repeats");
    let page = json!({"orders": account::rows(1..=1000)}).to_string();
    let page = Response::new(page.into());
    let sandbox = Sandbox::builder().without_rate_limit();
    let sandbox = sandbox.respond(Method::GET, "/order/certificate", page).start().unwrap();
    let run = dir.start(PROGRAM, &sandbox, &ARGS).end();
    let said = "the service sends the same page again and again";
    assert!(run.code == Some(1) && run.stderr.contains(said), "{}", run.stderr);
}

#[test]
fn an_order_that_fails_has_one_row_with_the_kind_of_its_error() {
    let dir = temp_dir("failures");
    let mut faulty = builder();
    for (order_id, status, body) in [
        (70, StatusCode::NOT_FOUND, r#"{"errors": [{"code": "not_found|order"}]}"#),
        (500, StatusCode::INTERNAL_SERVER_ERROR, ""),
        (90, StatusCode::OK, r#"{"certificates": [{"id": 9, "st"#),
        (1500, StatusCode::OK, "{}"),
        (2000, StatusCode::NOT_FOUND, r#"{"errors": [{"code": "not_found|order"}]}"#),
    ] {
        faulty = break_reissues(faulty, order_id, status, body);
    }
    let run = dir.start(PROGRAM, &faulty.start().unwrap(), &ARGS).end();
    assert_eq!(run.code, Some(1), "{}", run.stderr);

    let rows = rows::of_json(&run.stdout);
    let errors = rows::errors(&rows);
    let expected =
        [(70, "not_found"), (90, "unreadable_response"), (500, "status_500"), (2000, "not_found")];
    assert_eq!(errors.into_iter().collect::<Vec<_>>(), expected);
    let mut good = account::all();
    good.retain(|order_id, _| expected.iter().all(|(failed, _)| failed != order_id));
    // Its list of reissues is empty, whatever the order says.
    good.get_mut(&1500).unwrap().retain(|(_, role, _)| *role != "reissue");
    assert_eq!(rows::certificates(&rows), good);

    let mut summary = String::new();
    writeln!(summary, "orders:        2000, of which 4 failed").unwrap();
    assert!(run.stderr.contains(&summary), "{}", run.stderr);
    for failure in [
        "\nfailed:        2 with not_found, such as order ",
        "\nfailed:        1 with status_500, such as order 500: ",
        "\nfailed:        1 with unreadable_response, such as order 90: ",
    ] {
        assert!(run.stderr.contains(failure), "{}", run.stderr);
    }
}

#[test]
fn a_page_that_fails_ends_the_run_after_the_orders_before_it() {
    let dir = temp_dir("page");
    let second_page = "/order/certificate?sort=order_id&limit=1000&offset=1000";
    let gone = Response::builder().status(503).body("".into()).unwrap();
    let sandbox = builder().respond(Method::GET, second_page, gone).start();
    let run = dir.start(PROGRAM, &sandbox.unwrap(), &["--rate-limit", "unlimited"]).end();
    assert_eq!(run.code, Some(1));
    assert_eq!(rows::certificates(&rows::of_json(&run.stdout)).len(), 1000);
    assert!(run.stderr.contains("certcentral-inventory: cannot list further orders: "));
    assert!(run.stderr.contains("503"), "{}", run.stderr);
}

fn requests(sandbox: &Sandbox) -> Vec<String> {
    sandbox.requests().iter().map(|request| request.uri.to_string()).collect()
}
