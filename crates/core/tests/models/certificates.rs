//! Every certificate of an order, once.

use certcentral_core::{
    CertificateId, ListReissues, OrderId, Reissues,
    certificate::CertificateStatus,
    order::{
        CertificateRole::{self, Duplicate, Primary, Reissue},
        Duplicates, ListDuplicates, Order, OrderCertificate, OrderInfo,
    },
};
use serde_json::{Value, json};

use crate::{fixture, parse};

#[test]
fn the_files_of_one_order_tell_one_story() {
    let order = parse(
        &OrderInfo::new(OrderId(112_300)),
        200,
        fixture("order_info/112300-reissued-plan.json"),
    );
    let reissues = parse(
        &ListReissues::new(OrderId(112_300)),
        200,
        fixture("list_reissues/112300-newer-edition.json"),
    );
    let duplicates = parse(
        &ListDuplicates::new(OrderId(112_300)),
        200,
        fixture("list_duplicates/112300-issued-waiting-archived.json"),
    );
    let (order, reissues, duplicates) = (order.unwrap(), reissues.unwrap(), duplicates.unwrap());
    let certificates = order.certificates(&reissues, &duplicates);

    let primary = &certificates[0];
    assert_eq!((primary.role, primary.id), (Primary, Some(CertificateId(45_678))));
    let repeated = reissues.iter().filter(|row| Some(row.id) == primary.id).count();
    assert_eq!(certificates.len(), 1 + reissues.len() - repeated + duplicates.len());
    let pending = certificates.iter().filter(|one| one.serial_number.is_none()).count();
    assert!(pending > 0, "what is not issued yet is there too");
}

#[test]
fn a_certificate_that_comes_twice_is_there_once() {
    let order = order(&json!({"id": 1, "serial_number": "0AB1", "status": "issued"}));
    let reissues = reissues(&[
        json!({"id": 1}),                           // the primary, by id
        json!({"id": 2, "serial_number": "0ab1"}),  // by serial number, written otherwise
        json!({"id": 3, "serial_number": " AB1 "}), // leading zeros are no digits
        json!({"id": 10, "serial_number": "00:0a:b1"}),
        json!({"id": 4, "serial_number": "0C"}),
        json!({"id": 4, "serial_number": "0C"}),
        json!({"id": 5}),
        json!({"id": 6, "serial_number": ""}), // a blank one is none
        json!({"id": 7, "serial_number": ""}),
    ]);
    let duplicates = duplicates(&[
        json!({"id": 1, "serial_number": "0AB1"}),
        json!({"id": 8, "serial_number": "0C"}),
        json!({"id": 9, "serial_number": "0D"}),
        json!({"id": 2}), // known since the second reissue
    ]);
    let found = order.certificates(&reissues, &duplicates);
    assert_eq!(
        ids(&found),
        [(Primary, 1), (Reissue, 4), (Reissue, 5), (Reissue, 6), (Reissue, 7), (Duplicate, 9)]
    );
}

#[test]
fn what_a_row_lacks_comes_from_its_repetitions() {
    let order = order(&json!({"id": 1, "valid_from": "2026-01-01", "status": "revoked"}));
    let reissues = reissues(&[json!({
        "id": 1, "serial_number": "0A", "thumbprint": "AB", "common_name": "a.example",
        "dns_names": ["a.example"], "date_issued": "2026-01-02T00:00:00+00:00",
        "valid_till": "2026-12-31", "archived": true, "status": "issued",
    })]);
    let duplicates = duplicates(&[json!({"id": 2, "serial_number": "0A", "common_name": "other"})]);
    let found = order.certificates(&reissues, &duplicates);
    let expected = json!([{
        "id": 1, "role": "primary", "status": "revoked", "serial_number": "0A", "thumbprint": "AB",
        "common_name": "a.example", "dns_names": ["a.example"],
        "date_created": "2026-01-01T00:00:00+00:00", "date_issued": "2026-01-02T00:00:00+00:00",
        "valid_from": "2026-01-01", "valid_till": "2026-12-31", "archived": true,
    }]);
    assert_eq!(serde_json::to_value(&found).unwrap(), expected);
    let read: Vec<OrderCertificate> = serde_json::from_value(expected).unwrap();
    assert_eq!(read, found);
}

#[test]
fn a_primary_certificate_without_a_status_has_the_order_s() {
    let status = |order_status: &str, certificate: &Value| {
        let order = json!({"id": 7, "status": order_status, "certificate": certificate});
        let order: Order = serde_json::from_value(order).unwrap();
        let mut found = order.certificates(&Reissues::default(), &Duplicates::default());
        found.remove(0).status.to_string()
    };
    let issued = json!({"id": 1, "serial_number": "0A"});
    assert_eq!(status("issued", &issued), "issued");
    assert_eq!(status("revoked", &issued), "revoked");
    assert_eq!(status("needs_approval", &json!({})), "needs_approval");
    // While a reissue is pending, the primary certificate is the old one.
    assert_eq!(status("reissue_pending", &issued), "issued");
    assert_eq!(status("reissue_pending", &json!({"id": 1})), "reissue_pending");
    assert_eq!(status("issued", &json!({"status": "expired"})), "expired");
    assert_eq!(status("pending", &json!({"status": ""})), "pending");
}

