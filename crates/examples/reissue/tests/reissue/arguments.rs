//! Arguments that make no sense, help, and a service that refuses.

use crate::service::{ORDER, sandbox};
use crate::{PROGRAM, temp_dir};

#[test]
fn bad_arguments_are_one_line_of_error_and_leave_no_file() {
    let (dir, sandbox) = (temp_dir("refused"), sandbox());
    for (args, message) in [
        (&[][..], "the id of an order is missing; see --help"),
        (&["shop"], "an order id is a whole number, such as 112233"),
        (&[ORDER, "5"], "unexpected argument \"5\""),
        (&[ORDER, "--interval", "0"], "--interval 0: not a number of seconds"),
        (&[ORDER, "--timeout", "-1"], "--timeout -1: not a number of seconds"),
        (&[ORDER, "--timeout", "1e19"], "the --timeout is too long"),
        (&[ORDER, "--name", ""], "--name : the name is empty"),
        (&[ORDER, "--name", "bücher.example"], "--name bücher.example: not ASCII; give an"),
        (&[ORDER, "--renew"], "--renew is for --due"),
        (&[ORDER, "--validation", "email"], "--validation email: no program can follow the link"),
        (&[ORDER, "--validation", "dns"], "--validation dns: not a method that is known; see"),
        (&[ORDER, "--csr", "none.csr"], "none.csr does not exist"),
        (&["5"], "https://localhost:"),
    ] {
        let run = dir.start(PROGRAM, &sandbox, args).end();
        let message = format!("certcentral-reissue: {message}");
        assert!(run.stderr.starts_with(&message), "{}", run.stderr);
        assert_eq!((run.code, run.stderr.lines().count()), (Some(1), 1), "{}", run.stderr);
        assert!(dir.files().is_empty());
    }
    assert!(sandbox.requests().iter().all(|request| request.method == "GET"));
}

#[test]
fn help_needs_no_service() {
    let dir = temp_dir("help");
    for flag in ["-h", "--help"] {
        let run = dir.start_unconfigured(PROGRAM, &[flag]).end();
        assert_eq!((run.code, &*run.stderr), (Some(0), ""));
        for part in ["Usage: certcentral-reissue", "--replace-pending", "CERTCENTRAL_API_KEY"] {
            assert!(run.stdout.contains(part), "{}", run.stdout);
        }
    }
}
