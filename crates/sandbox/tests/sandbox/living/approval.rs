//! Requests: approval, rejection, cancellation, and issuance that a test holds.

use serde_json::json;

use crate::caller::{
    certificate, code, csr, get, pending_reissue, post, primary, put, reissues, rows, sandbox,
};

#[test]
fn an_approved_request_is_issued_at_once() {
    let sandbox = sandbox();
    let request = format!("/request/{}", pending_reissue(&sandbox));
    let pending = get(&sandbox, &request).1;
    assert_eq!((&pending["type"], &pending["status"]), (&json!("reissue"), &json!("pending")));
    assert_eq!((pending.get("date_processed"), pending.get("processor")), (None, None));

    let approval = json!({"status": "approved", "processor_comment": "fine"});
    assert_eq!(put(&sandbox, &format!("{request}/status"), &approval), (204, json!(null)));
    let approved = get(&sandbox, &request).1;
    assert_eq!(approved["status"], "approved");
    assert_eq!(approved["processor_comment"], "fine");
    assert!(approved["date_processed"].is_string() && approved["processor"]["id"].is_u64());
    assert_eq!(reissues(&sandbox)[0]["status"], "issued");
}

#[test]
fn the_order_in_a_request_is_a_snapshot_without_certificate_ids() {
    let sandbox = sandbox();
    let request = format!("/request/{}", pending_reissue(&sandbox));
    let before = get(&sandbox, &request).1["order"].clone();
    assert_eq!((&before["id"], &before["status"]), (&json!(7), &json!("reissue_pending")));
    assert!(before["certificate"].get("id").is_none() && before["certificate"]["csr"].is_string());
    sandbox.issue(7);
    assert_eq!(get(&sandbox, &request).1["order"], before, "it is stale");
}

#[test]
fn a_rejected_request_puts_the_order_back() {
    let sandbox = sandbox();
    let before = primary(&sandbox);
    let request = format!("/request/{}", pending_reissue(&sandbox));
    assert_eq!(put(&sandbox, &format!("{request}/status"), &json!({"status": "rejected"})).0, 204);
    assert_eq!(get(&sandbox, &request).1["status"], "rejected");
    let row = reissues(&sandbox).remove(0);
    assert_eq!((&row["status"], row.get("serial_number")), (&json!("rejected"), None));
    let order = get(&sandbox, "/order/certificate/7").1;
    assert_eq!((&order["status"], &order["certificate"]), (&json!("issued"), &before));
}

#[test]
fn cancelling_rejects_the_request_and_keeps_the_note() {
    let sandbox = sandbox();
    for (word, is_approved) in [("canceled", false), ("CANCELED", true)] {
        let request = format!("/request/{}", pending_reissue(&sandbox));
        if is_approved {
            sandbox.hold_issuance(true);
            put(&sandbox, &format!("{request}/status"), &json!({"status": "approved"}));
        }
        let body = json!({"status": word, "note": "wrong key"});
        assert_eq!(put(&sandbox, "/order/certificate/7/status", &body).0, 204);
        assert_eq!(get(&sandbox, "/order/certificate/7").1["status"], "issued");
        let request = get(&sandbox, &request).1;
        assert_eq!(request["status"], "rejected");
        assert_eq!(request["processor_comment"], "wrong key");
    }
}

#[test]
fn what_cannot_be_cancelled_is_refused() {
    let sandbox = sandbox();
    let path = "/order/certificate/7/status";
    let cancel = json!({"status": "canceled", "note": "n"});
    assert_eq!(code(&put(&sandbox, path, &cancel)), (400, "order_cannot_be_canceled"));
    pending_reissue(&sandbox);
    for (body, expected) in [
        (json!({"note": "n"}), "required_param:status"),
        (json!({"status": "canceled"}), "required_param:note"),
        (json!({"status": "Canceled", "note": "n"}), "invalid_param:status"),
        (json!({"status": "renewed"}), "invalid_param:status"),
    ] {
        assert_eq!(code(&put(&sandbox, path, &body)), (400, expected), "{body}");
    }
    let other = put(&sandbox, "/order/certificate/8/status", &cancel);
    assert_eq!(code(&other), (404, "not_found|order"));
}

