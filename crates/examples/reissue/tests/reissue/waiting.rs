//! Waiting for the certificate, and what can come in its place.

use certcentral_sandbox::{
    LivingOrder, Sandbox, fixtures,
    http::{Method, Response, StatusCode},
};
use certcentral_transport_ureq::{OrderId, order::ReissueCertificate};
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair, date_time_ymd};
use serde_json::json;

use crate::files::{csr, csr_fixture};
use crate::service::{
    ORDER, ORDER_ID, REQUESTS, client, hold_first_look, reissue_requests, requests, sandbox, skip,
};
use crate::whole_process::assert_saved;
use crate::{PROGRAM, temp_dir};

const ARGS: [&str; 5] = [ORDER, "--interval", "0.05", "--timeout", "20"];

#[test]
fn it_waits_until_the_certificate_is_issued() {
    let (dir, sandbox) = (temp_dir("waits"), sandbox());
    sandbox.hold_issuance(true);
    let held = hold_first_look(&sandbox);
    let mut running = dir.start(PROGRAM, &sandbox, &ARGS);
    let held = running.wait_for(held);
    assert!(sandbox.issue(ORDER_ID));
    drop(held);
    let run = running.end();
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert!(
        run.stderr.contains("it waits for the certificate; looking again in "),
        "{}",
        run.stderr
    );
    assert_saved(&dir);
}

#[test]
fn a_rejected_request_ends_the_wait_and_is_not_repeated() {
    let (dir, sandbox) = (temp_dir("rejected"), sandbox());
    sandbox.hold_issuance(true);
    let held = hold_first_look(&sandbox);
    let mut running = dir.start(PROGRAM, &sandbox, &ARGS);
    let held = running.wait_for(held);
    assert!(sandbox.reject(ORDER_ID));
    drop(held);
    let said = "certcentral-reissue: there will be no certificate with this CSR; to request \
                another, move its key, CSR and note away\n";
    for run in [running.end(), dir.start(PROGRAM, &sandbox, &ARGS).end()] {
        assert_eq!(run.code, Some(1));
        assert!(run.stderr.ends_with(said), "{}", run.stderr);
    }
    assert_eq!(reissue_requests(&sandbox).len(), 1);
    assert_eq!(dir.files(), ["700101.csr", "700101.json", "700101.key"]);
}

#[test]
fn after_the_timeout_the_next_run_goes_on_waiting() {
    let (dir, sandbox) = (temp_dir("timeout"), sandbox());
    sandbox.hold_issuance(true);
    let run = dir.start(PROGRAM, &sandbox, &[&ARGS[..], &["--timeout", "2"]].concat()).end();
    assert_eq!(run.code, Some(1), "{}", run.stderr);
    let said =
        "certcentral-reissue: not issued within 2 s: it waits for the certificate; run again";
    assert!(run.stderr.contains(said), "{}", run.stderr);

    sandbox.hold_issuance(false);
    let run = dir.start(PROGRAM, &sandbox, &ARGS).end();
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert_eq!(reissue_requests(&sandbox).len(), 1);
    assert_saved(&dir);
}

#[test]
fn a_download_that_is_not_ready_is_tried_again() {
    let (dir, sandbox) = (temp_dir("not-ready"), sandbox());
    skip(&sandbox, 4);
    let refusal = r#"{"errors": [{"code": "certificate_not_issued", "message": "Not yet."}]}"#;
    sandbox.fail_next(StatusCode::BAD_REQUEST, refusal);
    let run = dir.start(PROGRAM, &sandbox, &ARGS).end();
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert_eq!(requests(&sandbox)[5], REQUESTS[4]);
    assert_saved(&dir);
}

#[test]
fn a_certificate_for_another_key_is_not_saved() {
    let (dir, sandbox) = (temp_dir("other-key"), sandbox());
    skip(&sandbox, 4);
    let other = || Response::new(sandbox.root_pem().to_owned().into());
    for _ in 0..200 {
        sandbox.respond_next(other());
    }
    let run = dir.start(PROGRAM, &sandbox, &[ORDER, "--interval", "0.05", "--timeout", "2"]).end();
    assert_eq!(run.code, Some(1));
    let said = "the certificate that the service sends is for another key\n";
    assert!(run.stderr.contains(said), "{}", run.stderr);
    assert_eq!(dir.files(), ["700101.csr", "700101.json", "700101.key"]);
}

#[test]
fn another_certificate_is_not_the_end() {
    let (dir, sandbox) = (temp_dir("another"), sandbox());
    skip(&sandbox, 4);
    for _ in 0..2 {
        sandbox.respond_next(Response::new(sandbox.root_pem().to_owned().into()));
    }
    let run = dir.start(PROGRAM, &sandbox, &ARGS).end();
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    let said = "the certificate that the service sends is for another key\n";
    assert_eq!(run.stderr.matches(said).count(), 1, "{}", run.stderr);
    assert_eq!(requests(&sandbox)[4..], [REQUESTS[4]; 3]);
    assert_saved(&dir);
}

