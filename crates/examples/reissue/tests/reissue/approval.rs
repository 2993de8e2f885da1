//! Who approves, and a reissue of somebody else's.

use certcentral_sandbox::http::StatusCode;
use certcentral_transport_ureq::{
    OrderId, RequestId,
    order::{OrderInfo, ReissueCertificate},
    request::UpdateRequestStatus,
};

use crate::service::{
    ORDER, ORDER_ID, client, reissue_requests, reissues, requests, sandbox, skip,
};
use crate::whole_process::assert_saved;
use crate::{PROGRAM, temp_dir};

const ARGS: [&str; 5] = [ORDER, "--interval", "0.05", "--timeout", "20"];

#[test]
fn without_the_right_to_approve_it_waits_for_somebody_who_has() {
    let (dir, sandbox) = (temp_dir("denied"), sandbox());
    skip(&sandbox, 2);
    let refusal = r#"{"errors": [{"code": "access_denied|invalid_approver", "message": "No."}]}"#;
    sandbox.fail_next(StatusCode::FORBIDDEN, refusal);
    let held = sandbox.hold_next();
    let mut running = dir.start(PROGRAM, &sandbox, &ARGS);
    let held = running.wait_for(held);
    client(&sandbox).send(UpdateRequestStatus::approve(RequestId(55_000_002))).unwrap();
    drop(held);
    let run = running.end();
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    let said = "request 55000002 waits for its approval\n";
    assert!(run.stderr.contains("access_denied|invalid_approver (No.)"), "{}", run.stderr);
    assert!(run.stderr.contains(said), "{}", run.stderr);
    assert_saved(&dir);
}

#[test]
fn the_approval_can_be_left_to_others() {
    let (dir, sandbox) = (temp_dir("left"), sandbox());
    skip(&sandbox, 2);
    let held = sandbox.hold_next();
    let mut running = dir.start(PROGRAM, &sandbox, &[&ARGS[..], &["--no-approval"]].concat());
    let held = running.wait_for(held);
    client(&sandbox).send(UpdateRequestStatus::approve(RequestId(55_000_002))).unwrap();
    drop(held);
    let run = running.end();
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert!(run.stderr.contains("request 55000002 waits for its approval\n"), "{}", run.stderr);
    assert!(requests(&sandbox).iter().filter(|line| line.starts_with("PUT ")).count() == 1);
    assert_saved(&dir);
}

#[test]
fn a_run_that_finds_its_request_pending_approves_it() {
    let (dir, sandbox) = (temp_dir("found"), sandbox());
    skip(&sandbox, 2);
    let held = sandbox.hold_next();
    let mut running = dir.start(PROGRAM, &sandbox, &[&ARGS[..], &["--no-approval"]].concat());
    let held = running.wait_for(held);
    running.kill();
    drop(held);

    let run = dir.start(PROGRAM, &sandbox, &ARGS).end();
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert_eq!(reissue_requests(&sandbox).len(), 1);
    assert_saved(&dir);
}

#[test]
fn a_pending_reissue_of_somebody_else_is_not_replaced_unasked() {
    let (dir, sandbox) = (temp_dir("pending"), sandbox());
    let other = client(&sandbox);
    let order = other.send(OrderInfo::new(OrderId(ORDER_ID))).unwrap();
    let csr = order.certificate.and_then(|certificate| certificate.csr).unwrap();
    other.send(ReissueCertificate::new(OrderId(ORDER_ID), csr)).unwrap();

    let run = dir.start(PROGRAM, &sandbox, &ARGS).end();
    assert_eq!(run.code, Some(1));
    let said = "certcentral-reissue: another reissue of the order is pending, and a new one would";
    assert!(run.stderr.contains(said), "{}", run.stderr);
    assert_eq!(reissue_requests(&sandbox).len(), 1);

    let run = dir.start(PROGRAM, &sandbox, &[&ARGS[..], &["--replace-pending"]].concat()).end();
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    let reissues = reissues(&sandbox);
    let statuses: Vec<_> = reissues.iter().map(|reissue| reissue.status.as_str()).collect();
    assert_eq!(statuses, ["issued", "rejected"]);
    assert_saved(&dir);
}

#[test]
fn an_approval_by_somebody_else_in_between_is_as_good() {
    let (dir, sandbox) = (temp_dir("faster"), sandbox());
    // The refusal comes while the request is approved already.
    sandbox.hold_issuance(true);
    skip(&sandbox, 1);
    let held = sandbox.hold_next();
    let mut running = dir.start(PROGRAM, &sandbox, &ARGS);
    let held = running.wait_for(held);
    client(&sandbox).send(UpdateRequestStatus::approve(RequestId(55_000_002))).unwrap();
    sandbox.hold_issuance(false);
    drop(held);
    let run = running.end();
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert_eq!(requests(&sandbox).iter().filter(|line| line.starts_with("PUT ")).count(), 2);
    assert_saved(&dir);
}
