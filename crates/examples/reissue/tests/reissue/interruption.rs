//! The program is killed, or loses its connection, at each step.

use certcentral_sandbox::http::StatusCode;
use rcgen::KeyPair;

use crate::files::csr;
use crate::service::{ORDER, REQUESTS, reissue_requests, reissues, requests, sandbox, skip};
use crate::whole_process::assert_saved;
use crate::{PROGRAM, temp_dir};

const ARGS: [&str; 5] = [ORDER, "--interval", "0.05", "--timeout", "20"];

#[test]
fn a_run_that_was_killed_is_continued_without_a_second_reissue() {
    for step in 0..REQUESTS.len() {
        let (dir, sandbox) = (temp_dir(&format!("killed-{step}")), sandbox());
        skip(&sandbox, step);
        let held = sandbox.hold_next();
        let mut running = dir.start(PROGRAM, &sandbox, &ARGS);
        let held = running.wait_for(held);
        running.kill();
        drop(held);
        assert_eq!(requests(&sandbox), REQUESTS[..=step]);

        let run = dir.start(PROGRAM, &sandbox, &ARGS).end();
        assert_eq!(run.code, Some(0), "{step}: {}", run.stderr);
        assert_eq!(reissue_requests(&sandbox).len(), 1, "{step}");
        assert_eq!(reissues(&sandbox).len(), 1, "{step}");
        assert_saved(&dir);
    }
}

#[test]
fn a_lost_response_is_found_out_about_without_a_second_reissue() {
    for step in 0..REQUESTS.len() {
        let (dir, sandbox) = (temp_dir(&format!("dropped-{step}")), sandbox());
        skip(&sandbox, step);
        sandbox.drop_next();
        let run = dir.start(PROGRAM, &sandbox, &ARGS).end();
        assert_eq!(run.code, Some(0), "{step}: {}", run.stderr);
        assert_eq!(reissue_requests(&sandbox).len(), 1, "{step}");
        assert_saved(&dir);
    }
}

#[test]
fn a_reissue_that_may_have_been_requested_is_left_to_the_next_run() {
    let (dir, sandbox) = (temp_dir("unknown"), sandbox());
    skip(&sandbox, 2);
    sandbox.fail_next(StatusCode::BAD_GATEWAY, "<html>one moment, please</html>");
    let run = dir.start(PROGRAM, &sandbox, &ARGS).end();
    assert_eq!(run.code, Some(1), "{}", run.stderr);
    let said =
        "; the reissue may have been requested: run again with the same CSR in a few minutes\n";
    assert!(run.stderr.ends_with(said), "{}", run.stderr);
    assert_eq!(reissue_requests(&sandbox).len(), 1);

    let run = dir.start(PROGRAM, &sandbox, &ARGS).end();
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert_eq!(reissues(&sandbox).len(), 1);
    assert_saved(&dir);
}

#[test]
fn two_runs_at_once_request_one_reissue() {
    for given in [&[][..], &["--csr", "my.csr"]] {
        let (dir, sandbox) = (temp_dir(&format!("two-{}", given.len())), sandbox());
        dir.write("my.csr", csr(&KeyPair::generate().unwrap()));
        let args = [&ARGS[..], given].concat();
        skip(&sandbox, 1);
        let held = sandbox.hold_next();
        let mut first = dir.start(PROGRAM, &sandbox, &args);
        let held = first.wait_for(held);
        // The first has looked for a reissue, and found none yet.
        let second = dir.start(PROGRAM, &sandbox, &args).end();
        let said = " is used by another run; wait for its end\n";
        assert!(second.code == Some(1) && second.stderr.ends_with(said), "{}", second.stderr);
        drop(held);
        assert_eq!(first.end().code, Some(0));
        assert_eq!(reissue_requests(&sandbox).len(), 1);
    }
}

#[test]
fn an_error_after_the_request_says_how_to_go_on() {
    for (step, rest) in [(3, "run again with the same CSR to go on\n"), (4, "to go on\n")] {
        let (dir, sandbox) = (temp_dir(&format!("after-{step}")), sandbox());
        skip(&sandbox, step);
        sandbox.fail_next(StatusCode::BAD_REQUEST, "");
        let run = dir.start(PROGRAM, &sandbox, &ARGS).end();
        assert!(run.code == Some(1) && run.stderr.ends_with(rest), "{}", run.stderr);
        assert_eq!(dir.start(PROGRAM, &sandbox, &ARGS).end().code, Some(0));
        assert_eq!(reissue_requests(&sandbox).len(), 1);
    }
}
