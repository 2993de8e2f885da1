//! Renewals: an order that names the one before it.

use serde_json::{Value, json};

use super::{DAY, DV, builder, in_days, info, place, placed, without_approval};
use crate::caller::{code, put};

#[test]
fn a_renewal_links_both_orders() {
    let sandbox = without_approval();
    sandbox.advance(300 * DAY);
    let renewal = placed(&sandbox, super::OV, "a.example", json!({"renewal_of_order_id": 7}));
    let (old, new) = (info(&sandbox, &json!(7)), info(&sandbox, &renewal["id"]));
    assert_eq!((&old["is_renewed"], &old["renewed_order_id"]), (&json!(true), &new["id"]));
    assert_eq!((&new["is_renewal"], &new["renewal_of_order_id"]), (&json!(true), &json!(7)));
    assert_eq!((&new["is_renewed"], &new["renewed_order_id"]), (&json!(false), &json!(0)));
    let again = place(&sandbox, super::OV, "a.example", json!({"renewal_of_order_id": 7}));
    assert_eq!(code(&again), (400, "order_renewed_already"));
}

#[test]
fn what_was_left_of_the_old_order_comes_on_top() {
    let sandbox = without_approval();
    sandbox.advance(300 * DAY);
    let fields = json!({"renewal_of_order_id": 7, "order_validity": {"days": 100}});
    let renewal = placed(&sandbox, DV, "a.example", fields);
    sandbox.issue(renewal["id"].as_u64().unwrap());
    // Order 7 was placed 30 days before the start, for 365.
    let left = 334 - 300;
    assert_eq!(info(&sandbox, &renewal["id"])["order_valid_till"], in_days(300 + 99 + left));
}

#[test]
fn an_order_is_renewed_in_the_days_around_its_end() {
    for (days, expected) in [
        (1, (400, "order_not_eligible_for_renewal")),
        (243, (400, "order_not_eligible_for_renewal")),
        (244, (201, "none")),
        (424, (201, "none")),
        (425, (400, "order_not_eligible_for_renewal")),
    ] {
        let sandbox = without_approval();
        sandbox.advance(days * DAY);
        let renewal = place(&sandbox, DV, "a.example", json!({"renewal_of_order_id": "7"}));
        assert_eq!(code(&renewal), expected, "{days}");
    }
    let sandbox = without_approval();
    let pending = placed(&sandbox, DV, "new.example", json!({}));
    for (id, expected) in [
        (pending["id"].clone(), (400, "order_not_eligible_for_renewal")),
        (json!(8), (404, "not_found|order")),
    ] {
        let renewal = place(&sandbox, DV, "a.example", json!({"renewal_of_order_id": id}));
        assert_eq!(code(&renewal), expected);
    }
}

#[test]
fn order_0_and_null_are_none() {
    let sandbox = without_approval();
    for id in [json!(0), json!("0"), Value::Null] {
        let order = placed(&sandbox, DV, "a.example", json!({"renewal_of_order_id": id}));
        assert_eq!(info(&sandbox, &order["id"])["is_renewal"], false);
    }
}

#[test]
fn a_renewal_that_is_rejected_leaves_the_old_order_as_it_was() {
    let sandbox = builder().start().unwrap();
    sandbox.advance(300 * DAY);
    let renew = || placed(&sandbox, DV, "a.example", json!({"renewal_of_order_id": 7}));
    let path = format!("/request/{}/status", renew()["requests"][0]["id"]);
    assert_eq!(info(&sandbox, &json!(7))["is_renewed"], true);
    put(&sandbox, &path, &json!({"status": "rejected"}));
    assert_eq!(info(&sandbox, &json!(7))["is_renewed"], false);
    renew();
}
