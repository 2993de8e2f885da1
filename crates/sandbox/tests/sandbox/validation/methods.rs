//! The methods by which control of names is shown, and changes between them.

use certcentral_sandbox::LivingOrder;
use serde_json::{Value, json};

use super::{change_method, check, dv, info, reissue, reissue_with, start, validation, value};
use crate::caller::{code, fields, put};

#[test]
fn a_txt_record_counts_at_dnsauth_and_at_the_name() {
    for name in ["_dnsauth.a.example", "a.example", "_DNSAUTH.A.Example."] {
        let sandbox = dv();
        let value = value(&reissue(&sandbox));
        sandbox.publish_txt(name, "v=spf1 -all");
        assert_eq!(check(&sandbox).1["dcv_status"], "pending", "{name}");
        sandbox.publish_txt(name, format!("seen: {value}"));
        assert_eq!(check(&sandbox).1["dcv_status"], "valid", "{name}");
    }
}

#[test]
fn a_record_elsewhere_or_withdrawn_does_not_count() {
    let sandbox = dv();
    let value = value(&reissue(&sandbox));
    for name in ["www.a.example", "_acme-challenge.a.example", "_dnsauth.www.a.example"] {
        sandbox.publish_txt(name, &value);
        assert_eq!(check(&sandbox).1["dcv_status"], "pending", "{name}");
    }
    sandbox.publish_txt("a.example", &value);
    sandbox.unpublish("a.example");
    assert_eq!(check(&sandbox).1["dcv_status"], "pending");
}

#[test]
fn a_cname_leads_from_dnsauth_to_the_value_below_the_services_zone() {
    let sandbox = dv();
    let value =
        value(&reissue_with(&sandbox, &["a.example"], json!({"dcv_method": "dns-cname-token"})));
    // The form until October 2025.
    sandbox.publish_cname(format!("{value}.a.example"), "dcv.digicert.com");
    sandbox.publish_cname("a.example", format!("{value}.dcv.digicert.com"));
    sandbox.publish_txt("_dnsauth.a.example", &value);
    assert_eq!(check(&sandbox).1["dcv_status"], "pending");
    let lower = format!("{}.dcv.digicert.com.", value.to_lowercase());
    sandbox.publish_cname("_dnsauth.a.example", lower);
    assert_eq!(check(&sandbox).1["dcv_status"], "valid");
}

#[test]
fn every_host_needs_its_own_file() {
    let sandbox = dv();
    let value = value(&reissue(&sandbox));
    assert_eq!(change_method(&sandbox, "http-token").0, 200);
    let scopes: Vec<_> = validation(&sandbox)["dns_name_validations"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["name_scope"].clone())
        .collect();
    assert_eq!(scopes, ["a.example", "www.a.example"]);

    let path = "/.well-known/pki-validation/fileauth.txt";
    sandbox.publish_file("a.example", path, &value);
    assert_eq!(code(&check(&sandbox)), (400, "file_random_value_not_found"), "one is missing");
    sandbox.publish_file("www.a.example", "/fileauth.txt", &value);
    assert_eq!(code(&check(&sandbox)), (400, "file_random_value_not_found"));
    sandbox.publish_file("www.a.example", path, format!("{value}\n"));
    assert_eq!(check(&sandbox).1["order_status"], "issued");
}

#[test]
fn a_file_is_the_only_way_for_an_address() {
    let sandbox = start(LivingOrder::new(7, ["192.0.2.7"]).dv());
    let method = json!({"dcv_method": "http-token"});
    let value = value(&reissue_with(&sandbox, &["192.0.2.7"], method));
    assert_eq!(validation(&sandbox)["dns_name_validations"][0]["name_scope"], "192.0.2.7");
    sandbox.publish_file("192.0.2.7", "/.well-known/pki-validation/fileauth.txt", value);
    assert_eq!(check(&sandbox).1["order_status"], "issued");
}

#[test]
fn no_file_shows_control_of_a_wildcard() {
    let sandbox = start(LivingOrder::new(7, ["*.a.example"]).dv());
    let file = json!({"dcv_method": "http-token"});
    let refused = reissue_with(&sandbox, &["*.a.example"], file.clone());
    assert_eq!(code(&refused), (400, "invalid_wildcard_dcv_method"));
    assert_eq!(info(&sandbox)["status"], "issued", "nothing was requested");

    let mixed = reissue_with(&sandbox, &["a.example", "*.a.example"], file);
    let value = value(&mixed);
    sandbox.publish_file("a.example", "/.well-known/pki-validation/fileauth.txt", &value);
    assert_eq!(code(&check(&sandbox)), (400, "file_random_value_not_found"));
    let rows = validation(&sandbox)["dns_name_validations"].clone();
    assert_eq!(
        (&rows[0]["status"], &rows[1]["status"]),
        (&json!("approved"), &json!("unapproved"))
    );
    change_method(&sandbox, "dns-txt-token");
    sandbox.publish_txt("a.example", value);
    assert_eq!(check(&sandbox).1["order_status"], "issued");
}

#[test]
fn email_has_no_value_and_cannot_be_checked() {
    let sandbox = start(LivingOrder::new(7, ["a.example"]).dv().by_email());
    let made = reissue_with(&sandbox, &["a.example"], json!({})).1;
    assert_eq!(fields(&made), ["certificate_id", "id", "requests"]);
    assert_eq!(code(&check(&sandbox)), (400, "invalid_dns_method"));
    assert_eq!(put(&sandbox, "/order/certificate/7/resend-emails", &json!({})), (204, Value::Null));

    let changed = change_method(&sandbox, "dns-txt-token");
    assert_eq!((changed.0, fields(&changed.1)), (200, vec!["dcv_random_value", "expiration_date"]));
    assert_eq!(validation(&sandbox)["order_dcv_method"], "dns-txt-token");
    sandbox.publish_txt("a.example", value(&changed));
    assert_eq!(check(&sandbox).1["order_status"], "issued");
}

#[test]
fn the_value_outlives_a_change_and_email_has_no_body() {
    let sandbox = dv();
    let made = reissue(&sandbox);
    assert_eq!(change_method(&sandbox, "email"), (204, Value::Null));
    assert_eq!(value(&change_method(&sandbox, "dns-cname-token")), value(&made));
    for (method, code_of) in
        [("carrier-pigeon", "invalid_dcv_method"), ("http-token-dynamic", "invalid_dcv_method")]
    {
        assert_eq!(code(&change_method(&sandbox, method)), (400, code_of));
    }
    let none = put(&sandbox, "/order/certificate/7/dcv-method", &json!({}));
    assert_eq!(code(&none), (400, "required_param:dcv_method"));
}
