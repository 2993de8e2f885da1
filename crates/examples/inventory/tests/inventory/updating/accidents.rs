//! Runs that are killed or fail, and files that do not fit each other.

use std::{fs, iter, time::Duration};

use certcentral_example_cli::testing::Running;
use certcentral_sandbox::http::StatusCode;
use certcentral_transport_ureq::{OrderId, order::RevokeOrder};

use super::{Account, account};
use crate::{PROGRAM, rows};

const ARGS: [&str; 4] = ["--rate-limit", "unlimited", "--concurrency", "1"];
const UPDATE: [&str; 3] = ["--update", "--output", "rows"];

#[test]
fn a_run_that_is_killed_leaves_the_file_as_it_was() {
    let account = changed("killed");
    let (text, state) = (account.dir.read("rows"), account.dir.read("rows.state"));
    let requests = 5;
    for passed in 0..requests {
        iter::repeat_n(Duration::ZERO, passed).for_each(|delay| account.sandbox.delay_next(delay));
        let held = account.sandbox.hold_next();
        let mut running =
            account.dir.start(PROGRAM, &account.sandbox, &[&ARGS[..], &UPDATE].concat());
        let held = running.wait_for(held);
        running.kill();
        drop(held);
        assert_eq!(
            (account.dir.read("rows"), account.dir.read("rows.state")),
            (text.clone(), state.clone())
        );
    }
    let asked = account.requests_of(|| assert_eq!(account.update().code, Some(0)));
    assert_eq!(asked.len(), requests);
    assert_eq!(account.dir.read("rows"), account.list());
    assert_eq!(account.dir.files(), ["rows", "rows.state"]);
}

#[cfg(unix)]
#[test]
fn an_interrupted_run_leaves_the_file_as_it_was() {
    let account = changed("interrupted-update");
    let (text, files) = (account.dir.read("rows"), account.dir.files());
    for passed in 0..4 {
        iter::repeat_n(Duration::ZERO, passed).for_each(|delay| account.sandbox.delay_next(delay));
        let held = account.sandbox.hold_next();
        let mut running =
            account.dir.start(PROGRAM, &account.sandbox, &[&ARGS[..], &UPDATE].concat());
        let held = running.wait_for(held);
        running.interrupt();
        let run = running.end();
        drop(held);
        assert_eq!(run.code, Some(130));
        assert!(run.stderr.ends_with("orders are left; rows is as it was\n"), "{}", run.stderr);
        assert_eq!((account.dir.read("rows"), account.dir.files()), (text.clone(), files.clone()));
    }
}

/// A limit on the size of files, which the program's `write` meets as it meets a full disk.
#[cfg(unix)]
#[test]
fn a_full_disk_leaves_the_file_as_it_was() {
    let account = changed("full-disk");
    let (text, files) = (account.dir.read("rows"), account.dir.files());
    let limited = format!("trap '' XFSZ; ulimit -f 1; exec {PROGRAM} \"$@\"");
    let shell = ["-c", &limited, "sh"];
    let args = [&shell[..], &ARGS, &UPDATE].concat();
    let run = account.dir.start("/bin/sh", &account.sandbox, &args).end();
    assert_eq!(run.code, Some(1));
    assert!(run.stderr.contains("cannot write the output: "), "{}", run.stderr);
    assert!(run.stderr.ends_with("; rows is as it was\n"), "{}", run.stderr);
    assert_eq!((account.dir.read("rows"), account.dir.files()), (text, files));
}

/// One that begins while another is about to replace the file would remove what is to replace it.
#[test]
fn of_runs_that_begin_at_once_one_writes_the_file() {
    let account = account("at-once");
    account.update();
    let text = account.dir.read("rows");
    let start = |option| {
        let args = [&ARGS[..], &["--output", "rows", option]].concat();
        account.dir.start(PROGRAM, &account.sandbox, &args)
    };
    let runs = |options: [&'static str; 6]| {
        let runs = options.map(start).map(Running::end).into_iter();
        let runs = runs.filter(|run| {
            let messages = ["rows is being written by another run", "rows exists; "];
            let is_refused = messages.iter().any(|message| run.stderr.contains(message));
            assert!(run.code == Some(0) || is_refused, "{}", run.stderr);
            run.code == Some(0)
        });
        let from_nothing = runs.filter(|run| run.stderr.contains("unchanged:     0 orders"));
        let from_nothing = from_nothing.count();
        assert_eq!(account.dir.read("rows"), text);
        from_nothing
    };
    for _ in 0..12 {
        let update = "--update";
        assert_eq!(runs([update, update, update, update, "--resume", "--resume"]), 0);
        fs::remove_file(account.dir.path("rows")).unwrap();
        assert_eq!(runs([update; 6]), 1);
    }
    assert_eq!(account.dir.files(), ["rows", "rows.state"]);
}

#[test]
fn it_does_not_matter_of_which_run_each_file_is() {
    let account = changed("mixed");
    let old = ["rows", "rows.state"].map(|file| account.dir.read(file));
    account.update();
    let new = ["rows", "rows.state"].map(|file| account.dir.read(file));
    // A run that was killed between the two; last week's output, copied back; an entry cut off.
    let cut = &new[1][..new[1].len() - 9];
    for (output, state) in [(&new[0], &*old[1]), (&old[0], &*new[1]), (&new[0], cut)] {
        account.dir.write("rows", output);
        account.dir.write("rows.state", state);
        assert_eq!(account.update().code, Some(0));
        assert_eq!(account.dir.read("rows"), account.list());
    }
}

