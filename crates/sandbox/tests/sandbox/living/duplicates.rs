//! Duplicates, and archived certificates.

use serde_json::json;

use crate::caller::{
    certificate, code, csr, fields, get, post, primary, put, reissue, reissues, rows, sandbox,
};

const DUPLICATE: &str = "/order/certificate/7/duplicate";

#[test]
fn a_duplicate_leaves_the_primary_alone() {
    let sandbox = sandbox();
    assert_eq!(get(&sandbox, DUPLICATE), (200, json!({})), "none is an empty object");
    let before = primary(&sandbox);
    let (status, body) = post(&sandbox, DUPLICATE, &certificate(&csr(&["a.example"]), true));
    assert_eq!((status, body["certificate_chain"].as_array().unwrap().len()), (201, 3));

    let row = rows(get(&sandbox, DUPLICATE), "certificates").remove(0);
    assert_eq!(row["id"], body["certificate_id"]);
    assert_eq!((&row["sub_id"], &row["archived"]), (&json!("001"), &json!("0")));
    assert_eq!(row["status"], "approved");
    let order = get(&sandbox, "/order/certificate/7").1;
    assert_eq!((&order["certificate"], &order["duplicates_count"]), (&before, &json!(1)));
    assert!(reissues(&sandbox).is_empty());
}

#[test]
fn an_approved_duplicate_need_not_be_issued() {
    let sandbox = sandbox();
    sandbox.hold_issuance(true);
    post(&sandbox, DUPLICATE, &certificate(&csr(&["a.example"]), true));
    let waiting = rows(get(&sandbox, DUPLICATE), "certificates").remove(0);
    assert_eq!(waiting["status"], "approved");
    sandbox.issue(7);
    let issued = rows(get(&sandbox, DUPLICATE), "certificates").remove(0);
    assert_eq!(issued["status"], "approved");
    let only: Vec<_> =
        fields(&issued).into_iter().filter(|name| waiting.get(name).is_none()).collect();
    let expected = ["days_remaining", "serial_number", "thumbprint", "valid_from", "valid_till"];
    assert_eq!(only, expected);
}

#[test]
fn archived_certificates_are_listed_only_if_asked_for() {
    let sandbox = sandbox();
    let (old, new) = (reissue(&sandbox), reissue(&sandbox));
    assert_eq!(put(&sandbox, &format!("/certificate/{old}/archive"), &json!({})).0, 204);
    let ids = |query: &str| -> Vec<_> {
        let path = format!("/order/certificate/7/reissue{query}");
        let rows = rows(get(&sandbox, &path), "certificates");
        rows.iter().map(|row| (row["id"].as_u64().unwrap(), row["archived"].clone())).collect()
    };
    assert_eq!(ids(""), [(new, json!(0))]);
    assert_eq!(ids("?show_archived=true"), [(new, json!(0)), (old, json!(1))]);

    let primary = put(&sandbox, &format!("/certificate/{new}/archive"), &json!({}));
    assert_eq!(code(&primary), (400, "cannot_archive_primary_certificate"));
    let none = put(&sandbox, "/certificate/1/archive", &json!({}));
    assert_eq!(code(&none), (404, "not_found|certificate"));
}

#[test]
fn archived_duplicates_have_the_digit_as_text() {
    let sandbox = sandbox();
    let (_, body) = post(&sandbox, DUPLICATE, &certificate(&csr(&["a.example"]), true));
    put(&sandbox, &format!("/certificate/{}/archive", body["certificate_id"]), &json!({}));
    assert_eq!(get(&sandbox, DUPLICATE), (200, json!({})));
    let all = rows(get(&sandbox, &format!("{DUPLICATE}?show_archived=true")), "certificates");
    assert_eq!(all[0]["archived"], "1");
}
