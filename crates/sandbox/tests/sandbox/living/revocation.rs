//! Revocation.

use serde_json::{Value, json};

use crate::caller::{
    certificate, code, csr, fields, get, pending_reissue, post, primary, put, reissue, reissues,
    rows, sandbox,
};

const ORDER: &str = "/order/certificate/7/revoke";

fn revoke(id: &Value) -> String {
    format!("/certificate/{id}/revoke")
}

#[test]
fn without_approval_a_certificate_is_revoked_at_once() {
    let sandbox = sandbox();
    let id = primary(&sandbox)["id"].clone();
    let body = json!({"revocation_reason": "keyCompromise", "skip_approval": true});
    assert_eq!(put(&sandbox, &revoke(&id), &body), (204, Value::Null));
    let order = get(&sandbox, "/order/certificate/7").1;
    assert_eq!(order["certificate"]["status"], "revoked");
    assert_eq!(order["status"], "issued", "the order stays active");
    assert_eq!(order["requests"].as_array().unwrap().len(), 1, "no request was made");
}

#[test]
fn with_approval_a_request_comes_first() {
    let sandbox = sandbox();
    let id = primary(&sandbox)["id"].clone();
    let (status, request) = put(&sandbox, &revoke(&id), &json!({"comments": "no longer used"}));
    assert_eq!(status, 201);
    assert_eq!(fields(&request), ["comments", "date", "id", "requester", "status", "type"]);
    assert_eq!((&request["type"], &request["status"]), (&json!("revoke"), &json!("submitted")));
    assert_eq!(request["comments"], "no longer used");
    assert_eq!(primary(&sandbox).get("status"), None);

    let path = format!("/request/{}/status", request["id"]);
    assert_eq!(put(&sandbox, &path, &json!({"status": "approved"})).0, 204);
    assert_eq!(primary(&sandbox)["status"], "revoked");
}

#[test]
fn a_rejected_revocation_changes_nothing() {
    let sandbox = sandbox();
    let (_, request) = put(&sandbox, ORDER, &json!({}));
    assert_eq!(request.get("comments"), None);
    let path = format!("/request/{}/status", request["id"]);
    put(&sandbox, &path, &json!({"status": "rejected"}));
    let order = get(&sandbox, "/order/certificate/7").1;
    assert_eq!((&order["status"], order["certificate"].get("status")), (&json!("issued"), None));
}

#[test]
fn nothing_is_revoked_while_a_reissue_is_pending() {
    let sandbox = sandbox();
    let id = primary(&sandbox)["id"].clone();
    let (_, earlier) = put(&sandbox, &revoke(&id), &json!({}));
    pending_reissue(&sandbox);
    for path in [&revoke(&id), ORDER] {
        for skip in [true, false] {
            let refused = put(&sandbox, path, &json!({"skip_approval": skip}));
            assert_eq!(code(&refused), (400, "reissue_pending"), "{path}");
        }
    }
    let path = format!("/request/{}/status", earlier["id"]);
    let refused = put(&sandbox, &path, &json!({"status": "approved"}));
    assert_eq!(code(&refused), (400, "reissue_pending"));
    sandbox.reject(7);
    assert_eq!(put(&sandbox, &path, &json!({"status": "approved"})).0, 204);
}

#[test]
fn a_revoked_order_takes_every_certificate_with_it() {
    let sandbox = sandbox();
    reissue(&sandbox);
    let duplicate = "/order/certificate/7/duplicate";
    post(&sandbox, duplicate, &certificate(&csr(&["a.example"]), true));
    post(&sandbox, duplicate, &certificate(&csr(&["a.example"]), false));
    assert_eq!(put(&sandbox, ORDER, &json!({"skip_approval": true})).0, 204);

    assert_eq!(get(&sandbox, "/order/certificate/7").1["status"], "revoked");
    assert_eq!(primary(&sandbox)["status"], "revoked");
    assert_eq!(reissues(&sandbox)[0]["status"], "revoked");
    let duplicates = rows(get(&sandbox, duplicate), "certificates");
    let statuses: Vec<_> = duplicates.iter().map(|row| &row["status"]).collect();
    assert_eq!(statuses, ["rejected", "revoked"]);
    let reissue = certificate(&csr(&["a.example"]), true);
    let refused = post(&sandbox, "/order/certificate/7/reissue", &reissue);
    assert_eq!(code(&refused), (400, "order_already_revoked"));
    assert_eq!(code(&put(&sandbox, ORDER, &json!({}))), (400, "order_already_revoked"));
}

#[test]
fn an_order_with_a_revoked_certificate_can_be_reissued() {
    let sandbox = sandbox();
    let id = primary(&sandbox)["id"].clone();
    put(&sandbox, &revoke(&id), &json!({"skip_approval": true}));
    let again = put(&sandbox, &revoke(&id), &json!({"skip_approval": true}));
    assert_eq!(code(&again), (400, "certificate_already_revoked"));
    reissue(&sandbox);
    assert_eq!(primary(&sandbox)["status"], "issued");
}

#[test]
fn a_certificate_is_named_by_serial_number_too() {
    let sandbox = sandbox();
    let serial = primary(&sandbox)["serial_number"].as_str().unwrap().to_lowercase();
    let path = format!("/certificate/{serial}/revoke");
    assert_eq!(put(&sandbox, &path, &json!({"skip_approval": true})).0, 204);
    assert_eq!(primary(&sandbox)["status"], "revoked");
}

#[test]
fn what_cannot_be_revoked_is_refused() {
    let sandbox = sandbox();
    let id = primary(&sandbox)["id"].clone();
    let unknown = put(&sandbox, &revoke(&id), &json!({"revocation_reason": "boredom"}));
    assert_eq!(code(&unknown), (400, "invalid_param:revocation_reason"));
    assert_eq!(
        code(&put(&sandbox, &revoke(&json!(1)), &json!({}))),
        (404, "not_found|certificate")
    );
    let none = put(&sandbox, "/order/certificate/8/revoke", &json!({}));
    assert_eq!(code(&none), (404, "not_found|order"));
    pending_reissue(&sandbox);
    sandbox.reject(7);
    let rejected = reissues(&sandbox)[0]["id"].clone();
    let refused = put(&sandbox, &revoke(&rejected), &json!({}));
    assert_eq!(code(&refused), (400, "certificate_not_issued"));
}
