//! An issuance: a new order is placed once, and then carried as a reissue is.

use std::time::Duration;

use certcentral_core::{
    Error, FailureKind, decode_json,
    http::Response,
    order::{NewOrder, Order},
    reissuance::{Checkpoint, Issuance, Progress, Reissuance},
};
use serde_json::{Value, json};

use crate::site::{Site, csr, error, pem, waiting};

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
fn an_order_that_is_not_shown_yet_is_looked_at_again() {
    let mut site = site();
    let mut issuance = Issuance::new(&site.api, new_order()).unwrap().lag(Duration::from_secs(60));
    assert!(matches!(site.next(&mut issuance), Ok(Progress::Requesting(_))));
    site.answer("POST order", 201, &json!({"id": 7, "certificate_id": 2}));
    site.answer("GET order", 404, &error("not_found|order"));
    site.pass(&mut issuance, 30);
    site.answer("GET order", 200, &order("issued", 2));
    site.answer_text("GET download", &pem("pem-noroot-for-plain"));
    assert!(matches!(site.next(&mut issuance), Ok(Progress::Issued(_))));
    // So it is after a kill; one that stays away is an error.
    let mut issuance = Issuance::resume(&site.api, issuance.checkpoint()).unwrap();
    site.answer("GET order", 404, &error("not_found|order"));
    site.pass(&mut issuance, 50);
    assert!(site.next(&mut issuance).unwrap_err().is_not_found());
}

#[test]
fn what_nothing_finds_for_the_lag_is_placed_again() {
    let mut site = site();
    let issuance = Issuance::new(&site.api, new_order()).unwrap().lag(Duration::from_secs(60));
    let mut resumed = Issuance::resume(&site.api, issuance.checkpoint()).unwrap();
    let start = site.now;
    assert!(matches!(site.next(&mut resumed), Ok(Progress::Requesting(_))));
    assert_eq!(site.now, start + Duration::from_secs(60), "and no later");
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
    let renewal = renewal(json!({"validity_years": 2}));
    let mut site = site();
    let mut issuance = Issuance::new(&site.api, renewal).unwrap();
    let Ok(Progress::Requesting(plan)) = site.next(&mut issuance) else { panic!() };
    assert_eq!((&*plan.kept, &*plan.added), (&names().map(String::from)[..], &[][..]));
    site.answer("POST order", 403, &error("access_denied"));
    assert!(matches!(site.next(&mut issuance), Err(Error::Api(_))));
    let sent = &site.sent["POST order"];
    assert_eq!(sent["renewal_of_order_id"], 7);
    assert_eq!(
        (&sent["organization"]["id"], &sent["order_validity"]["years"]),
        (&json!(31), &json!(2))
    );
    assert_eq!(sent["certificate"]["dns_names"], json!(names()));
    assert_eq!(sent["dcv_method"], "dns-txt-token", "no program can follow an email");
}

#[test]
fn a_renewal_says_what_it_changes() {
    let mut site = site();
    let order = renewal(json!({})).dns_names(["WWW.example.com", "new.example.com"]);
    let order = order.common_name("new.example.com").years(1);
    let mut issuance = Issuance::new(&site.api, order).unwrap();
    let checkpoint = serde_json::to_string(&issuance.checkpoint()).unwrap();
    let Ok(Progress::Requesting(plan)) = site.next(&mut issuance) else { panic!() };
    assert_eq!(
        (&*plan.kept, &*plan.added),
        (&["www.example.com".to_owned()][..], &["new.example.com".to_owned()][..])
    );
    assert_eq!(plan.removed, ["shop.example.com"]);
    // So does one that goes on from a checkpoint, as what carries reissues too.
    let checkpoint: Checkpoint = serde_json::from_str(&checkpoint).unwrap();
    assert_eq!((checkpoint.order_id(), checkpoint.renewal_of()), (None, Some(7.into())));
    let mut resumed = Reissuance::resume(&site.api, checkpoint).unwrap().lag(Duration::ZERO);
    assert_eq!(resumed.order_id(), None);
    let Ok(Progress::Requesting(again)) = site.next(&mut resumed) else { panic!() };
    assert_eq!(again, plan);
}

#[test]
fn a_short_order_is_renewed_for_as_many_days() {
    let mut site = site();
    let order = renewal(json!({"validity_years": 1, "validity_days": 90}));
    let mut issuance = Issuance::new(&site.api, order).unwrap();
    assert!(matches!(site.next(&mut issuance), Ok(Progress::Requesting(_))));
    site.answer("POST order", 403, &error("access_denied"));
    site.next(&mut issuance).unwrap_err();
    assert_eq!(site.sent["POST order"]["order_validity"], json!({"days": 90}));
}

#[test]
fn what_lacks_something_is_not_renewed() {
    let whole = json!({
        "id": 7, "status": "issued", "product_name_id": "ssl_basic", "number_of_sans": 2,
        "organization": {"id": 31}, "certificate": {"common_name": "A.example", "dns_names": ["b.example"]},
    });
    let renewal = |change: Value| {
        let mut order = whole.clone();
        order.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        let order: Order = serde_json::from_value(order).unwrap();
        NewOrder::renewal(&order, csr("plain")).map_err(|error| error.to_string())
    };
    assert!(renewal(json!({})).is_ok() && renewal(json!({"organization": null})).is_ok());
    for change in [
        json!({"product_name_id": null}),
        json!({"number_of_sans": 3}),
        json!({"organization": {"name": "Example Ltd"}}),
    ] {
        assert!(renewal(change).unwrap_err().contains("get it with OrderInfo"));
    }
}

#[test]
fn a_list_of_changes_tells_that_an_order_is_issued() {
    let mut site = site();
    let issuance = Issuance::new(&site.api, new_order()).unwrap();
    let mut issuance = issuance.first_look(Duration::from_secs(60));
    assert!(matches!(site.next(&mut issuance), Ok(Progress::Requesting(_))));
    site.answer("POST order", 201, &json!({"id": 7, "certificate_id": 2}));
    site.pass(&mut issuance, 30);
    assert!(issuance.is_requested() && issuance.next_look().is_some());
    let change = json!({"order_id": 7, "status": "issued", "certificate_id": 2});
    issuance.changed(&serde_json::from_value(change).unwrap());
    site.answer_text("GET download", &pem("pem-noroot-for-plain"));
    assert!(matches!(site.next(&mut issuance), Ok(Progress::Issued(_))));
    assert_eq!(site.total(), 3, "a search, the order, a download");
}

/// The renewal of an order of which this is known besides.
fn renewal(fields: Value) -> NewOrder {
    let mut old = order("issued", 2);
    old["product"] = json!({"name_id": "ssl_basic"});
    old["organization"] = json!({"id": 31});
    let Value::Object(fields) = fields else { panic!() };
    old.as_object_mut().unwrap().extend(fields);
    let old: Order = decode_json(&Response::new(old.to_string().into())).unwrap();
    NewOrder::renewal(&old, csr("plain")).unwrap().alternative_order_id("shop-2026")
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
