//! Reissues: what is asked for, and the three shapes of the response.

use certcentral_sandbox::http::StatusCode;
use rcgen::KeyPair;
use serde_json::{Value, json};

use crate::caller::{
    certificate, code, csr, csr_with, fields, get, pending_reissue, post, primary, reissue,
    reissues, sandbox,
};

const REISSUE: &str = "/order/certificate/7/reissue";

#[test]
fn a_reissue_that_waits_has_a_request_and_no_certificate_id() {
    let sandbox = sandbox();
    let (status, body) = post(&sandbox, REISSUE, &certificate(&csr(&["a.example"]), false));
    assert_eq!(status, 201);
    assert_eq!(fields(&body), ["id", "requests"]);
    assert_eq!(body["id"], 7, "the order's id");
    assert_eq!(fields(&body["requests"][0]), ["id", "status"]);
    assert_eq!(body["requests"][0]["status"], "pending");
}

#[test]
fn an_approved_reissue_that_is_held_has_a_certificate_id() {
    let sandbox = sandbox();
    sandbox.hold_issuance(true);
    let (_, body) = post(&sandbox, REISSUE, &certificate(&csr(&["a.example"]), true));
    assert_eq!(fields(&body), ["certificate_id", "id", "requests"]);
    assert_eq!(body["requests"][0]["status"], "approved");
    assert_eq!(reissues(&sandbox)[0]["id"], body["certificate_id"]);
}

#[test]
fn a_reissue_that_is_issued_at_once_has_its_chain() {
    let sandbox = sandbox();
    let (_, body) = post(&sandbox, REISSUE, &certificate(&csr(&["a.example"]), true));
    assert_eq!(fields(&body), ["certificate_chain", "certificate_id", "id", "requests"]);
    let chain = body["certificate_chain"].as_array().unwrap();
    let names: Vec<_> = chain.iter().map(|link| &link["subject_common_name"]).collect();
    assert_eq!(names, ["a.example", "Sandbox Issuing CA", "Sandbox Root CA"]);
    assert_eq!(body["certificate_id"], primary(&sandbox)["id"]);
}

#[test]
fn a_pending_row_lacks_what_only_an_issued_one_has() {
    let sandbox = sandbox();
    assert_eq!(get(&sandbox, REISSUE), (200, json!({})), "never reissued");
    let csr = csr(&["a.example"]);
    post(&sandbox, REISSUE, &certificate(&csr, false));
    let pending = reissues(&sandbox).remove(0);
    assert_eq!(
        fields(&pending),
        [
            "archived",
            "common_name",
            "csr",
            "date_created",
            "dns_names",
            "email",
            "firstname",
            "id",
            "key_size",
            "lastname",
            "status",
            "user_id"
        ]
    );
    assert_eq!((&pending["status"], &pending["csr"]), (&json!("pending"), &json!(csr)));

    assert!(sandbox.issue(7));
    let issued = reissues(&sandbox).remove(0);
    let only: Vec<_> =
        fields(&issued).into_iter().filter(|name| pending.get(name).is_none()).collect();
    assert_eq!(
        only,
        [
            "date_issued",
            "days_remaining",
            "purchased_dns_names",
            "purchased_wildcard_names",
            "receipt_id",
            "serial_number",
            "thumbprint",
            "valid_till"
        ]
    );
    assert_eq!(issued["status"], "issued");
    assert!(issued["archived"].is_u64() && issued["receipt_id"].is_string());
}

#[test]
fn an_issued_reissue_becomes_the_orders_primary() {
    let sandbox = sandbox();
    let before = get(&sandbox, "/order/certificate/7").1;
    assert_eq!(before["certificate"].get("status"), None, "never reissued");
    assert_eq!(before.get("last_reissued_date"), None);

    pending_reissue(&sandbox);
    let waiting = get(&sandbox, "/order/certificate/7").1;
    assert_eq!(waiting["status"], "reissue_pending");
    assert_eq!(waiting["certificate"]["id"], before["certificate"]["id"]);

    sandbox.issue(7);
    let after = get(&sandbox, "/order/certificate/7").1;
    assert_eq!(
        (&after["status"], &after["certificate"]["status"]),
        (&json!("issued"), &json!("issued"))
    );
    assert_ne!(after["certificate"]["id"], before["certificate"]["id"]);
    assert_eq!(after["certificate"]["id"], reissues(&sandbox)[0]["id"]);
    assert_eq!(after["last_reissued_date"], after["certificate"]["date_issued"]);
    assert_eq!(after["reissues_count"], 1);
}

#[test]
fn a_second_reissue_takes_the_place_of_the_pending_one() {
    let sandbox = sandbox();
    let first = pending_reissue(&sandbox);
    let second = pending_reissue(&sandbox);
    let statuses: Vec<_> = reissues(&sandbox).iter().map(|row| row["status"].clone()).collect();
    assert_eq!(statuses, ["pending", "rejected"], "the newest comes first");
    assert_eq!(get(&sandbox, &format!("/request/{first}")).1["status"], "rejected");
    assert_eq!(get(&sandbox, &format!("/request/{second}")).1["status"], "pending");
    assert_eq!(get(&sandbox, "/order/certificate/7").1["status"], "reissue_pending");
}

