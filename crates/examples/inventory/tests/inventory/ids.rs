//! Orders whose ids a file or standard input has.

use certcentral_sandbox::http::StatusCode;

use crate::{PROGRAM, living, rows, temp_dir};

#[test]
fn ids_are_read_from_a_file_or_from_standard_input() {
    let (dir, sandbox) = (temp_dir("ids"), living());
    // As Windows writes it: with a byte-order mark and carriage returns.
    let ids = "\u{feff}# ours\r\n3\r\n\r\n  5 # the shop's\r\n3\r\n";
    dir.write("orders.txt", ids);
    dir.write("stdin", ids);
    for source in ["orders.txt", "-"] {
        let run =
            dir.start(PROGRAM, &sandbox, &[source, "--output", "-", "--concurrency", "1"]).end();
        assert_eq!(run.code, Some(0), "{}", run.stderr);
        let rows = rows::of_json(&run.stdout);
        let names: Vec<_> = rows.iter().filter_map(|row| row.common_name.as_deref()).collect();
        assert_eq!(names, ["three.example.com", "five.example.com"]);
    }
    assert!(sandbox.requests().iter().all(|it| it.uri.path() != "/services/v2/order/certificate"));
    // Order info says that there is nothing to list.
    assert_eq!(sandbox.orders_asked(), [3, 5, 3, 5]);
}

#[test]
fn a_key_that_is_refused_ends_the_run() {
    let (dir, sandbox) = (temp_dir("key"), living());
    dir.write("stdin", "3\n5\n");
    let refusal = r#"{"errors": [{"code": "access_denied|access_denied_invalid_key"}]}"#;
    sandbox.fail_next(StatusCode::FORBIDDEN, refusal);
    let args = ["-", "--concurrency", "1", "--output", "rows"];
    let run = dir.start(PROGRAM, &sandbox, &args).end();
    let said = "eu/services/v2 for Europe; run again with --resume to continue\n";
    assert!(run.code == Some(1) && run.stderr.ends_with(said), "{}", run.stderr);
    assert_eq!((dir.read("rows").as_str(), sandbox.orders_asked()), ("", vec![3]));
}

#[test]
fn what_is_no_id_is_shown_short_and_without_controls() {
    let (dir, sandbox) = (temp_dir("no-ids"), living());
    dir.write("stdin", format!("3\n\u{1b}[31m{}\n", "9".repeat(1000)));
    let run = dir.start(PROGRAM, &sandbox, &["-"]).end();
    let id = format!("\u{fffd}[31m{}", "9".repeat(35));
    let message = format!("standard input, line 2: `{id}` is not an order id: ");
    assert!(run.stderr.contains(&message), "{}", run.stderr);
    assert_eq!((run.code, sandbox.requests().len()), (Some(1), 0));
}

#[test]
fn an_order_that_does_not_exist_fails_alone() {
    let (dir, sandbox) = (temp_dir("missing"), living());
    dir.write("stdin", "3\n4\n5\n");
    let run = dir.start(PROGRAM, &sandbox, &["-", "--format", "csv"]).end();
    assert_eq!(run.code, Some(1), "{}", run.stderr);
    let rows = rows::of_csv(&run.stdout);
    assert_eq!(rows::errors(&rows).into_iter().collect::<Vec<_>>(), [(4, "not_found")]);
    assert_eq!(rows::certificates(&rows).into_keys().collect::<Vec<_>>(), [3, 5]);
}
