//! Programs that publish, links that are switched, and programs that run after that.

#![cfg(unix)]

use std::{fs, os::unix::fs::PermissionsExt};

use certcentral_example_cli::testing::TempDir;
use certcentral_sandbox::{LivingOrder, Sandbox};

use crate::service::{ORDER, ORDER_ID, reissue_requests, requests, sandbox};
use crate::{PROGRAM, temp_dir};

const ARGS: [&str; 5] = [ORDER, "--interval", "0.05", "--timeout", "20"];

fn script(dir: &TempDir, name: &str, text: &str) {
    dir.write(name, format!("#!/bin/sh\n{text}\n"));
    fs::set_permissions(dir.path(name), fs::Permissions::from_mode(0o755)).unwrap();
}

fn dv() -> Sandbox {
    let order = LivingOrder::new(ORDER_ID, ["shop.example.net", "www.shop.example.net"]).dv();
    Sandbox::builder().without_rate_limit().order(order).start().unwrap()
}

#[test]
fn a_hook_has_the_challenge_in_its_environment() {
    let (dir, sandbox) = (temp_dir("hook"), dv());
    let log = "env | grep -E '^CERTCENTRAL_(ACTION|DOMAIN|METHOD|ORDER|RECORD|VALUE)' | sort >> log; touch asked";
    script(&dir, "hook", &format!("{log}; until test -e published; do :; done; echo told"));
    let args = [&ARGS[..], &["--publish", "./hook", "--unpublish", "./hook"]].concat();
    let mut running = dir.start(PROGRAM, &sandbox, &args);
    while !dir.path("asked").exists() {
        assert!(!running.has_ended());
    }
    let log = dir.read("log");
    let value = log.lines().find_map(|line| line.strip_prefix("CERTCENTRAL_VALUE=")).unwrap();
    sandbox.publish_txt("example.net", value);
    dir.write("published", "");
    let run = running.end();
    assert_eq!((run.code, &*run.stdout), (Some(0), ""), "{}", run.stderr);
    let call = |action| {
        format!(
            "CERTCENTRAL_ACTION={action}\nCERTCENTRAL_DOMAIN=example.net\n\
             CERTCENTRAL_METHOD=dns-txt-token\nCERTCENTRAL_ORDER=700101\n\
             CERTCENTRAL_RECORD_CONTENT={value}\nCERTCENTRAL_RECORD_NAME=example.net\n\
             CERTCENTRAL_RECORD_TYPE=TXT\nCERTCENTRAL_VALUE={value}\n"
        )
    };
    assert_eq!(dir.read("log"), call("publish") + &call("unpublish"));
    assert_eq!(reissue_requests(&sandbox).len(), 1);
}

#[test]
fn without_a_hook_it_prints_what_to_publish() {
    let (dir, sandbox) = (temp_dir("by-hand"), dv());
    let run = dir.start(PROGRAM, &sandbox, &[ORDER, "--timeout", "2"]).end();
    let said = "it waits for the validation of shop.example.net, www.shop.example.net; publish this:\n\
                example.net. 60 IN TXT \"_";
    assert!(run.code == Some(1) && run.stderr.contains(said), "{}", run.stderr);
}

#[test]
fn control_is_shown_by_the_method_that_was_asked_for() {
    for (method, wanted) in [
        ("dns-cname-token", "_dnsauth.example.net. 60 IN CNAME "),
        ("http-token", "http://shop.example.net/.well-known/pki-validation/fileauth.txt with the "),
    ] {
        let (dir, sandbox) = (temp_dir(&format!("by-{method}")), dv());
        let args = [ORDER, "--timeout", "2", "--validation", method];
        let run = dir.start(PROGRAM, &sandbox, &args).end();
        assert_eq!(reissue_requests(&sandbox)[0]["dcv_method"], method);
        let said = format!("publish this:\n{wanted}");
        assert!(run.code == Some(1) && run.stderr.contains(&said), "{}", run.stderr);
    }
}

#[test]
fn a_hook_that_fails_is_run_again() {
    let (dir, sandbox) = (temp_dir("hook-fails"), dv());
    script(&dir, "hook", "echo >> calls; exit 7");
    let args = [&ARGS[..], &["--publish", "./hook", "--timeout", "2"]].concat();
    let run = dir.start(PROGRAM, &sandbox, &args).end();
    assert!(run.stderr.contains("./hook failed: exit status: 7\n"), "{}", run.stderr);
    assert!(dir.read("calls").len() > 1);
}

#[test]
fn a_link_leads_to_a_key_and_its_certificate() {
    let (dir, sandbox) = (temp_dir("live"), sandbox());
    script(&dir, "hook", "cat live/700101.pem > seen; echo >> calls; env > env");
    let args = [&ARGS[..], &["--directory", "all", "--live", "live", "--hook", "./hook"]].concat();
    let mut folders = Vec::new();
    for count in 1..=2 {
        let run = dir.start(PROGRAM, &sandbox, &args).end();
        assert_eq!(run.code, Some(0), "{}", run.stderr);
        assert_eq!(dir.read("calls").len(), count);
        assert_eq!(dir.read("seen"), dir.read("live/700101.pem"));
        let files = fs::read_dir(dir.path("live")).unwrap().count();
        assert_eq!(files, 3, "key, CSR and certificate");
        folders.push(fs::read_link(dir.path("live")).unwrap());
    }
    assert!(folders[0] != folders[1] && folders.iter().all(|folder| folder.is_dir()));
    let env = dir.read("env");
    assert!(!env.contains(sandbox.api_key()) && env.contains("CERTCENTRAL_KEY_FILE=all/700101-"));
    assert_eq!(reissue_requests(&sandbox).len(), 2);
}

#[test]
fn what_follows_the_certificate_is_done_by_the_next_run() {
    let (dir, sandbox) = (temp_dir("hook-later"), sandbox());
    script(&dir, "hook", "test -e ready");
    let args = [&ARGS[..], &["--live", "live", "--hook", "./hook"]].concat();
    let run = dir.start(PROGRAM, &sandbox, &args).end();
    assert!(run.code == Some(1) && run.stderr.ends_with("./hook failed: exit status: 1\n"));
    let asked = requests(&sandbox).len();
    dir.write("ready", "");
    let run = dir.start(PROGRAM, &sandbox, &args).end();
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert_eq!(requests(&sandbox).len(), asked);
    assert!(!dir.path("live/700101.json").exists());
}
