//! What an error says to do, where the status and the service's own words do not tell.

use certcentral_core::{OrderId, order::OrderInfo};

use crate::parse;

const PAGE: &str = "check what is between this program and the service";
const REDIRECT: &str = "redirects are not followed";
const ROUTE: &str = "there is no such route";
const STRANGER: &str = "this is not a response of the service";

#[test]
fn a_refusal_says_what_to_check() {
    let route = r#"{"errors": {"code": "not_found|route", "message": "No such route."}}"#;
    let order = r#"{"errors": [{"code": "not_found|order", "message": "No such order."}]}"#;
    for (status, body, advice) in [
        (301, "moved", Some(REDIRECT)),
        (302, "<html>", Some(REDIRECT)),
        (308, "", Some(REDIRECT)),
        (304, "", Some(STRANGER)),
        (404, route, Some(ROUTE)),
        (404, order, None),
        (403, order, None),
        (403, "<html>", Some(PAGE)),
        (404, "\u{feff}\n<!DOCTYPE html>", Some(PAGE)),
        (406, "<?xml version='1.0'?>", Some(PAGE)),
        (404, "Not Found", Some(STRANGER)),
        (404, "", Some(STRANGER)),
        (403, r#"{"message": "Forbidden"}"#, Some(STRANGER)),
        (404, r#"{"error": {"code": 404, "message": "Not Found"}}"#, Some(STRANGER)),
        (600, "", Some(STRANGER)),
        // Cut off, so it may be the service's.
        (403, &order[..40], None),
        (400, r#"{"errors": ["#, None),
        // A status that a proxy gives too.
        (429, "<html>", None),
        (502, "<html>", None),
        (503, "", None),
        (408, "Request Timeout", None),
    ] {
        let error = parse(&OrderInfo::new(OrderId(7)), status, body.to_owned()).unwrap_err();
        let said = error.to_string();
        for one in [PAGE, REDIRECT, ROUTE, STRANGER] {
            assert_eq!(said.contains(one), advice == Some(one), "{said}");
        }
    }
}

#[test]
fn a_response_that_cannot_be_read_says_what_to_check() {
    for (body, advice) in [
        ("<html>", Some(PAGE)),
        ("\u{feff} <p>", Some(PAGE)),
        ("OK", Some(STRANGER)),
        ("callback({})", Some(STRANGER)),
        ("", None),
        (r#"{"id": 7, "sta"#, None),
        (r#"{"id": 7}"#, None),
        ("null", None),
    ] {
        let error = parse(&OrderInfo::new(OrderId(7)), 200, body.to_owned()).unwrap_err();
        let said = error.to_string();
        for one in [PAGE, STRANGER] {
            assert_eq!(said.contains(one), advice == Some(one), "{said}");
        }
    }
}
