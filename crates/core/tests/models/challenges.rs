//! What is to be published for an order.

use certcentral_core::{
    DcvMethod,
    order::{OrderRandomValue, OrderValidationStatus, RandomValue, ValidationStatus},
    reissuance::{Challenge, DnsRecordKind},
};
use serde_json::json;

use crate::{fixture, parse};

const VALUE: &str = "_q1w2e3r4t5y6u7i8o9p0a1s2d3f4g5h";

#[test]
fn there_is_one_for_each_open_scope() {
    let body = fixture("order_validation_status/112300-waits.json");
    let status = parse(&OrderValidationStatus::new(7.into()), 200, body).unwrap();
    let all = Challenge::all(&status, &value());
    assert_eq!(all.len(), 1, "the other row is approved");
    assert_eq!((&all[0].method, &*all[0].name), (&DcvMethod::DnsTxt, "example.net"));
    assert_eq!(all[0].covers, ["shop.example.net", "api.example.net"]);
    assert_eq!(all[0].expires, value().expiration_date);
}

#[test]
fn a_txt_record_is_at_the_scope_itself() {
    let record = of("dns-txt-token", "example.net", &["*.example.net"])[0].dns_record().unwrap();
    assert_eq!((&*record.name, &*record.content), ("example.net", VALUE));
    assert_eq!((record.kind, record.kind.as_str()), (DnsRecordKind::Txt, "TXT"));
    let record = of("dns-txt-token", "*.example.net", &[])[0].dns_record().unwrap();
    assert_eq!(record.name, "example.net");
}

#[test]
fn a_cname_record_is_at_dnsauth_and_names_the_value() {
    let record = of("dns-cname-token", "shop.example.net", &[])[0].dns_record().unwrap();
    assert_eq!(record.name, "_dnsauth.shop.example.net");
    assert_eq!(record.content, format!("{VALUE}.dcv.digicert.com"));
    assert_eq!((record.kind, record.kind.as_str()), (DnsRecordKind::Cname, "CNAME"));
}

#[test]
fn its_text_is_what_to_publish() {
    for (method, said) in [
        ("dns-txt-token", format!("example.net. 60 IN TXT \"{VALUE}\"")),
        ("dns-cname-token", format!("_dnsauth.example.net. 60 IN CNAME {VALUE}.dcv.digicert.com.")),
        (
            "http-token",
            format!(
                "http://example.net/.well-known/pki-validation/fileauth.txt with the content {VALUE}"
            ),
        ),
        (
            "email",
            "nothing: somebody must follow the link in the email about example.net".to_owned(),
        ),
        ("acme", format!("{VALUE} at example.net by acme")),
    ] {
        assert_eq!(of(method, "example.net", &[])[0].to_string(), said);
    }
}

#[test]
fn a_record_counts_for_every_name_of_its_scope() {
    let names = ["example.net", "www.example.net", "*.shop.example.net"];
    for method in ["dns-txt-token", "dns-cname-token", "email"] {
        let all = of(method, "example.net", &names);
        assert_eq!((all.len(), &*all[0].covers), (1, &names.map(str::to_owned)[..]), "{method}");
    }
    assert_eq!(of("dns-txt-token", "example.net", &[])[0].covers, ["example.net"]);
}

#[test]
fn a_file_counts_for_one_name_only() {
    let all = of("http-token", "example.net", &["example.net", "www.example.net"]);
    assert_eq!(
        all.iter().map(|it| &it.covers[..]).collect::<Vec<_>>().concat(),
        ["example.net", "www.example.net"]
    );
    for (challenge, host) in all.iter().zip(["example.net", "www.example.net"]) {
        let file = challenge.http_file().unwrap();
        assert_eq!(file.url, format!("http://{host}/.well-known/pki-validation/fileauth.txt"));
        assert_eq!((&*file.content, &*challenge.name), (VALUE, host));
        assert_eq!(challenge.dns_record(), None);
    }
}

#[test]
fn a_wildcard_has_no_file() {
    let all = of("http-token", "example.net", &["example.net", "*.example.net"]);
    assert!(all[0].http_file().is_some());
    assert_eq!((all[1].http_file(), all[1].dns_record()), (None, None));
    assert_eq!(all[1].covers, ["*.example.net"], "it is not forgotten");
}

#[test]
fn an_ip_address_has_a_file_and_no_record() {
    for (address, host) in [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8::7", "[2001:db8::7]"),
        ("[2001:db8::7]", "[2001:db8::7]"),
    ] {
        let file = of("http-token", address, &[address])[0].http_file().unwrap();
        assert_eq!(file.url, format!("http://{host}/.well-known/pki-validation/fileauth.txt"));
        for method in ["dns-txt-token", "dns-cname-token"] {
            assert_eq!(of(method, address, &[address])[0].dns_record(), None, "{method} {address}");
        }
    }
}

#[test]
fn what_no_program_can_publish_has_neither() {
    for method in ["email", "acme", "http-token-dynamic"] {
        let challenge = of(method, "example.net", &[]).remove(0);
        assert_eq!((challenge.dns_record(), challenge.http_file()), (None, None), "{method}");
        assert_eq!(challenge.method.as_str(), method);
    }
}

#[test]
fn a_row_without_a_method_has_that_of_the_order() {
    let mut status = status("", "example.net", &[]);
    status.order_dcv_method = Some(DcvMethod::DnsCname);
    for method in [None, Some(DcvMethod::DnsTxt)] {
        status.dns_name_validations[0].method.clone_from(&method);
        let all = Challenge::all(&status, &value());
        assert_eq!(all[0].method, method.unwrap_or(DcvMethod::DnsCname));
    }
    status.dns_name_validations[0].status = "approved".into();
    assert_eq!(Challenge::all(&status, &value()), []);
}

#[test]
fn it_is_read_as_it_was_written() {
    let challenge = of("http-token", "example.net", &["example.net"]).remove(0);
    let text = serde_json::to_string(&challenge).unwrap();
    assert_eq!(serde_json::from_str::<Challenge>(&text).unwrap(), challenge);
}

fn of(method: &str, scope: &str, names: &[&str]) -> Vec<Challenge> {
    Challenge::all(&status(method, scope, names), &value())
}

fn status(method: &str, scope: &str, names: &[&str]) -> ValidationStatus {
    let row = json!({
        "name_scope": scope, "dns_names": names, "status": "unapproved", "method": method,
    });
    let status = json!({
        "order_id": 7, "order_status": "reissue_pending", "dns_name_validations": [row],
    });
    serde_json::from_value(status).unwrap()
}

fn value() -> RandomValue {
    parse(&OrderRandomValue::new(7.into()), 200, fixture("order_random_value/value.json")).unwrap()
}
