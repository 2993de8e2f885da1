//! For which names one record or file counts.

use certcentral_sandbox::{LivingOrder, Sandbox};
use serde_json::{Value, json};

use super::{reissue_with, start, validation, yesterday};
use crate::caller::code;

/// Place and names of each row.
fn scopes(sandbox: &Sandbox) -> Vec<(String, Value)> {
    let status = validation(sandbox);
    let rows = status["dns_name_validations"].as_array().unwrap();
    let scope =
        |row: &Value| (row["name_scope"].as_str().unwrap().to_owned(), row["dns_names"].clone());
    rows.iter().map(scope).collect()
}

#[test]
fn one_row_stands_for_all_names_below_a_base_domain() {
    let names = ["a.example", "*.a.example", "x.y.a.example", "b.example"];
    let sandbox = start(LivingOrder::new(7, names).dv());
    reissue_with(&sandbox, &names, json!({}));
    assert_eq!(
        scopes(&sandbox),
        [
            ("a.example".to_owned(), json!(["a.example", "*.a.example", "x.y.a.example"])),
            ("b.example".to_owned(), json!(["b.example"])),
        ]
    );
}

#[test]
fn with_exact_names_a_name_is_covered_by_another_of_the_order() {
    let names = ["shop.a.example", "www.shop.a.example", "mail.a.example"];
    let sandbox = start(LivingOrder::new(7, names).dv());
    reissue_with(&sandbox, &names, json!({"certificate_dcv_scope": "fqdn"}));
    assert_eq!(validation(&sandbox)["order_name_scope"], "fqdn");
    assert_eq!(
        scopes(&sandbox),
        [
            ("shop.a.example".to_owned(), json!(["shop.a.example", "www.shop.a.example"])),
            ("mail.a.example".to_owned(), json!(["mail.a.example"])),
        ]
    );
    let refused = reissue_with(&sandbox, &names, json!({"certificate_dcv_scope": "all"}));
    assert_eq!(code(&refused), (400, "invalid_param:certificate_dcv_scope"));
}

#[test]
fn a_domain_of_the_account_covers_exact_names_below_it() {
    let sandbox = start(LivingOrder::new(7, ["shop.a.example"]));
    let made =
        reissue_with(&sandbox, &["shop.a.example"], json!({"certificate_dcv_scope": "fqdn"}));
    assert!(made.1["certificate_chain"].is_array());
    assert_eq!(scopes(&sandbox), [("a.example".to_owned(), json!(["shop.a.example"]))]);
}

#[test]
fn an_ov_row_has_its_domain_and_its_dates() {
    let order = LivingOrder::new(7, ["a.example", "b.example"]);
    let sandbox = start(order.validated_until("b.example", yesterday()));
    let made = reissue_with(&sandbox, &["a.example", "b.example"], json!({}));
    assert!(made.1["dcv_random_value"].is_string(), "one of the two has ended");
    let status = validation(&sandbox);
    assert_eq!(
        (&status["organization_id"], &status["organization_name"]),
        (&json!("31"), &json!("Example Ltd"))
    );
    assert_eq!(status["organization_validations"][0]["status"], "complete");
    let [valid, open] = &status["dns_name_validations"].as_array().unwrap()[..] else { panic!() };
    assert_eq!(
        (&valid["status"], &valid["approval_scope"]),
        (&json!("approved"), &json!("subdomains"))
    );
    assert!(valid["domain_id"].is_string() && valid["approval_expiration_date"].is_string());
    assert_eq!(
        (&open["status"], open.get("approval_expiration_date")),
        (&json!("unapproved"), None)
    );
    assert!(open["domain_id"].is_string());
    assert_eq!(valid.get("risk_status"), None, "it was not asked for");
}
