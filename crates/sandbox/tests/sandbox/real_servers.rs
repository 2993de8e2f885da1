//! Control of names, looked for at a real DNS server and a real web server: BIND and nginx.
//!
//! Each test starts its own program, as Debian packages it, on a free port of loopback. A test whose
//! program is not installed is skipped, and says so on standard error. With
//! `CERTCENTRAL_REQUIRE_PROGRAMS` set it fails instead.

#[cfg(feature = "dns")]
mod bind; // how each program is configured and started
mod nginx;
mod program; // where a program is, a directory for its files, and the program while it runs

use certcentral_sandbox::{LivingOrder, Sandbox, SandboxBuilder};
use serde_json::{Value, json};

use self::program::{Program, TempDir};
use crate::caller::{call, csr, get, post, put};

const NAMES: [&str; 2] = ["shop.example.net", "www.shop.example.net"];

/// Starts a sandbox with a DV order, 7.
fn start(builder: SandboxBuilder) -> Sandbox {
    builder.plain_http().order(LivingOrder::new(7, NAMES).dv()).start().unwrap()
}

/// Reissues the order, and returns the id of the certificate that waits and the random value.
fn reissue(sandbox: &Sandbox, method: &str) -> (u64, String) {
    let body = json!({
        "certificate": {"csr": csr(&NAMES)}, "skip_approval": true, "dcv_method": method,
    });
    let (status, made) = post(sandbox, "/order/certificate/7/reissue", &body);
    assert_eq!(status, 201, "{made}");
    (
        made["certificate_id"].as_u64().unwrap(),
        made["dcv_random_value"].as_str().unwrap().to_owned(),
    )
}

fn check(sandbox: &Sandbox) -> (u16, Value) {
    put(sandbox, "/order/certificate/7/check-dcv", &Value::Null)
}

/// Checks that the certificate was issued, and verifies its chain with openssl.
fn assert_issued(sandbox: &Sandbox, certificate_id: u64, (status, checked): &(u16, Value)) {
    assert_eq!((*status, &checked["order_status"]), (200, &json!("issued")), "{checked}");
    assert_eq!(checked["certificate_id"], certificate_id);
    let status = get(sandbox, "/order/certificate/7/validation").1;
    assert_eq!(status["dns_name_validations"][0]["status"], "approved");
    let Some(openssl) = Program::find("openssl") else { return };
    let dir = TempDir::new();
    let file = |format: &str| {
        let path = format!("/certificate/{certificate_id}/download/format/{format}");
        dir.write(&format!("{format}.pem"), call(sandbox, "GET", &path, "").body)
    };
    // A leaf in the file of untrusted certificates does no harm.
    let (leaf, chain) = (file("pem_nointermediate"), file("pem_noroot"));
    let root = dir.write("root.pem", sandbox.root_pem());
    let mut verify = openssl.command();
    verify.args(["verify", "-x509_strict", "-CAfile", &root, "-untrusted", &chain, &leaf]);
    let output = verify.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[cfg(feature = "dns")]
#[test]
fn a_txt_record_in_real_dns_is_found() {
    let Some(bind) = bind::Bind::start() else { return };
    let sandbox = start(Sandbox::builder().dns_server(bind.address()));
    let (certificate_id, value) = reissue(&sandbox, "dns-txt-token");
    sandbox.publish_txt("_dnsauth.example.net", &value);
    assert_eq!(check(&sandbox).1["dcv_status"], "pending", "it is not in real DNS");

    bind.update(&format!("update add _dnsauth.example.net. 0 TXT \"{value}\""));
    assert_issued(&sandbox, certificate_id, &check(&sandbox));
}

#[cfg(feature = "dns")]
#[test]
fn a_txt_record_is_found_at_the_name_itself_beside_others() {
    let Some(bind) = bind::Bind::start() else { return };
    let sandbox = start(Sandbox::builder().dns_server(bind.address()));
    let (certificate_id, value) = reissue(&sandbox, "dns-txt-token");
    let (first, second) = value.split_at(9);
    bind.update(&format!(
        "update add example.net. 0 TXT \"v=spf1 -all\"\nupdate add example.net. 0 TXT \"{first}\" \"{second}\""
    ));
    assert_issued(&sandbox, certificate_id, &check(&sandbox));
}

#[cfg(feature = "dns")]
#[test]
fn a_cname_record_in_real_dns_is_found_by_the_next_automatic_check() {
    let Some(bind) = bind::Bind::start() else { return };
    let sandbox = start(Sandbox::builder().dns_server(bind.address()));
    let (certificate_id, value) = reissue(&sandbox, "dns-cname-token");
    bind.update(&format!("update add _dnsauth.example.net. 0 CNAME {value}.dcv.digicert.com."));
    sandbox.advance(std::time::Duration::from_secs(60));
    assert_issued(&sandbox, certificate_id, &check(&sandbox));
}

#[cfg(feature = "dns")]
#[test]
fn a_txt_record_beside_a_cname_is_ignored_without_an_error() {
    let Some(bind) = bind::Bind::start() else { return };
    let sandbox = start(Sandbox::builder().dns_server(bind.address()));
    bind.update("update add _dnsauth.example.net. 0 CNAME elsewhere.example.net.");
    let (certificate_id, value) = reissue(&sandbox, "dns-txt-token");
    let add = format!("update add _dnsauth.example.net. 0 TXT \"{value}\"");
    bind.update(&add);
    assert_eq!(check(&sandbox).1["dcv_status"], "pending", "the update had no effect");
    bind.update(&format!("update delete _dnsauth.example.net.\n{add}"));
    assert_issued(&sandbox, certificate_id, &check(&sandbox));
}

#[cfg(feature = "dns")]
#[test]
fn a_dns_server_that_is_down_shows_nothing() {
    let Some(mut bind) = bind::Bind::start() else { return };
    let sandbox = start(Sandbox::builder().dns_server(bind.address()));
    let (_, value) = reissue(&sandbox, "dns-txt-token");
    bind.update(&format!("update add _dnsauth.example.net. 0 TXT \"{value}\""));
    bind.end();
    assert_eq!(check(&sandbox).1["dcv_status"], "pending");
}

#[test]
fn a_file_on_a_real_web_server_is_found_for_every_host() {
    let Some(nginx) = nginx::Nginx::start(&NAMES) else { return };
    let sandbox = start(Sandbox::builder().web_server(nginx.address()));
    let (certificate_id, value) = reissue(&sandbox, "http-token");
    nginx.place("shop.example.net", &value);
    let refused = check(&sandbox);
    assert_eq!(
        (refused.0, &refused.1["errors"][0]["code"]),
        (400, &json!("file_random_value_not_found"))
    );
    nginx.place("www.shop.example.net", &value);
    assert_issued(&sandbox, certificate_id, &check(&sandbox));
}

#[test]
fn a_redirect_within_the_domain_is_followed() {
    // nginx sends every other host there.
    let Some(nginx) = nginx::Nginx::start(&["files.example.net"]) else { return };
    let sandbox = start(Sandbox::builder().web_server(nginx.address()));
    let (certificate_id, value) = reissue(&sandbox, "http-token");
    nginx.place("files.example.net", &value);
    assert_issued(&sandbox, certificate_id, &check(&sandbox));
}