#[test]
fn a_request_is_processed_once() {
    let sandbox = sandbox();
    let path = format!("/request/{}/status", pending_reissue(&sandbox));
    assert_eq!(put(&sandbox, &path, &json!({"status": "submitted"})).0, 204, "still open");
    assert_eq!(put(&sandbox, &path, &json!({"status": "approved"})).0, 204);
    let again = put(&sandbox, &path, &json!({"status": "approved"}));
    assert_eq!(code(&again), (400, "request_already_processed"));
    for (path, body, expected) in [
        (path.as_str(), json!({}), (400, "required_param:status")),
        (&path, json!({"status": "fine"}), (400, "invalid_param:status")),
        ("/request/1/status", json!({"status": "approved"}), (404, "not_found|request")),
    ] {
        assert_eq!(code(&put(&sandbox, path, &body)), expected);
    }
    assert_eq!(code(&get(&sandbox, "/request/1")), (404, "not_found|request"));
}

#[test]
fn issuance_waits_while_it_is_held() {
    let sandbox = sandbox();
    sandbox.hold_issuance(true);
    let path = format!("/request/{}/status", pending_reissue(&sandbox));
    put(&sandbox, &path, &json!({"status": "approved"}));
    assert_eq!(reissues(&sandbox)[0]["status"], "pending");
    assert_eq!(get(&sandbox, "/order/certificate/7").1["status"], "reissue_pending");

    assert!(sandbox.issue(7));
    assert_eq!(reissues(&sandbox)[0]["status"], "issued");
    assert!(!sandbox.issue(7) && !sandbox.issue(8) && !sandbox.reject(7));
}

#[test]
fn releasing_issues_what_is_approved_and_nothing_else() {
    let sandbox = sandbox();
    sandbox.hold_issuance(true);
    post(&sandbox, "/order/certificate/7/reissue", &certificate(&csr(&["a.example"]), true));
    post(&sandbox, "/order/certificate/7/duplicate", &certificate(&csr(&["a.example"]), false));
    sandbox.hold_issuance(false);
    assert_eq!(reissues(&sandbox)[0]["status"], "issued");
    let duplicates = rows(get(&sandbox, "/order/certificate/7/duplicate"), "certificates");
    assert_eq!(duplicates[0]["status"], "pending");
}

#[test]
fn a_test_can_reject_what_is_approved() {
    let sandbox = sandbox();
    sandbox.hold_issuance(true);
    let (_, body) =
        post(&sandbox, "/order/certificate/7/reissue", &certificate(&csr(&["a.example"]), true));
    assert!(sandbox.reject(7));
    assert_eq!(reissues(&sandbox)[0]["status"], "rejected");
    let request = get(&sandbox, &format!("/request/{}", body["requests"][0]["id"])).1;
    assert_eq!(request["status"], "rejected");
    assert_eq!(get(&sandbox, "/order/certificate/7").1["status"], "issued");
}

#[test]
fn requests_are_listed_with_filters_and_pages() {
    let sandbox = sandbox();
    pending_reissue(&sandbox);
    let ids = |query: &str| -> Vec<_> {
        let rows = rows(get(&sandbox, &format!("/request{query}")), "requests");
        rows.iter().map(|row| (row["type"].clone(), row["status"].clone())).collect()
    };
    let (new, reissue) =
        ((json!("new_request"), json!("approved")), (json!("reissue"), json!("pending")));
    for (query, expected) in [
        ("", vec![&new, &reissue]),
        ("?sort=-id&limit=1", vec![&reissue]),
        ("?filters[status]=pending&filters[type]=reissue", vec![&reissue]),
        ("?filters[search]=%25.example&offset=1", vec![&reissue]),
        ("?filters[search]=.example", vec![]),
    ] {
        assert_eq!(ids(query).iter().collect::<Vec<_>>(), expected, "{query}");
    }
    let unknown = get(&sandbox, "/request?filters[colour]=red");
    assert_eq!(code(&unknown), (400, "invalid_param:filters[colour]"));
}
