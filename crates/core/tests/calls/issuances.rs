//! An issuance: a new order is placed once, and then carried as a reissue is.

use std::time::Duration;

use certcentral_core::{
    Error, FailureKind,
    order::{NewOrder, Order},
    reissuance::{Issuance, Progress},
};
use serde_json::{Value, json};

use crate::reissuances::{Site, csr, error, pem, waiting};

#[test]
fn an_order_is_placed_once_and_followed_to_its_certificate() {
    let mut site = site();
    let mut issuance = Issuance::new(&site.api, new_order()).unwrap();
    let Ok(Progress::Requesting(plan)) = site.next(&mut issuance) else { panic!() };
    assert_eq!((&plan.names[..], plan.added), (&names().map(String::from)[..], plan.names.clone()));
    site.answer(
        "POST order",
        201,
        &json!({"id": 7, "requests": [{"id": 55, "status": "pending"}]}),
    );
    assert_eq!(site.next(&mut issuance).unwrap(), Progress::Approval(55.into()));
    assert_eq!(issuance.order_id(), Some(7.into()));
    assert_eq!(site.sent["POST order"]["certificate"]["dns_names"], json!(names()));
    site.answer(
        "GET request",
        200,
        &json!({"id": 55, "type": "new_request", "status": "approved"}),
    );
    site.answer("GET order", 200, &order("pending", 2));
    site.answer("GET validation", 200, &pending(waiting("dns-txt-token")));
    site.answer("PUT dcv-random-value", 200, &json!({"dcv_random_value": "a"}));
    assert!(matches!(site.next(&mut issuance), Ok(Progress::Validation(_))));
    site.answer("PUT check-dcv", 200, &json!({"order_status": "issued", "certificate_id": 2}));
    site.answer("GET order", 200, &order("issued", 2));
    site.answer_text("GET download", &pem("pem-noroot-for-plain"));
    let Ok(Progress::Issued(issued)) = site.next(&mut issuance) else { panic!() };
    assert_eq!((issued.certificate_id, site.count("POST order")), (Some(2.into()), 1));
    assert!(issuance.is_finished());
}

#[test]
fn a_lost_answer_is_found_by_the_reference_and_the_csr() {
    let mut site = site();
    let mut issuance = Issuance::new(&site.api, new_order()).unwrap().lag(Duration::from_secs(60));
    assert!(matches!(site.next(&mut issuance), Ok(Progress::Requesting(_))));
    let checkpoint = issuance.checkpoint();
    site.fails.insert("POST order", FailureKind::Closed);
    site.pass(&mut issuance, 20);
    assert!(issuance.last_error().unwrap().may_have_taken_effect());
    let found = json!({"orders": [{"order_id": 7, "status": "issued"}]});
    site.answer("GET alternate", 200, &found);
    site.answer("GET order", 200, &order("issued", 2));
    site.answer_text("GET download", &pem("pem-noroot-for-plain"));
    assert!(matches!(site.next(&mut issuance), Ok(Progress::Issued(_))));
    assert_eq!(issuance.order_id(), Some(7.into()));
    // So is it after a kill, and from the beginning.
    let mut resumed = Issuance::resume(&site.api, checkpoint).unwrap();
    assert!(matches!(site.next(&mut resumed), Ok(Progress::Issued(_))));
    let mut anew = Issuance::new(&site.api, new_order()).unwrap();
    assert!(matches!(site.next(&mut anew), Ok(Progress::Issued(_))));
    assert_eq!(site.count("POST order"), 1);
}

#[test]
fn what_nothing_finds_for_the_lag_is_placed_again() {
    let mut site = site();
    let issuance = Issuance::new(&site.api, new_order()).unwrap().lag(Duration::from_secs(60));
    let mut resumed = Issuance::resume(&site.api, issuance.checkpoint()).unwrap();
    let start = site.now;
    assert!(matches!(site.next(&mut resumed), Ok(Progress::Requesting(_))));
    assert!(site.now >= start + Duration::from_secs(60));
}

