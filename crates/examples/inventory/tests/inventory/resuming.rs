//! Completing the output of an earlier run.

use std::fs;

use certcentral_sandbox::http::StatusCode;

use crate::account::{self, break_reissues, builder, healthy};
use crate::{PROGRAM, living, rows, temp_dir};

#[test]
fn resume_completes_an_output_that_was_cut_off() {
    for format in ["jsonl", "csv"] {
        let dir = temp_dir(&format!("cut-{format}"));
        let args =
            ["--rate-limit", "unlimited", "--format", format, "--output", "rows", "--resume"];
        // An order that fails is queried again.
        let faulty = break_reissues(builder(), 10, StatusCode::NOT_FOUND, "").start().unwrap();
        let run = dir.start(PROGRAM, &faulty, &args[..6]).end();
        assert_eq!(run.code, Some(1), "{}", run.stderr);

        // As a full disk leaves it: in the middle of a line of an order with several.
        let text = dir.read("rows");
        let several = text.match_indices(",reissue,").nth(70);
        let several = several.or_else(|| text.match_indices("\"reissue\"").nth(70)).unwrap().0;
        fs::write(dir.path("rows"), &text[..several]).unwrap();
        let read = if format == "csv" { rows::of_csv } else { rows::of_json };
        let whole_lines = text[..several].rfind('\n').unwrap() + 1;
        let earlier = read(&text[..whole_lines]);

        // It is of the account of another sandbox.
        fs::remove_file(dir.path("rows.state")).unwrap();
        let sandbox = healthy();
        let run = dir.start(PROGRAM, &sandbox, &args).end();
        assert_eq!(run.code, Some(0), "{}", run.stderr);
        assert!(run.stderr.contains("orders:        2000, of which 0 failed\n"), "{}", run.stderr);
        assert!(run.stderr.contains("certificates:  2560: 2080 issued, 280 pending, 200 rejected"));
        assert_eq!(rows::certificates(&read(&dir.read("rows"))), account::all());
        assert_eq!(dir.files(), ["rows", "rows.state"], "nothing else is left beside the output");

        // What had all its rows was not queried again.
        let kept = rows::certificates(&earlier);
        let kept = kept.iter().filter(|(id, rows)| account::certificates(**id) == **rows);
        let kept: Vec<_> = kept.map(|(&order_id, _)| order_id).collect();
        assert!(kept.len() > 100, "{}", kept.len());
        let asked = sandbox.orders_asked();
        assert!(kept.iter().all(|order_id| !asked.contains(order_id)));
        assert!(asked.contains(&10));
    }
}

#[test]
fn a_complete_output_is_left_as_it_is() {
    let (dir, sandbox) = (temp_dir("complete"), healthy());
    let args = ["--rate-limit", "unlimited", "--output", "rows", "--resume"];
    assert_eq!(dir.start(PROGRAM, &sandbox, &args).end().code, Some(0)); // there is none yet
    let (text, requests) = (dir.read("rows"), sandbox.orders_asked().len());
    assert_eq!(dir.start(PROGRAM, &sandbox, &args).end().code, Some(0));
    assert_eq!(dir.read("rows"), text);
    assert_eq!(sandbox.orders_asked().len(), requests);
}

#[test]
fn two_runs_do_not_write_one_file() {
    for (name, args) in [
        ("new", &["--output", "rows"][..]),
        ("resume", &["--output", "rows", "--resume"]),
        ("update", &["--output", "rows", "--update"]),
    ] {
        let (dir, sandbox) = (temp_dir(&format!("two-{name}")), living());
        if args.len() > 2 {
            dir.write("rows", ""); // one to complete
        }
        let held = sandbox.hold_next();
        let mut first = dir.start(PROGRAM, &sandbox, args);
        let held = first.wait_for(held);
        for option in ["--resume", "--update"] {
            let second = dir.start(PROGRAM, &sandbox, &["--output", "rows", option]).end();
            let message =
                "certcentral-inventory: rows is being written by another run; wait for its end";
            assert_eq!((second.code, second.stderr.trim_end()), (Some(1), message));
        }
        drop(held);
        assert_eq!(first.end().code, Some(0));
        let rows = rows::of_json(&dir.read("rows"));
        let orders = rows::certificates(&rows);
        assert_eq!(orders.into_keys().collect::<Vec<_>>(), [3, 5]);
        assert_eq!(dir.files(), ["rows", "rows.state"]);
    }
}

#[test]
fn a_heading_that_was_cut_off_can_be_resumed() {
    let (dir, sandbox) = (temp_dir("heading"), living());
    dir.write("rows", "order_id,order_st");
    let args = ["--format", "csv", "--output", "rows", "--resume"];
    assert_eq!(dir.start(PROGRAM, &sandbox, &args).end().code, Some(0));
    let rows = rows::of_csv(&dir.read("rows"));
    let orders = rows::certificates(&rows);
    assert_eq!(orders.into_keys().collect::<Vec<_>>(), [3, 5]);
}

#[test]
fn what_is_no_output_of_this_format_is_refused_and_left() {
    let (dir, sandbox) = (temp_dir("other"), living());
    let csv = ["--format", "csv", "--output", "rows.csv"];
    dir.write("stdin", "3");
    assert_eq!(dir.start(PROGRAM, &sandbox, &[&["-"], &csv[..]].concat()).end().code, Some(0));
    let asked = sandbox.requests().len();
    for (file, text, message) in [
        ("rows.csv", None, "is in another format; run again with --format csv"),
        ("notes", Some("hello\n"), "is not an output of this program"),
        ("json", Some("{\"a\": 1}\n"), "is not an output of this program: line 1: "),
        ("half", Some("{\"order_id\": 1, \"certi\n{}\n"), "is not an output of this program: line"),
    ] {
        if let Some(text) = text {
            dir.write(file, text);
        }
        let before = (dir.read(file), dir.files());
        let run = dir.start(PROGRAM, &sandbox, &["-", "--resume", "--output", file]).end();
        assert_eq!(run.code, Some(1));
        let expected = format!("certcentral-inventory: {file} {message}");
        assert!(run.stderr.starts_with(&expected), "{}", run.stderr);
        assert_eq!((dir.read(file), dir.files()), before);
    }
    assert_eq!(sandbox.requests().len(), asked);
}

#[cfg(unix)]
#[test]
fn the_output_can_be_a_link_and_keeps_its_permissions() {
    use std::os::unix::fs::{PermissionsExt, symlink};

    let (dir, sandbox) = (temp_dir("link"), living());
    dir.write("stdin", "3\n5\n");
    let args = ["-", "--output", "link", "--resume"];
    assert_eq!(dir.start(PROGRAM, &sandbox, &["-", "--output", "target"]).end().code, Some(0));
    fs::set_permissions(dir.path("target"), fs::Permissions::from_mode(0o600)).unwrap();
    symlink("target", dir.path("link")).unwrap();
    assert_eq!(dir.start(PROGRAM, &sandbox, &args).end().code, Some(0));
    assert!(fs::symlink_metadata(dir.path("link")).unwrap().is_symlink());
    let mode = fs::metadata(dir.path("target")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}
