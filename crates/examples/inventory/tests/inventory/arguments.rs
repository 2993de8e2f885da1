//! Arguments that make no sense, and help.

use crate::{PROGRAM, living, temp_dir};

#[test]
fn bad_arguments_are_one_line_of_error_and_leave_files_alone() {
    let (dir, sandbox) = (temp_dir("refused"), living());
    dir.write("orders.txt", "3\n\nx5\n");
    for (args, message) in [
        (
            &["orders.txt"][..],
            "orders.txt, line 3: `x5` is not an order id: an order id is a whole",
        ),
        (&["none.txt"], "cannot read none.txt: "),
        (&["--output", "orders.txt"], "orders.txt exists; complete it with --resume"),
        (&["--output", "orders.txt", "--resume"], "orders.txt is not an output of this program"),
        (&["--output", "none/rows"], "cannot create none/rows: "),
        (&["--output", "."], ". is not a regular file; leave out --output"),
        (&["--output", ".", "--resume"], ". is not a regular file; leave out --output"),
        (&["--resume"], "--resume needs the --output file of the earlier run"),
        (&["--resume", "--output", "-"], "--resume needs the --output file of the earlier run"),
        (&["--format", "xml"], "--format xml: neither jsonl nor csv"),
        (&["--concurrency", "0"], "--concurrency 0: number would be zero"),
        (&["--rate-limit", "100"], "--rate-limit 100: neither unlimited nor like 100/5s"),
        (&["--filter", "issued"], "--filter issued: not like NAME=VALUE"),
        (&["--filter", "id=3", "--filter", "id=5"], "--filter: a filter is given twice"),
        (&["--filter", "status][=x"], "--filter: the name of a filter has no brackets"),
        (&["orders.txt", "--status", "issued"], "--filter and --status choose among the account's"),
        (&["--verbose"], "invalid option '--verbose'"),
        (&["orders.txt", "more.txt"], "unexpected argument \"more.txt\""),
    ] {
        let run = dir.start(PROGRAM, &sandbox, args).end();
        let message = format!("certcentral-inventory: {message}");
        assert!(run.stderr.starts_with(&message), "{}", run.stderr);
        assert_eq!((run.code, run.stderr.lines().count(), &*run.stdout), (Some(1), 1, ""));
        assert_eq!((dir.read("orders.txt"), dir.files().len()), ("3\n\nx5\n".to_owned(), 1));
    }
    assert!(sandbox.requests().is_empty());
}

#[test]
fn help_needs_no_service() {
    let dir = temp_dir("help");
    for flag in ["-h", "--help"] {
        let run = dir.start_unconfigured(PROGRAM, &[flag]).end();
        assert_eq!((run.code, &*run.stderr), (Some(0), ""));
        for part in ["Usage: certcentral-inventory", "--filter NAME=VALUE", "CERTCENTRAL_API_KEY"] {
            assert!(run.stdout.contains(part), "{}", run.stdout);
        }
    }
}
