//! Files that cannot be brought up to date, and options that cannot be combined.

use std::fs;

use certcentral_sandbox::Sandbox;

use super::account;
use crate::{PROGRAM, account as canned, temp_dir};

#[test]
fn a_file_of_something_else_is_refused_and_left() {
    let account = account("refused");
    account.update();
    account.run(&["--output", "rows.csv", "--format", "csv"]);
    account.dir.write("notes", "hello\n");
    account.dir.write("stdin", "3\n5\n");
    account.run(&["-", "--output", "ids"]);
    fs::copy(account.dir.path("rows"), account.dir.path("others")).unwrap();
    let state = account.dir.read("rows.state");
    account.dir.write("others.state", state.replace(r#""account":5210001"#, r#""account":1"#));
    fs::copy(account.dir.path("rows"), account.dir.path("lost")).unwrap();
    account.dir.write("lost.state", "{\"serial\": 1}\n");
    for (file, message) in [
        ("rows.csv", "is in another format; run again with --format csv"),
        ("notes", "is not an output of this program"),
        ("ids", "cannot be updated: "),
        ("others", "is of account 1, and the key of account 5210001"),
        ("lost", "needs "),
    ] {
        let before = (account.dir.read(file), account.dir.files());
        let asked = account.sandbox.orders_asked().len();
        let run = account.run(&["--update", "--output", file]);
        let expected = format!("certcentral-inventory: {file} {message}");
        assert!(run.code == Some(1) && run.stderr.starts_with(&expected), "{}", run.stderr);
        assert_eq!((account.dir.read(file), account.dir.files()), before);
        assert_eq!(account.sandbox.orders_asked().len(), asked);
    }
}

#[test]
fn a_file_of_something_else_beside_the_output_is_left() {
    let account = account("no-state");
    account.dir.write("rows.state", "{\"serial\": 1}\n");
    let run = account.run(&["--output", "rows"]);
    let message = "rows.state, which is not a file of this program; move it\n";
    assert!(run.code == Some(1) && run.stderr.ends_with(message), "{}", run.stderr);
    assert_eq!(account.dir.read("rows.state"), "{\"serial\": 1}\n");
}

#[test]
fn a_file_of_another_service_is_refused_and_left() {
    let account = account("other-service");
    account.update();
    let (text, state) = (account.dir.read("rows"), account.dir.read("rows.state"));
    let other = Sandbox::start().unwrap();
    for option in ["--update", "--resume"] {
        let run = account.dir.start(PROGRAM, &other, &[option, "--output", "rows"]).end();
        let message = format!(
            "certcentral-inventory: rows is of {}, and not of {}\n",
            account.sandbox.base_url(),
            other.base_url()
        );
        assert_eq!((run.code, run.stderr), (Some(1), message));
        assert_eq!(
            (account.dir.read("rows"), account.dir.read("rows.state")),
            (text.clone(), state.clone())
        );
    }
}

/// An account with other orders may be another one: a key can be one that may not tell its account.
#[test]
fn a_list_without_any_order_of_the_file_leaves_it() {
    for (name, before, after) in [("empty-list", &[][..], [3, 5, 7]), ("others", &[7], [3, 3, 5])] {
        let mut account = account(name);
        account.hidden.extend(before);
        account.list_after(1);
        account.update();
        let text = account.dir.read("rows");
        account.hidden = after.into();
        account.list_after(2);
        let run = account.update();
        let message = "cannot write the output: the service lists none of its orders any more; \
                       rows is as it was\n";
        assert!(run.code == Some(1) && run.stderr.ends_with(message), "{}", run.stderr);
        assert_eq!(account.dir.read("rows"), text);
    }
}

#[test]
fn all_orders_of_an_account_are_needed() {
    let (dir, sandbox) = (temp_dir("update-args"), canned::healthy());
    dir.write("ids", "3\n");
    for (args, message) in [
        (&["--update"][..], "--update needs the --output file of an earlier run"),
        (&["--update", "--output", "-"], "--update needs the --output file of an earlier run"),
        (&["--update", "--output", "rows", "--resume"], "--update needs the --output file"),
        (&["--update", "--output", "rows", "--status", "issued"], "--update needs all orders"),
        (&["--update", "--output", "rows", "--filter", "id=3"], "--update needs all orders"),
        (&["--update", "--output", "rows", "ids"], "--update needs all orders"),
        (&["--update", "--output", "rows", "-"], "--update needs all orders"),
    ] {
        let run = dir.start(PROGRAM, &sandbox, args).end();
        let message = format!("certcentral-inventory: {message}");
        assert!(run.code == Some(1) && run.stderr.starts_with(&message), "{}", run.stderr);
    }
    assert!(sandbox.requests().is_empty());
    assert_eq!(dir.files(), ["ids"]);
}
