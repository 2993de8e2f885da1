//! What can be read of a list that has unreadable rows.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

use bytes::Bytes;
use certcentral_core::{
    Api, ApiKey, CertificateId, Error, ListReissues, OrderId, Reissue, Reissues,
    order::{ChangedOrders, Orders},
};
use http::Response;

const GOOD: &str = r#"{"id": 1, "status": "issued", "date_created": "2019-04-08T17:33:26+00:00"}"#;

#[test]
fn the_other_rows_are_read_and_the_bad_ones_kept_as_they_were() {
    let bad = [
        (r#"{"id":2,"status":"issued","date_created":"yesterday"}"#, ".date_created"),
        (r#"{"id":3,"status":"issued"}"#, ".date_created"),
        ("null", ""),
        (
            r#"{"id":4,"status":"issued","date_created":"2019-04-08T17:33:26Z","dns_names":["a",{}]}"#,
            ".dns_names[1]",
        ),
    ];
    let rows: Vec<_> = bad.iter().flat_map(|(raw, _)| [*raw, GOOD]).collect();
    let salvaged = Reissues::salvage(list(&rows).as_bytes()).unwrap();
    let good: Reissue = serde_json::from_str(GOOD).unwrap();
    assert_eq!(salvaged.readable, vec![good; bad.len()]);
    for (i, (row, (raw, path))) in salvaged.unreadable.iter().zip(bad).enumerate() {
        assert_eq!((row.index, row.raw.as_str()), (2 * i, raw));
        assert_eq!(row.path, format!("certificates[{}]{path}", 2 * i));
        assert!(!row.error.to_string().is_empty());
    }
    assert_eq!(salvaged.unreadable.len(), bad.len());
}

#[test]
fn what_an_error_kept_can_be_salvaged_and_agrees_with_it() {
    let body = list(&[GOOD, r#"{"id": 7, "status": "issued", "date_created": 0}"#]);
    let api = Api::new(ApiKey::new("S3cretKey").unwrap());
    let answer = Response::new(Bytes::from(body));
    let error = api.parse_response(&ListReissues::new(OrderId(1)), answer).unwrap_err();
    let Error::Decode(error) = error else { panic!("{error:?}") };
    let salvaged = Reissues::salvage(error.body()).unwrap();
    assert_eq!(salvaged.readable[0].id, CertificateId(1));
    assert_eq!(salvaged.unreadable[0].path, error.path());
}

#[test]
fn a_good_list_is_salvaged_whole() {
    for (none, rows) in
        [("{}", 0), ("[]", 0), (r#"{"certificates": null}"#, 0), (&list(&[GOOD; 9]), 9)]
    {
        let salvaged = Reissues::salvage(none.as_bytes()).unwrap();
        assert_eq!((salvaged.readable.len(), salvaged.unreadable.len()), (rows, 0), "{none}");
    }
}

#[test]
fn where_rows_may_be_missing_nothing_is_salvaged() {
    let whole = list(&[GOOD, GOOD]);
    for end in 0..whole.len() {
        assert!(Reissues::salvage(&whole.as_bytes()[..end]).is_err(), "cut at {end}");
    }
    for body in ["<html>", r#"{"errors": []}"#, "[{}]", r#"{"certificates": {"a": {}}}"#] {
        assert!(Reissues::salvage(body.as_bytes()).is_err(), "{body}");
    }
    assert!(Reissues::salvage(b"{\"certificates\": [\"\xff\"]}").is_err());
}

#[test]
fn a_row_of_too_many_values_is_one_unreadable_row() {
    let many = format!(r#"{{"id": 2, "x": [{}0]}}"#, "[[]],".repeat(700_000));
    let salvaged = Reissues::salvage(list(&[GOOD, &many, GOOD]).as_bytes()).unwrap();
    assert_eq!(salvaged.readable.len(), 2);
    assert_eq!(salvaged.unreadable[0].path, "certificates[1]");
    assert!(salvaged.unreadable[0].error.to_string().contains("too many values"));
}

#[test]
fn a_page_of_orders_is_salvaged_whatever_its_total() {
    let body = br#"{"orders": [{"id": 1, "status": "issued"}, {"id": 2}], "page": {"total": 9}}"#;
    let salvaged = Orders::salvage(body).unwrap();
    assert_eq!(salvaged.readable[0].id, OrderId(1));
    assert_eq!(salvaged.readable.len(), 1);
    assert_eq!(salvaged.unreadable[0].path, "orders[1].status");
    // A list without pages has to be whole.
    assert!(ChangedOrders::salvage(br#"{"orders": [], "page": {"total": 9}}"#).is_err());
}

#[test]
fn a_row_nested_too_deep_is_one_unreadable_row() {
    let deep = format!(r#"{{"id": 1, "x": {}{}}}"#, "[".repeat(100_000), "]".repeat(100_000));
    let salvaged = Reissues::salvage(list(&[&deep, GOOD]).as_bytes()).unwrap();
    assert_eq!((salvaged.readable.len(), salvaged.unreadable.len()), (1, 1));
}

fn list(rows: &[&str]) -> String {
    format!(r#"{{"certificates": [{}]}}"#, rows.join(","))
}