#[test]
fn a_chain_without_its_issuer_is_not_saved() {
    let (dir, sandbox) = (temp_dir("leaf-only"), sandbox());
    skip(&sandbox, 4);
    let leaf = fixtures::get("download_certificate/pem-nointermediate.pem").unwrap().body;
    // The three attempts of one look, and one of the next.
    for _ in 0..4 {
        sandbox.respond_next(Response::new(leaf.into()));
    }
    let run = dir.start(PROGRAM, &sandbox, &ARGS).end();
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    let said = "the chain lacks the issuer of a certificate";
    assert_eq!(run.stderr.matches(said).count(), 1, "{}", run.stderr);
    assert_saved(&dir);
}

#[test]
fn an_error_with_status_200_is_told_once() {
    let (dir, sandbox) = (temp_dir("error-200"), sandbox());
    skip(&sandbox, 1);
    let error = r#"{"errors": [{"code": "invalid_csr", "message": "The CSR is invalid."}]}"#;
    sandbox.respond_next(Response::new(error.into()));
    let run = dir.start(PROGRAM, &sandbox, &[ORDER, "--interval", "0.05", "--timeout", "2"]).end();
    assert_eq!(run.code, Some(1));
    let said = "invalid_csr (The CSR is invalid.)";
    assert_eq!(run.stderr.matches(said).count(), 1, "{}", run.stderr);
    // It may have been taken all the same, so it is looked for.
    let said = "it waits for what was requested to be listed; run again to go on\n";
    assert!(run.stderr.ends_with(said), "{}", run.stderr);
    assert_eq!(reissue_requests(&sandbox).len(), 1);
    assert_eq!(dir.files(), ["700101.csr", "700101.json", "700101.key"]);
}

#[test]
fn a_row_without_its_csr_is_found_by_its_id() {
    let dir = temp_dir("no-csr-listed");
    let chain = fixtures::get("download_certificate/pem-noroot-for-plain.pem").unwrap().body;
    let row = json!({"id": 7002, "status": "issued", "date_created": "2026-11-29T00:00:00+00:00"});
    let old = json!({"id": 7001, "status": "issued", "date_created": "2026-11-30T00:00:00+00:00"});
    let path = "/certificate/7002/download/format/pem_noroot";
    let sandbox = Sandbox::builder()
        .order(LivingOrder::new(ORDER_ID, ["shop.example.com"]))
        .respond(Method::GET, path, Response::new(chain.into()))
        .reissues(ORDER_ID, json!({"certificates": [row, old]}).to_string())
        .start()
        .unwrap();
    skip(&sandbox, 1);
    let placed = json!({"id": ORDER_ID, "certificate_id": 7002}).to_string();
    sandbox.respond_next(Response::new(placed.into()));
    dir.write("my.csr", csr_fixture("plain.csr"));
    let run = dir.start(PROGRAM, &sandbox, &[&ARGS[..], &["--csr", "my.csr"]].concat()).end();
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert!(run.stderr.contains("certificate 7002 is issued, and valid until "), "{}", run.stderr);
    let asked = requests(&sandbox);
    assert_eq!((&asked[..2], asked.len()), (&REQUESTS.map(str::to_owned)[..2], 4), "{asked:?}");
    assert_eq!(dir.files(), ["700101.pem", "my.csr"]);
}

#[test]
fn a_certificate_that_has_expired_is_no_result() {
    let dir = temp_dir("expired");
    let names = || vec!["a.example.com".to_owned()];
    let (key, authority) = (KeyPair::generate().unwrap(), KeyPair::generate().unwrap());
    let csr = csr(&key);
    dir.write("my.csr", &csr);
    let mut issuer = CertificateParams::default();
    issuer.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let issuer_pem = issuer.clone().self_signed(&authority).unwrap().pem();
    let mut leaf = CertificateParams::new(names()).unwrap();
    leaf.not_after = date_time_ymd(2020, 12, 31);
    let leaf = leaf.signed_by(&key, &Issuer::new(issuer, authority)).unwrap().pem();
    let row = json!({"id": 5, "status": "issued", "date_created": "2020-01-01T00:00:00+00:00",
        "valid_till": "2020-12-31", "csr": csr});
    let chain = Response::new((leaf + &issuer_pem).into());
    let sandbox = Sandbox::builder()
        .order(LivingOrder::new(ORDER_ID, names()))
        .respond(Method::GET, "/certificate/5/download/format/pem_noroot", chain)
        .reissues(ORDER_ID, json!({"certificates": [row]}).to_string());
    let sandbox = sandbox.start().unwrap();
    client(&sandbox).send(ReissueCertificate::new(OrderId(ORDER_ID), csr.as_str())).unwrap();
    let args = [&ARGS[..], &["--csr", "my.csr"]].concat();
    let run = dir.start(PROGRAM, &sandbox, &args).end();
    let said = "certcentral-reissue: the certificate with this CSR expired on 2020-12-31; to request \
                another, move its key, CSR and note away\n";
    assert!(run.code == Some(1) && run.stderr.ends_with(said), "{}", run.stderr);
    assert_eq!(dir.files(), ["my.csr"]);
}
