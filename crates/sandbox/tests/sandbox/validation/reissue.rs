//! A reissue that waits for control of its names, on every route.

use certcentral_sandbox::LivingOrder;
use serde_json::{Value, json};

use super::{
    DAY, NAMES, REISSUE, check, dv, info, reissue, reissue_body, start, validation, yesterday,
};
use crate::caller::{code, fields, get, post, put, rows};

#[test]
fn a_dv_reissue_waits_until_its_value_is_found() {
    let sandbox = dv();
    let (status, made) = reissue(&sandbox);
    assert_eq!(status, 201);
    assert_eq!(fields(&made), ["certificate_id", "dcv_random_value", "id", "requests"]);
    assert_eq!(made["requests"][0]["status"], "approved", "which says nothing of validation");
    assert_eq!(info(&sandbox)["status"], "reissue_pending");

    let open = check(&sandbox);
    assert_eq!((open.0, &open.1["order_status"]), (200, &json!("reissue_pending")));
    sandbox.publish_txt("_dnsauth.a.example", made["dcv_random_value"].as_str().unwrap());
    let issued = json!({
        "order_status": "issued",
        "certificate_id": made["certificate_id"],
        "dcv_status": "valid",
        "dns_name_validations": [
            {"dns_name": "a.example", "status": "approved"},
            {"dns_name": "www.a.example", "status": "approved"},
        ],
    });
    assert_eq!(check(&sandbox), (200, issued.clone()));
    assert_eq!(info(&sandbox)["certificate"]["id"], made["certificate_id"]);
    assert_eq!(check(&sandbox), (200, issued), "it can be repeated");
}

#[test]
fn while_it_waits_every_route_tells_the_same() {
    let sandbox = dv();
    let old = info(&sandbox)["certificate"]["id"].clone();
    let (_, made) = reissue(&sandbox);

    let row = rows(get(&sandbox, "/order/certificate"), "orders").remove(0);
    assert_eq!((&row["status"], &row["certificate"]["id"]), (&json!("reissue_pending"), &old));
    assert_eq!(row["reissues_count"], 1, "the one that waits counts");
    assert_eq!(info(&sandbox)["certificate"]["id"], old);
    let reissue = rows(get(&sandbox, "/order/certificate/7/reissue"), "certificates").remove(0);
    assert_eq!((&reissue["id"], &reissue["status"]), (&made["certificate_id"], &json!("pending")));
    let request = get(&sandbox, &format!("/request/{}", made["requests"][0]["id"])).1;
    assert_eq!(request["status"], "approved");
    let changes = rows(get(&sandbox, "/order/certificate/status-changes?minutes=5"), "orders");
    assert_eq!(
        changes[0],
        json!({"order_id": 7, "certificate_id": old, "status": "reissue_pending"})
    );
    let download = format!("/certificate/{}/download/format/pem_all", made["certificate_id"]);
    assert_eq!(code(&get(&sandbox, &download)), (400, "certificate_not_issued"));
}

#[test]
fn a_dv_order_has_no_organization_and_no_domains() {
    let sandbox = dv();
    reissue(&sandbox);
    let row = rows(get(&sandbox, "/order/certificate"), "orders").remove(0);
    assert_eq!((row.get("organization"), info(&sandbox).get("organization")), (None, None));
    assert_eq!(get(&sandbox, "/domain").1.get("domains"), None);
    let status = validation(&sandbox);
    assert_eq!(
        fields(&status),
        [
            "dns_name_validations",
            "order_dcv_method",
            "order_id",
            "order_name_scope",
            "order_status"
        ]
    );
    assert_eq!(
        (&status["order_id"], &status["order_status"]),
        (&json!("7"), &json!("reissue_pending"))
    );
    assert_eq!(
        status["dns_name_validations"],
        json!([{
            "name_scope": "a.example", "status": "unapproved", "risk_status": "pass",
            "method": "dns-txt-token", "dns_names": ["a.example", "www.a.example"],
            "base_domain": "a.example",
        }])
    );
}

#[test]
fn the_value_stays_the_same_for_thirty_days() {
    let sandbox = dv();
    let (_, made) = reissue(&sandbox);
    let value = || put(&sandbox, "/order/certificate/7/dcv-random-value", &Value::Null).1;
    let first = value();
    assert_eq!(fields(&first), ["dcv_random_value", "expiration_date"]);
    assert_eq!(first["dcv_random_value"], made["dcv_random_value"]);
    sandbox.advance(29 * DAY);
    assert_eq!(value(), first);
    sandbox.advance(DAY);
    let second = value();
    assert_ne!(second["dcv_random_value"], first["dcv_random_value"]);

    sandbox.publish_txt("a.example", first["dcv_random_value"].as_str().unwrap());
    assert_eq!(check(&sandbox).1["order_status"], "reissue_pending", "it has ended");
    sandbox.publish_txt("a.example", second["dcv_random_value"].as_str().unwrap());
    assert_eq!(check(&sandbox).1["order_status"], "issued");
}

