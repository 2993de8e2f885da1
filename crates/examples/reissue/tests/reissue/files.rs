//! The files that it finds and writes.

use certcentral_sandbox::{
    Sandbox, fixtures,
    http::{Method, Response},
};
use rcgen::{CertificateParams, DistinguishedName, KeyPair};

use crate::service::{ORDER, hold_first_look, reissue_requests, sandbox};
use crate::whole_process::assert_saved;
use crate::{PROGRAM, temp_dir};

#[cfg(unix)]
#[test]
fn the_key_is_for_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt;

    let (dir, sandbox) = (temp_dir("mode"), sandbox());
    assert_eq!(dir.start(PROGRAM, &sandbox, &[ORDER, "--timeout", "20"]).end().code, Some(0));
    let mode = std::fs::metadata(dir.path("700101.key")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[test]
fn a_certificate_that_is_there_is_left_and_nothing_is_requested() {
    let (dir, sandbox) = (temp_dir("there"), sandbox());
    dir.write("700101.pem", "a certificate");
    let run = dir.start(PROGRAM, &sandbox, &[ORDER, "--timeout", "20"]).end();
    assert_eq!(run.code, Some(1));
    let said = "certcentral-reissue: ./700101.pem exists; to reissue the order again, move it away";
    assert!(run.stderr.starts_with(said), "{}", run.stderr);
    assert_eq!(
        (dir.files(), dir.read("700101.pem").as_str()),
        (vec!["700101.pem".to_owned()], "a certificate")
    );
    assert!(sandbox.requests().is_empty());
}

#[test]
fn a_certificate_that_comes_in_between_is_left_too() {
    let (dir, sandbox) = (temp_dir("between"), sandbox());
    let held = hold_first_look(&sandbox);
    let mut running = dir.start(PROGRAM, &sandbox, &[ORDER, "--timeout", "20"]);
    let held = running.wait_for(held);
    dir.write("700101.pem", "a certificate");
    drop(held);
    let run = running.end();
    assert_eq!(run.code, Some(1));
    assert!(run.stderr.contains("certcentral-reissue: cannot write ./700101.pem: "));
    let said = "; the certificate is issued: run again to save it\n";
    assert!(run.stderr.ends_with(said), "{}", run.stderr);
    assert_eq!(dir.read("700101.pem"), "a certificate");
}

#[test]
fn a_key_that_is_there_is_used() {
    let (dir, sandbox) = (temp_dir("key"), sandbox());
    let key = KeyPair::generate().unwrap().serialize_pem();
    dir.write("700101.key", &key);
    let run = dir.start(PROGRAM, &sandbox, &[ORDER, "--timeout", "20"]).end();
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert_eq!(dir.read("700101.key"), key);
    assert_saved(&dir);
}

#[test]
fn a_csr_is_sent_without_what_is_around_it() {
    let sandbox = sandbox();
    let csr = csr(&KeyPair::generate().unwrap());
    for (name, text) in [
        ("bom", format!("\u{feff}{}", csr.replace('\n', "\r\n"))),
        ("text", format!("Certificate Request:\n    Data:\n{csr}\nbye\n")),
    ] {
        let dir = temp_dir(name);
        dir.write("my.csr", text);
        let run =
            dir.start(PROGRAM, &sandbox, &[ORDER, "--timeout", "20", "--csr", "my.csr"]).end();
        assert_eq!(run.code, Some(0), "{}", run.stderr);
    }
    // The second run has found the reissue of the first.
    assert_eq!(reissue_requests(&sandbox).len(), 1);
}

#[test]
fn an_order_without_names_needs_one() {
    let dir = temp_dir("nameless");
    let order = Response::new(r#"{"id": 700101, "status": "issued"}"#.into());
    let sandbox = Sandbox::builder().respond(Method::GET, "/order/certificate/700101", order);
    let run = dir.start(PROGRAM, &sandbox.start().unwrap(), &[ORDER, "--timeout", "20"]).end();
    let said = "certcentral-reissue: the order names no host; give a --name, or a CSR with --csr\n";
    assert_eq!((run.code, run.stderr.as_str()), (Some(1), said));
    assert!(dir.files().is_empty());
}

#[test]
fn a_given_file_that_is_no_csr_is_refused() {
    let (dir, sandbox) = (temp_dir("no-csr"), sandbox());
    let (one, other) = (KeyPair::generate().unwrap(), KeyPair::generate().unwrap());
    dir.write("700101.key", one.serialize_pem());
    dir.write("other.csr", csr(&other));
    dir.write("binary", [0x30, 0x82, 0xff]);
    dir.write("empty", "");
    dir.write("certificate", csr_fixture("certificate-in-place.csr"));
    dir.write("json", csr_fixture("cfssl-genkey.json"));
    for (file, message) in [
        ("certificate", "cannot use certificate: a certificate was given in place of a CSR"),
        ("json", "cannot use json: this is JSON, with a private key in it; give the CSR in it"),
        ("other.csr", "./700101.key is not the key of other.csr; move it away, or choose a"),
        ("binary", "cannot use binary: the CSR is neither PEM nor DER but something binary"),
        ("empty", "empty is empty, as a run leaves it that is killed; remove it"),
        ("700101.key", "cannot use 700101.key: a private key was given in place of a CSR"),
    ] {
        let run = dir.start(PROGRAM, &sandbox, &[ORDER, "--timeout", "20", "--csr", file]).end();
        let message = format!("certcentral-reissue: {message}");
        assert!(run.stderr.starts_with(&message), "{}", run.stderr);
        assert_eq!((run.code, dir.files().len()), (Some(1), 6));
    }
    assert!(reissue_requests(&sandbox).is_empty());
}

#[test]
fn files_that_do_not_belong_together_are_refused() {
    let sandbox = sandbox();
    let key = || KeyPair::generate().unwrap();
    let (one, other) = (key(), key());
    for (name, key, csr, message) in [
        (
            "two",
            Some(one.serialize_pem()),
            Some(csr(&other)),
            "./700101.key is not the key of ./700101.csr",
        ),
        ("csr", None, Some(csr(&one)), "./700101.csr exists without its key; use it with --csr"),
        ("text", Some("key".to_owned()), None, "./700101.key is not a private key in PKCS#8 "),
        ("killed", Some(String::new()), None, "./700101.key is empty, as a run leaves it that is"),
        (
            "half",
            Some(one.serialize_pem()),
            Some("csr".to_owned()),
            "cannot use ./700101.csr: there is no CSR in it",
        ),
    ] {
        let dir = temp_dir(&format!("apart-{name}"));
        for (file, text) in [("700101.key", key), ("700101.csr", csr)] {
            if let Some(text) = text {
                dir.write(file, text);
            }
        }
        let before = dir.files();
        let run = dir.start(PROGRAM, &sandbox, &[ORDER, "--timeout", "20"]).end();
        assert_eq!(run.code, Some(1));
        let message = format!("certcentral-reissue: {message}");
        assert!(run.stderr.starts_with(&message), "{}", run.stderr);
        assert_eq!(dir.files(), before);
    }
    assert!(reissue_requests(&sandbox).is_empty());
}

pub(crate) fn csr_fixture(name: &str) -> &'static [u8] {
    fixtures::get(&format!("csr/{name}")).unwrap().body
}

pub(crate) fn csr(key: &KeyPair) -> String {
    let mut params = CertificateParams::new(["a.example.com".to_owned()]).unwrap();
    params.distinguished_name = DistinguishedName::new();
    params.serialize_request(key).unwrap().pem().unwrap()
}
