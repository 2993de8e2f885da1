//! Which names are sent, and what is said of the others.

use certcentral_sandbox::{
    LivingOrder, Sandbox,
    http::{Method, Response},
};
use serde_json::json;

use crate::files::csr_fixture;
use crate::service::{ORDER, ORDER_ID, reissue_requests};
use crate::{PROGRAM, temp_dir};

const NAMES: [&str; 3] = ["shop.example.com", "www.example.com", "api.example.com"];

fn sandbox(names: &[&str]) -> Sandbox {
    let order = LivingOrder::new(ORDER_ID, names.iter().copied());
    Sandbox::builder().without_rate_limit().order(order).start().unwrap()
}

#[test]
fn a_csr_of_any_tool_loses_no_name_of_the_order() {
    for (file, added, said) in [
        ("cn-only.csr", &[][..], ""),
        ("plain.csr", &[], ""),
        ("microsoft-extensions-oid.csr", &[], ""),
        ("challenge-ia5.csr", &[], ""),
        ("rsa-without-null.csr", &[], ""),
        ("ec-parameters-in-front.csr", &[], ""),
        ("utf16.csr", &[], ""),
        ("cr-only.csr", &[], ""),
        ("line-breaks-escaped.csr", &[], ""),
        ("base64-only.csr", &[], ""),
        ("attributes-absent.csr", &[], ""),
        ("extensions-no-value.csr", &[], ""),
        ("certtool-default.csr", &[], ""),
        ("cn-upper-case.csr", &[], ""),
        ("cn-is-no-name.csr", &[], ""),
        (
            "san-ip-and-more.csr",
            &["192.0.2.7"],
            " (in the CSR, and not for a certificate: admin@example.com, https://shop.example.com/)",
        ),
    ] {
        let (dir, sandbox) = (temp_dir(&format!("names-{file}")), sandbox(&NAMES));
        dir.write("my.csr", csr_fixture(file));
        // Control of a new name would have to be shown.
        let (code, timeout) = if added.is_empty() { (0, "20") } else { (1, "2") };
        let args = [ORDER, "--csr", "my.csr", "--timeout", timeout];
        let run = dir.start(PROGRAM, &sandbox, &args).end();
        let names = [&NAMES[..], added].concat();
        assert!(run.stderr.contains(&names.join(", ")), "{file}: {}", run.stderr);
        assert!(run.stderr.contains(said), "{file}: {}", run.stderr);
        assert_eq!(run.code, Some(code), "{file}: {}", run.stderr);
        let sent = &reissue_requests(&sandbox)[0]["certificate"];
        assert_eq!(sent["dns_names"], json!(names), "{file}");
        assert_eq!(sent["common_name"], NAMES[0], "{file}");
        let csr = sent["csr"].as_str().unwrap();
        assert!(csr.starts_with("-----BEGIN CERTIFICATE REQUEST-----\nMI"), "{csr}");
    }
}

#[test]
fn a_name_that_is_not_ascii_is_refused() {
    let (dir, sandbox) = (temp_dir("u-label"), sandbox(&NAMES));
    dir.write("my.csr", csr_fixture("san-u-label.csr"));
    let run = dir.start(PROGRAM, &sandbox, &[ORDER, "--csr", "my.csr", "--timeout", "20"]).end();
    let said = "the name \"bücher.example\" is not ASCII; give it in its xn-- form\n";
    assert!(run.code == Some(1) && run.stderr.ends_with(said), "{}", run.stderr);
    assert!(reissue_requests(&sandbox).is_empty());
}

#[test]
fn an_address_of_the_order_is_sent() {
    let order = json!({"id": ORDER_ID, "status": "issued", "reissues_count": 0, "certificate": {
        "id": 7, "common_name": NAMES[0], "dns_names": [NAMES[0], "192.0.2.7"],
    }});
    let sandbox = Sandbox::builder()
        .order(LivingOrder::new(ORDER_ID, NAMES))
        .respond(Method::GET, "/order/certificate/700101", Response::new(order.to_string().into()))
        .start()
        .unwrap();
    let dir = temp_dir("address");
    dir.start(PROGRAM, &sandbox, &[ORDER, "--timeout", "2"]).end();
    let sent = &reissue_requests(&sandbox)[0]["certificate"];
    assert_eq!(sent["dns_names"], json!([NAMES[0], "192.0.2.7"]));
}