#[test]
fn another_order_with_the_reference_is_an_error() {
    let mut site = site();
    site.answer("GET alternate", 200, &json!({"orders": [{"order_id": 7, "status": "issued"}]}));
    let mut other = order("issued", 2);
    other["certificate"]["csr"] = json!(csr("cn-only"));
    site.answer("GET order", 200, &other);
    let mut issuance = Issuance::new(&site.api, new_order()).unwrap();
    let problem = site.next(&mut issuance).unwrap_err().to_string();
    assert!(
        problem.contains("order 7 has this alternative order id, and another CSR"),
        "{problem}"
    );
    let mut again = Issuance::new(&site.api, new_order()).unwrap().again(true);
    assert!(matches!(site.next(&mut again), Ok(Progress::Requesting(_))));
    other["status"] = json!("canceled");
    site.answer("GET order", 200, &other);
    let mut issuance = Issuance::new(&site.api, new_order()).unwrap();
    assert!(matches!(site.next(&mut issuance), Ok(Progress::Requesting(_))));
}

#[test]
fn an_order_without_a_reference_is_refused() {
    let site = site();
    let order = NewOrder::new("ssl_basic", csr("plain")).common_name("shop.example.com").years(1);
    let problem = Issuance::new(&site.api, order).unwrap_err().to_string();
    assert!(problem.contains("no alternative order id"), "{problem}");
}

#[test]
fn what_is_rejected_has_its_reason() {
    let mut site = site();
    site.answer(
        "GET alternate",
        200,
        &json!({"orders": [{"order_id": 7, "status": "needs_approval"}]}),
    );
    let mut waiting = order("needs_approval", 0);
    waiting["requests"] = json!([{"id": 55, "type": "new_request", "status": "pending"}]);
    site.answer("GET order", 200, &waiting);
    site.answer("PUT status", 403, &error("access_denied|invalid_approver"));
    let rejected =
        json!({"id": 55, "type": "new_request", "status": "rejected", "processor_comment": "no"});
    site.answer("GET request", 200, &rejected);
    let mut issuance = Issuance::new(&site.api, new_order()).unwrap().approve(true);
    let end = Progress::Rejected { reason: Some("no".to_owned()) };
    assert_eq!(site.next(&mut issuance).unwrap(), end);
}

#[test]
fn a_renewal_carries_names_organization_and_product_over() {
    let mut old = order("issued", 2);
    old["product"] = json!({"name_id": "ssl_basic"});
    old["organization"] = json!({"id": 31});
    old["validity_years"] = json!(2);
    let old: Order = serde_json::from_value(old).unwrap();
    let renewal = NewOrder::renewal(&old, csr("plain")).unwrap().alternative_order_id("shop-2026");
    let mut site = site();
    let mut issuance = Issuance::new(&site.api, renewal).unwrap();
    assert!(matches!(site.next(&mut issuance), Ok(Progress::Requesting(_))));
    site.answer("POST order", 403, &error("access_denied"));
    assert!(matches!(site.next(&mut issuance), Err(Error::Api(_))));
    let sent = &site.sent["POST order"];
    assert_eq!(sent["renewal_of_order_id"], 7);
    assert_eq!(
        (&sent["organization"]["id"], &sent["order_validity"]["years"]),
        (&json!(31), &json!(2))
    );
    assert_eq!(sent["certificate"]["dns_names"], json!(names()));
}

fn site() -> Site {
    let mut site = Site::new(&json!({}), &json!({}));
    site.answer("GET alternate", 200, &json!({}));
    site
}

fn new_order() -> NewOrder {
    let [common_name, other] = names();
    let order =
        NewOrder::new("ssl_basic", csr("plain")).common_name(common_name).dns_names([other]);
    order.years(1).alternative_order_id("shop-2026")
}

fn names() -> [&'static str; 2] {
    ["shop.example.com", "www.example.com"]
}

fn order(status: &str, certificate: u64) -> Value {
    json!({"id": 7, "status": status, "certificate": {
        "id": certificate, "common_name": names()[0], "dns_names": names(), "csr": csr("plain"),
    }})
}

fn pending(mut validation: Value) -> Value {
    validation["order_status"] = json!("pending");
    validation
}