#[test]
fn a_refused_reissue_leaves_the_pending_one_alone() {
    let sandbox = sandbox();
    let request = pending_reissue(&sandbox);
    assert_eq!(post(&sandbox, REISSUE, &certificate("none", false)).0, 400);
    assert_eq!(get(&sandbox, &format!("/request/{request}")).1["status"], "pending");
}

#[test]
fn what_cannot_be_reissued_is_refused() {
    let sandbox = sandbox();
    let with = |field: &str, value: Value| {
        let mut body = certificate(&csr(&["a.example"]), false);
        body["certificate"][field] = value;
        body
    };
    for (body, expected) in [
        (json!({}), "required_param:certificate"),
        (json!({"certificate": {}}), "required_param:certificate.csr"),
        (certificate("", false), "csr_invalid_cannot_parse"),
        (certificate("-----BEGIN CERTIFICATE REQUEST-----", false), "csr_invalid_cannot_parse"),
        (with("signature_hash", json!("md5")), "invalid_param:certificate.signature_hash"),
        (with("dns_names", json!(["ümlaut.example"])), "invalid_param:certificate.dns_names"),
        (with("cert_validity", json!({"years": 2})), "cert_validity_exceeds_order_validity"),
        (with("cert_validity", json!({"days": 0})), "invalid_param:certificate.cert_validity"),
        (
            with("cert_validity", json!({"custom_expiration_date": "soon"})),
            "invalid_param:certificate.cert_validity.custom_expiration_date",
        ),
        (with("csr", json!(7)), "bad_request_format"),
    ] {
        assert_eq!(code(&post(&sandbox, REISSUE, &body)), (400, expected), "{body}");
    }
    let other =
        post(&sandbox, "/order/certificate/8/reissue", &json!({"certificate": {"csr": ""}}));
    assert_eq!(code(&other), (404, "not_found|order"));
    assert_eq!(get(&sandbox, REISSUE), (200, json!({})));
}

#[test]
fn a_validity_is_kept_if_the_order_lasts_as_long() {
    let sandbox = sandbox();
    let mut body = certificate(&csr(&["a.example"]), true);
    body["certificate"]["cert_validity"] = json!({"days": 31});
    post(&sandbox, REISSUE, &body);
    assert_eq!(days(&primary(&sandbox)), 31);
    reissue(&sandbox);
    assert_eq!(days(&primary(&sandbox)), 199);
}

/// How many days a certificate is valid, the first and the last included.
fn days(certificate: &Value) -> i64 {
    let [first, last] = ["valid_from", "valid_till"].map(|field| {
        let parts = certificate[field].as_str().unwrap().split('-');
        let [year, month, day] = parts.map(|part| part.parse().unwrap()).collect::<Vec<i32>>()[..]
        else {
            panic!("{certificate}")
        };
        let month = u8::try_from(month).unwrap().try_into().unwrap();
        time::Date::from_calendar_date(year, month, u8::try_from(day).unwrap()).unwrap()
    });
    (last - first).whole_days() + 1
}

#[test]
fn names_that_the_request_lacks_come_from_the_csr() {
    let sandbox = sandbox();
    for (request, common_name, expected) in [
        (json!({}), "c.example", vec!["c.example", "d.example"]),
        (json!({"common_name": "e.example"}), "c.example", vec!["e.example", "d.example"]),
        (json!({"dns_names": ["f.example"]}), "c.example", vec!["c.example", "f.example"]),
        (json!({}), "no DNS name", vec!["d.example"]),
    ] {
        let mut body = json!({"certificate": request, "skip_approval": true});
        let csr = csr_with(&KeyPair::generate().unwrap(), common_name, &["d.example"]);
        body["certificate"]["csr"] = json!(csr);
        assert_eq!(post(&sandbox, REISSUE, &body).0, 201);
        assert!(sandbox.issue(7), "their domains are not validated");
        let primary = primary(&sandbox);
        assert_eq!(primary["common_name"], expected[0]);
        assert_eq!(primary["dns_names"], json!(expected));
    }
}

#[test]
fn a_reissue_whose_response_is_lost_took_effect_all_the_same() {
    let sandbox = sandbox();
    sandbox.drop_next();
    let csr = csr(&["a.example"]);
    let body = certificate(&csr, true).to_string();
    let mut connection = crate::client::connect(&sandbox);
    let (key, length) = (sandbox.api_key(), body.len());
    connection.write(&format!(
        "POST /services/v2{REISSUE} HTTP/1.1\r\nX-DC-DEVKEY: {key}\r\n\
         Content-Length: {length}\r\n\r\n{body}"
    ));
    assert!(connection.is_closed());
    assert_eq!(reissues(&sandbox)[0]["csr"], csr);
}

#[test]
fn a_request_that_a_fault_replaces_takes_no_effect() {
    let sandbox = sandbox();
    sandbox.fail_next(StatusCode::BAD_GATEWAY, "");
    let (status, _) = post(&sandbox, REISSUE, &certificate(&csr(&["a.example"]), true));
    assert_eq!(status, 502);
    assert!(reissues(&sandbox).is_empty());
}
