//! The forms of the response, and the states that an order goes through.

use certcentral_sandbox::Sandbox;
use serde_json::{Value, json};

use super::{DV, OV, builder, info, placed, row, without_approval};
use crate::caller::{fields, get, put};

#[test]
fn an_order_waits_for_its_approval_by_hand() {
    let sandbox = builder().start().unwrap();
    let order = placed(&sandbox, OV, "www.a.example", json!({}));
    assert_eq!(fields(&order), ["id", "requests"]);
    assert_eq!(order["requests"][0]["status"], "pending");
    let waiting = info(&sandbox, &order["id"]);
    assert_eq!(waiting["status"], "needs_approval");
    assert_eq!(waiting["certificate"]["id"], Value::Null);

    let path = format!("/request/{}/status", order["requests"][0]["id"]);
    assert_eq!(put(&sandbox, &path, &json!({"status": "approved"})).0, 204);
    let issued = info(&sandbox, &order["id"]);
    assert_eq!(issued["status"], "issued", "organization and domain are validated");
    assert!(issued["certificate"]["id"].is_u64());
}

#[test]
fn an_approval_that_is_skipped_leaves_its_request() {
    let sandbox = builder().start().unwrap();
    let order = placed(&sandbox, OV, "www.a.example", json!({"skip_approval": true}));
    assert_eq!(fields(&order), ["certificate_chain", "certificate_id", "id", "requests"]);
    assert_eq!(order["requests"][0]["status"], "approved");
    let chain = order["certificate_chain"].as_array().unwrap();
    assert_eq!((chain.len(), &chain[0]["subject_common_name"]), (3, &json!("www.a.example")));
}

#[test]
fn an_account_without_approval_has_no_requests() {
    let sandbox = without_approval();
    let order = placed(&sandbox, OV, "www.a.example", json!({}));
    assert_eq!(fields(&order), ["certificate_chain", "certificate_id", "id"]);
    assert_eq!(get(&sandbox, "/request").1["page"]["total"], 1, "that of order 7");
    let order = placed(&sandbox, DV, "www.a.example", json!({}));
    let expected = ["certificate_id", "dcv_random_value", "id"];
    assert_eq!(fields(&order), expected, "a DV order uses no validation of a domain");
}

#[test]
fn what_waits_for_its_domain_has_a_value_of_its_own() {
    let sandbox = without_approval();
    let place = || placed(&sandbox, OV, "www.new.example", json!({}));
    let (first, second) = (place(), place());
    assert_eq!(fields(&first), ["certificate_id", "dcv_random_value", "domains", "id"]);
    assert_ne!(first["id"], second["id"], "an equal order is another order");
    assert_ne!(first["dcv_random_value"], second["dcv_random_value"]);
    for order in [&first, &second] {
        let domain = &order["domains"][0];
        assert_eq!(domain["dcv_token"]["token"], order["dcv_random_value"]);
        assert_eq!(
            (&domain["name"], &domain["dns_name"]),
            (&json!("new.example"), &json!("www.new.example"))
        );
        assert_eq!(domain["id"], first["domains"][0]["id"], "one domain");
    }

    let waiting = info(&sandbox, &first["id"]);
    assert_eq!(waiting["status"], "pending");
    assert!(waiting["certificate"]["id"].is_u64(), "the id comes before the certificate");
    assert_eq!(waiting["order_valid_till"], Value::Null);
    assert_eq!(row(&sandbox, &first["id"])["order_valid_till"], Value::Null);
    assert_eq!(waiting["certificate"]["serial_number"], Value::Null);
    let value = first["dcv_random_value"].as_str().unwrap();
    sandbox.publish_txt("_dnsauth.new.example", value);
    assert_eq!(check(&sandbox, &first["id"])["order_status"], "issued");
    // A validation of the domain counts for the other order too.
    assert_eq!(info(&sandbox, &second["id"])["status"], "issued");
}

#[test]
fn an_order_by_email_returns_nothing_to_publish() {
    let sandbox = without_approval();
    let order = placed(&sandbox, OV, "new.example", json!({"dcv_method": "email"}));
    assert_eq!(fields(&order), ["certificate_id", "domains", "id"]);
    assert_eq!(fields(&order["domains"][0]), ["dns_name", "id", "name"]);
    let order = placed(&sandbox, DV, "new.example", json!({"dcv_method": null}));
    assert_eq!(fields(&order), ["certificate_id", "id"], "it is the default");
}

#[test]
fn an_organization_that_is_not_validated_is_no_refusal() {
    let sandbox = without_approval();
    let order = placed(&sandbox, OV, "www.a.example", json!({"organization": {"id": "32"}}));
    assert!(order["certificate_chain"].is_null());
    let waiting = info(&sandbox, &order["id"]);
    assert_eq!(
        (&waiting["status"], &waiting["organization"]["id"]),
        (&json!("pending"), &json!(32))
    );
    let path = format!("/order/certificate/{}/validation", order["id"]);
    let validation = get(&sandbox, &path).1;
    assert_eq!(validation["organization_validations"][0]["status"], "pending");
    assert_eq!(validation["dns_name_validations"][0]["status"], "approved");
    assert!(sandbox.issue(order["id"].as_u64().unwrap()));
    assert_eq!(info(&sandbox, &order["id"])["status"], "issued");
}

#[test]
fn an_order_that_ends_before_its_certificate_is_rejected() {
    let sandbox = builder().start().unwrap();
    let order = |fields| placed(&sandbox, DV, "new.example", fields);
    let (canceled, rejected) = (order(json!({"skip_approval": true})), order(json!({})));
    let path = format!("/order/certificate/{}/status", canceled["id"]);
    let (status, _) = put(&sandbox, &path, &json!({"status": "canceled", "note": "twice"}));
    assert_eq!(status, 204);
    let path = format!("/request/{}/status", rejected["requests"][0]["id"]);
    assert_eq!(put(&sandbox, &path, &json!({"status": "rejected"})).0, 204);
    for order in [canceled, rejected] {
        let order = info(&sandbox, &order["id"]);
        assert_eq!(
            (&order["status"], &order["requests"][0]["status"]),
            (&json!("rejected"), &json!("rejected"))
        );
    }
}

fn check(sandbox: &Sandbox, id: &Value) -> Value {
    let (status, body) = put(sandbox, &format!("/order/certificate/{id}/check-dcv"), &Value::Null);
    assert_eq!(status, 200, "{body}");
    body
}
