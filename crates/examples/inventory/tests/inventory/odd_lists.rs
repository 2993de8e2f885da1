//! Lists that are shorter than they say, have an unreadable row, or are refused.

use std::time::Duration;

use certcentral_sandbox::{
    Sandbox, SandboxBuilder,
    http::{Method, Response, StatusCode},
};
use serde_json::{Value, json};

use crate::{PROGRAM, living, rows, temp_dir};

const ARGS: [&str; 2] = ["--rate-limit", "unlimited"];

#[test]
fn fewer_orders_than_the_total_are_not_a_success() {
    let dir = temp_dir("gap");
    let sandbox = listing(&[(0, json!([order(1), order(2)])), (2, json!([]))], 7);
    let run = dir.start(PROGRAM, &sandbox, &ARGS).end();
    assert_eq!(rows::certificates(&rows::of_json(&run.stdout)).len(), 2);
    let said = "cannot list further orders: the service says that there are 7, and has listed 2\n";
    assert!(run.code == Some(1) && run.stderr.ends_with(said), "{}", run.stderr);
}

#[test]
fn an_empty_page_is_passed_over_while_the_total_is_beyond_it() {
    let dir = temp_dir("empty-page");
    let pages = [(0, json!([order(1)])), (1, json!([])), (1001, json!([order(2)]))];
    let run = dir.start(PROGRAM, &listing(&pages, 1002), &ARGS).end();
    assert_eq!(rows::certificates(&rows::of_json(&run.stdout)).len(), 2, "{}", run.stderr);
}

#[test]
fn a_row_that_cannot_be_read_costs_no_other_order() {
    let dir = temp_dir("unreadable");
    let mut odd = order(2);
    odd["certificate"]["valid_till"] = json!("soon");
    let sandbox = listing(&[(0, json!([order(1), odd, order(3)]))], 3);
    let run = dir.start(PROGRAM, &sandbox, &ARGS).end();
    assert_eq!(run.code, Some(1), "{}", run.stderr);
    let rows = rows::of_json(&run.stdout);
    assert_eq!(rows::errors(&rows).into_iter().collect::<Vec<_>>(), [(2, "unreadable_response")]);
    let error = &rows.iter().find(|row| row.order_id == 2).unwrap().error;
    assert!(error.starts_with("unreadable at orders[1].certificate.valid_till: "), "{error}");
    assert_eq!(rows::certificates(&rows).into_keys().collect::<Vec<_>>(), [1, 3]);
}

/// The page does not say how many orders there are, so it is only full if that row counts.
#[test]
fn a_full_page_with_an_unreadable_row_is_not_the_last() {
    let dir = temp_dir("unreadable-full");
    let mut rows: Vec<_> = (1..=1000).map(order).collect();
    rows[500]["certificate"]["valid_till"] = json!("soon");
    let path = "/order/certificate?sort=order_id&limit=1000";
    let sandbox = Sandbox::builder()
        .without_rate_limit()
        .respond(Method::GET, path, Response::new(json!({"orders": rows}).to_string().into()))
        .respond(
            Method::GET,
            format!("{path}&offset=1000"),
            Response::new(json!({"orders": [order(1001)]}).to_string().into()),
        );
    let run = dir.start(PROGRAM, &sandbox.start().unwrap(), &ARGS).end();
    let rows = rows::of_json(&run.stdout);
    assert_eq!(rows::errors(&rows).into_keys().collect::<Vec<_>>(), [501], "{}", run.stderr);
    assert_eq!(rows::certificates(&rows).len(), 1000);
}

#[test]
fn orders_that_are_all_denied_end_the_run() {
    for status in [StatusCode::UNAUTHORIZED, StatusCode::FORBIDDEN] {
        let (dir, sandbox) = (temp_dir(&format!("denied-{}", status.as_u16())), living());
        dir.write("stdin", "1\n2\n3\n4\n5\n6\n");
        (0..6).for_each(|_| sandbox.fail_next(status, "Access denied."));
        let args = ["-", "--concurrency", "1", "--output", "rows"];
        let run = dir.start(PROGRAM, &sandbox, &args).end();
        let said = "; run again with --resume to continue\n";
        assert!(run.code == Some(1) && run.stderr.ends_with(said), "{}", run.stderr);
        assert_eq!(sandbox.orders_asked(), [1, 2, 3, 4, 5]);
    }
}

#[test]
fn orders_that_are_denied_after_one_was_read_fail_alone() {
    let (dir, sandbox) = (temp_dir("denied-later"), living());
    dir.write("stdin", "3\n10\n11\n12\n13\n14\n5\n");
    sandbox.delay_next(Duration::ZERO); // the one that is read
    (0..5).for_each(|_| sandbox.fail_next(StatusCode::FORBIDDEN, "Access denied."));
    let run = dir.start(PROGRAM, &sandbox, &["-", "--concurrency", "1"]).end();
    assert_eq!(run.code, Some(1), "{}", run.stderr);
    let rows = rows::of_json(&run.stdout);
    assert_eq!(rows::certificates(&rows).into_keys().collect::<Vec<_>>(), [3, 5]);
    assert_eq!(rows::errors(&rows).len(), 5);
}

/// Starts a sandbox whose list of orders has these pages, by offset.
fn listing(pages: &[(u64, Value)], total: u64) -> Sandbox {
    let add = |sandbox: SandboxBuilder, (offset, orders): &(u64, Value)| {
        let query = if *offset > 0 { format!("&offset={offset}") } else { String::new() };
        let path = format!("/order/certificate?sort=order_id&limit=1000{query}");
        let page = json!({"total": total, "limit": 1000, "offset": offset});
        let body = json!({"orders": orders, "page": page}).to_string();
        sandbox.respond(Method::GET, path, Response::new(body.into()))
    };
    pages.iter().fold(Sandbox::builder().without_rate_limit(), add).start().unwrap()
}

fn order(id: u64) -> Value {
    json!({
        "id": id,
        "status": "issued",
        "certificate": {"id": id + 100, "serial_number": "0E12", "valid_till": "2999-01-31"},
        "has_reissues": false,
        "has_duplicates": false,
    })
}