#[test]
fn a_new_reissue_takes_the_place_of_the_one_that_waits_and_has_a_new_value() {
    let sandbox = dv();
    let first = reissue(&sandbox).1;
    let second = reissue(&sandbox).1;
    assert_ne!(first["dcv_random_value"], second["dcv_random_value"]);
    sandbox.publish_txt("a.example", first["dcv_random_value"].as_str().unwrap());
    assert_eq!(check(&sandbox).1["order_status"], "reissue_pending");
    let body = json!({"status": "canceled", "note": "wrong key"});
    assert_eq!(put(&sandbox, "/order/certificate/7/status", &body).0, 204);
    assert_eq!(info(&sandbox)["status"], "issued");
    assert_eq!(code(&check(&sandbox)), (400, "no_pending_validation"));
}

#[test]
fn validation_comes_after_the_approval() {
    let sandbox = dv();
    let made = post(&sandbox, REISSUE, &reissue_body(&NAMES, false)).1;
    assert_eq!(fields(&made), ["id", "requests"]);
    for path in ["check-dcv", "dcv-random-value", "resend-emails"] {
        let refused = put(&sandbox, &format!("/order/certificate/7/{path}"), &json!({}));
        assert_eq!(code(&refused), (400, "no_pending_validation"), "{path}");
    }
    let approval = format!("/request/{}/status", made["requests"][0]["id"]);
    assert_eq!(put(&sandbox, &approval, &json!({"status": "approved"})).0, 204);
    assert_eq!(put(&sandbox, "/order/certificate/7/dcv-random-value", &json!({})).0, 200);
}

#[test]
fn an_order_without_approval_makes_no_request() {
    let order = LivingOrder::new(7, NAMES).dv().without_approval();
    let sandbox = start(order);
    let made = post(&sandbox, REISSUE, &reissue_body(&NAMES, false)).1;
    assert_eq!(fields(&made), ["certificate_id", "dcv_random_value", "id"]);
    assert_eq!(get(&sandbox, "/request").1["page"]["total"], 0);
    assert_eq!(info(&sandbox)["requests"], json!([]));
}

#[test]
fn a_validated_ov_order_is_reissued_at_once() {
    let sandbox = start(LivingOrder::new(7, NAMES));
    assert!(reissue(&sandbox).1["certificate_chain"].is_array());
    let check = put(&sandbox, "/order/certificate/7/check-dcv", &Value::Null);
    assert_eq!(code(&check), (400, "no_pending_validation"), "it never waited");
}

#[test]
fn an_ov_order_waits_once_its_validation_has_ended() {
    let sandbox = start(LivingOrder::new(7, NAMES));
    sandbox.advance(168 * DAY);
    assert!(reissue(&sandbox).1["certificate_chain"].is_array(), "the 199th day");
    sandbox.advance(DAY);
    let made = reissue(&sandbox).1;
    assert_eq!(fields(&made), ["certificate_id", "dcv_random_value", "id", "requests"]);
    sandbox.publish_txt("a.example", made["dcv_random_value"].as_str().unwrap());
    assert_eq!(check(&sandbox).1["order_status"], "issued");
    assert!(reissue(&sandbox).1["certificate_chain"].is_array(), "it counts for 199 days");
}

#[test]
fn a_duplicate_of_what_is_not_validated_is_refused() {
    let sandbox = start(LivingOrder::new(7, NAMES).validated_until("a.example", yesterday()));
    let refused = post(&sandbox, "/order/certificate/7/duplicate", &reissue_body(&NAMES, true));
    assert_eq!(code(&refused), (400, "domain_validation_expired"));
}

#[test]
fn issuance_that_a_test_holds_comes_after_validation() {
    let sandbox = dv();
    sandbox.hold_issuance(true);
    let (_, made) = reissue(&sandbox);
    sandbox.publish_txt("a.example", made["dcv_random_value"].as_str().unwrap());
    let body = check(&sandbox).1;
    assert_eq!(
        (&body["order_status"], &body["dcv_status"]),
        (&json!("reissue_pending"), &json!("valid"))
    );
    sandbox.hold_issuance(false);
    assert_eq!(info(&sandbox)["status"], "issued");

    reissue(&sandbox);
    assert!(sandbox.issue(7), "a test can issue without any validation");
    assert_eq!(info(&sandbox)["status"], "issued");
}