#[test]
fn a_certificate_is_revoked_if_one_of_its_rows_says_so() {
    // As "List orders" gives it: without a status, and the order is still `issued`.
    let order = order(&json!({"id": 1, "serial_number": "0A"}));
    let reissues = reissues(&[json!({"id": 1, "status": "revoked"}), json!({"id": 1})]);
    let found = order.certificates(&reissues, &Duplicates::default());
    assert_eq!(found[0].status, CertificateStatus::Revoked);
}

#[test]
fn a_copys_status_stays_with_the_copy() {
    let certificate = json!({
        "id": 7001, "status": "issued", "serial_number": "0A0B0C0D0E0F101112131415161718",
        "thumbprint": "00112233445566778899AABBCCDDEEFF00112233",
    });
    let mut copy = certificate.clone();
    (copy["id"], copy["status"]) = (json!(7002), json!("revoked"));
    let rows = reissues(&[certificate.clone(), copy]);
    let found = order(&certificate).certificates(&rows, &Duplicates::default());
    assert_eq!(ids(&found), [(Primary, 7001)]);
    assert_eq!(found[0].status, CertificateStatus::Issued);

    // The original's reaches it, also after the copy.
    let rows = [
        json!({"id": 2, "thumbprint": "AB", "status": "revoked"}),
        json!({"id": 1, "thumbprint": "ab", "status": "revoked"}),
    ];
    let order = order(&json!({"id": 1, "thumbprint": "AB", "status": "issued"}));
    let status = |rows: &[Value]| {
        order.certificates(&reissues(rows), &Duplicates::default()).remove(0).status
    };
    assert_eq!(status(&rows[..1]), CertificateStatus::Issued);
    assert_eq!(status(&rows), CertificateStatus::Revoked);
}

#[test]
fn one_serial_number_and_two_thumbprints_are_two_certificates() {
    let order: Order = serde_json::from_value(json!({"id": 7, "status": "issued"})).unwrap();
    let rows = duplicates(&[
        json!({"id": 1, "serial_number": "0A", "thumbprint": "A1", "status": "revoked"}),
        json!({"id": 2, "serial_number": "0A", "thumbprint": "A2", "status": "issued"}),
        json!({"id": 3, "serial_number": "0B", "thumbprint": "a:2"}), // the second's thumbprint
        json!({"id": 4, "serial_number": "0A"}),                      // no thumbprint: the first's
        json!({"id": 5, "serial_number": "0a", "thumbprint": ""}),
    ]);
    let found = order.certificates(&Reissues::default(), &rows);
    assert_eq!(ids(&found), [(Duplicate, 1), (Duplicate, 2)]);
    assert_eq!(found[0].status, CertificateStatus::Revoked);
    assert_eq!(found[1].status, CertificateStatus::Issued);
}

#[test]
fn an_order_without_a_certificate_has_those_of_its_lists() {
    let order: Order = serde_json::from_value(json!({"id": 7, "status": "issued"})).unwrap();
    assert_eq!(order.certificates(&Reissues::default(), &Duplicates::default()), []);
    let reissues = reissues(&[json!({"id": 2, "status": "rejected"})]);
    let found = order.certificates(&reissues, &duplicates(&[json!({"id": 3})]));
    assert_eq!(ids(&found), [(Reissue, 2), (Duplicate, 3)]);
    assert_eq!(found[0].status, CertificateStatus::Rejected);
}

fn order(certificate: &Value) -> Order {
    serde_json::from_value(json!({"id": 7, "status": "issued", "certificate": certificate}))
        .unwrap()
}

fn reissues(rows: &[Value]) -> Reissues {
    serde_json::from_value(list(rows)).unwrap()
}

fn duplicates(rows: &[Value]) -> Duplicates {
    serde_json::from_value(list(rows)).unwrap()
}

/// A list of these rows, with what every row has where they do not have it.
fn list(rows: &[Value]) -> Value {
    let rows = rows.iter().map(|row| {
        let mut whole = json!({"status": "issued", "date_created": "2026-01-01T00:00:00+00:00"});
        whole.as_object_mut().unwrap().extend(row.as_object().unwrap().clone());
        whole
    });
    json!({"certificates": rows.collect::<Vec<_>>()})
}

fn ids(certificates: &[OrderCertificate]) -> Vec<(CertificateRole, u64)> {
    certificates.iter().map(|one| (one.role, one.id.unwrap().0)).collect()
}
