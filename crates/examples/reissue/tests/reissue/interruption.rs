//! The program is killed, or loses its connection, at each step.

use std::{thread, time::Duration};

use certcentral_sandbox::{LivingOrder, Sandbox, http::StatusCode};
use rcgen::KeyPair;

use crate::files::csr;
use crate::service::{
    ORDER, ORDER_ID, REQUESTS, reissue_requests, reissues, requests, sandbox, skip,
};
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
fn a_request_without_effect_is_sent_again_after_the_lag() {
    let (dir, sandbox) = (temp_dir("unknown"), sandbox());
    skip(&sandbox, 1);
    sandbox.fail_next(StatusCode::BAD_GATEWAY, "<html>one moment, please</html>");
    let run = dir.start(PROGRAM, &sandbox, &[&ARGS[..], &["--lag", "0.2"]].concat()).end();
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert!(run.stderr.contains("it waits for what was requested to be listed"), "{}", run.stderr);
    assert_eq!((reissue_requests(&sandbox).len(), reissues(&sandbox).len()), (2, 1));
    assert_saved(&dir);
}

#[test]
fn lists_that_lag_lead_to_no_second_request() {
    for end in ["timeout", "kill", "lost"] {
        let (dir, sandbox) = (temp_dir(&format!("lag-{end}")), lagging_sandbox());
        if end == "lost" {
            skip(&sandbox, 1);
            sandbox.drop_next();
        }
        for _ in 0..3 {
            let asked = sandbox.requests().len();
            let args = [&ARGS[..], &["--timeout", "1"]].concat();
            let mut run = dir.start(PROGRAM, &sandbox, &args);
            if end == "kill" {
                while sandbox.requests().len() < asked + 4 && !run.has_ended() {
                    thread::yield_now();
                }
                run.kill();
            } else {
                let run = run.end();
                assert_eq!(run.code, Some(1), "{}", run.stderr);
                assert!(run.stderr.contains("not issued within 1 s: "), "{}", run.stderr);
            }
        }
        sandbox.advance(LIST_LAG);
        let run = dir.start(PROGRAM, &sandbox, &ARGS).end();
        assert_eq!(run.code, Some(0), "{end}: {}", run.stderr);
        assert_eq!(reissue_requests(&sandbox).len(), 1, "{end}");
        assert_saved(&dir);
    }
}

#[test]
fn a_lost_answer_is_looked_for_until_it_is_listed() {
    let (dir, sandbox) = (temp_dir("listed-late"), lagging_sandbox());
    skip(&sandbox, 1);
    sandbox.drop_next();
    // The order and the list, twice.
    skip(&sandbox, 4);
    let held = sandbox.hold_next();
    let mut running = dir.start(PROGRAM, &sandbox, &ARGS);
    let held = running.wait_for(held);
    sandbox.advance(LIST_LAG);
    drop(held);
    let run = running.end();
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert_eq!(reissue_requests(&sandbox).len(), 1);
    assert_saved(&dir);
}

/// How long the lists lack what was requested.
const LIST_LAG: Duration = Duration::from_secs(600);

fn lagging_sandbox() -> Sandbox {
    let order = LivingOrder::new(ORDER_ID, ["shop.example.com"]);
    Sandbox::builder().without_rate_limit().list_lag(LIST_LAG).order(order).start().unwrap()
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
    let (dir, sandbox) = (temp_dir("after"), sandbox());
    skip(&sandbox, 3);
    sandbox.fail_next(StatusCode::BAD_REQUEST, "");
    let run = dir.start(PROGRAM, &sandbox, &ARGS).end();
    let said = "; the reissue is requested: run again to go on\n";
    assert!(run.code == Some(1) && run.stderr.ends_with(said), "{}", run.stderr);
    assert_eq!(dir.start(PROGRAM, &sandbox, &ARGS).end().code, Some(0));
    assert_eq!(reissue_requests(&sandbox).len(), 1);
}