#[test]
fn a_line_that_somebody_has_changed_or_removed_is_asked_for() {
    let account = account("edited");
    account.update();
    let text = account.dir.read("rows");
    let without_second = text.split_inclusive('\n').enumerate().filter(|(n, _)| *n != 1);
    let without_second = without_second.map(|(_, line)| line).collect();
    let cut_off = text[..text.len() - 5].to_owned();
    let of_windows = text.replace('\n', "\r\n");
    for changed in [text.replace("a3.", "b3."), without_second, cut_off, of_windows] {
        account.dir.write("rows", changed);
        assert_eq!(account.update().code, Some(0));
        assert_eq!(account.dir.read("rows"), text);
    }
}

/// As a spreadsheet or an editor leaves them: an order's lines apart, and no line break at the end.
#[test]
fn no_line_of_an_order_that_is_gone_is_lost_if_somebody_has_moved_it() {
    let mut account = account("moved");
    account.hidden.insert(3);
    for format in ["jsonl", "csv"] {
        let args = ["--update", "--output", format, "--format", format];
        account.run(&args);
        let text = account.dir.read(format);
        let mut lines: Vec<_> = text.lines().collect();
        let first = usize::from(format == "csv");
        // Of the two lines of order 3.
        let line = lines.remove(first);
        lines.push(line);
        account.dir.write(format, lines.join("\n"));
        account.list_after(2);
        assert_eq!(account.run(&args).code, Some(0));
        let mut gone: Vec<_> = account.dir.read(format).lines().map(unmarked).collect();
        let mut expected: Vec<_> = lines.iter().map(|&line| line.to_owned()).collect();
        gone.sort();
        expected.sort();
        assert_eq!(gone, expected);
        account.dir.write(format, text);
    }
}

fn unmarked(line: &str) -> String {
    let message = "the list of orders does not have it any more";
    line.replace(&format!("gone,{message}"), ",")
        .replace(&format!(r#""gone","error":"{message}""#), r#""","error":"""#)
}

#[test]
fn an_order_that_fails_keeps_its_lines_with_the_error() {
    let account = changed("failing");
    let before = rows::of_json(&account.dir.read("rows"));
    // The account, the status changes and the list go well.
    iter::repeat_n(Duration::ZERO, 3).for_each(|delay| account.sandbox.delay_next(delay));
    account.sandbox.fail_next(StatusCode::NOT_FOUND, r#"{"errors":[{"code":"not_found|order"}]}"#);
    let run = account.update();
    assert_eq!(run.code, Some(1));
    assert!(run.stderr.contains("\nfailed:        1 with not_found, such as order 3: "));
    let rows = rows::of_json(&account.dir.read("rows"));
    let ids = |rows: &[rows::Row], id| {
        let of_order = rows.iter().filter(|row| row.order_id == id);
        of_order.map(|row| (row.certificate_id, row.error_kind.clone())).collect::<Vec<_>>()
    };
    let earlier = ids(&before, 3).into_iter().map(|(id, _)| (id, "not_found".to_owned()));
    assert_eq!(ids(&rows, 3), earlier.collect::<Vec<_>>());
    // To complete the file would drop these lines first.
    let text = account.dir.read("rows");
    let run = account.run(&["--resume", "--output", "rows"]);
    assert!(run.stderr.contains("rows has orders that failed in an --update"), "{}", run.stderr);
    assert_eq!((run.code, account.dir.read("rows")), (Some(1), text));
    // It is asked for again.
    assert_eq!(account.update().code, Some(0));
    assert_eq!(account.dir.read("rows"), account.list());
}

#[test]
fn a_list_that_ends_early_leaves_the_file() {
    let account = changed("list-fails");
    let text = account.dir.read("rows");
    iter::repeat_n(Duration::ZERO, 2).for_each(|delay| account.sandbox.delay_next(delay));
    account.sandbox.fail_next(StatusCode::FORBIDDEN, r#"{"errors":[{"code":"access_denied"}]}"#);
    let run = account.update();
    assert!(run.code == Some(1) && run.stderr.ends_with("; rows is as it was\n"), "{}", run.stderr);
    assert_eq!((account.dir.read("rows"), account.dir.files().len()), (text, 2));
}

#[cfg(unix)]
#[test]
fn the_file_can_be_a_link_and_keeps_its_permissions() {
    use std::os::unix::fs::{PermissionsExt, symlink};

    let account = changed("link-update");
    for file in ["rows", "rows.state"] {
        fs::set_permissions(account.dir.path(file), fs::Permissions::from_mode(0o600)).unwrap();
    }
    symlink("rows", account.dir.path("link")).unwrap();
    assert_eq!(account.run(&["--update", "--output", "link"]).code, Some(0));
    assert!(fs::symlink_metadata(account.dir.path("link")).unwrap().is_symlink());
    assert_eq!(account.dir.read("rows"), account.list());
    for file in ["rows", "rows.state"] {
        let mode = fs::metadata(account.dir.path(file)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}

/// An account with an output, of which two orders have changed since.
fn changed(name: &str) -> Account {
    let account = account(name);
    account.update();
    account.client.send(RevokeOrder::new(OrderId(3)).skip_approval(true)).unwrap();
    account.reissue(7, false).unwrap();
    account
}
