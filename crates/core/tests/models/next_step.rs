//! What an order needs next.

use std::time::Duration;

use certcentral_core::{
    order::{NextStep, Order},
    time::{Date, Month, format_description::well_known::Iso8601},
};
use serde_json::{Value, json};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

#[test]
fn a_reissue_within_a_plan_waits_until_it_reaches_the_plans_end() {
    let plan =
        json!({"certificate": {"valid_till": "2026-12-28"}, "order_valid_till": "2027-06-13"});
    // 32 days before, because 199 more are then left; 90 would leave 58 of the plan uncovered.
    assert_eq!(step(&plan, 90), reissue("2026-11-26"));
    assert_eq!(step(&plan, 30), reissue("2026-11-28"));
    assert_eq!(step(&plan, 0), reissue("2026-12-28"));
}

#[test]
fn a_reissue_that_cannot_reach_the_plans_end_comes_in_time() {
    let plan =
        json!({"certificate": {"valid_till": "2026-12-28"}, "order_valid_till": "2028-06-13"});
    assert_eq!(step(&plan, 30), reissue("2026-11-28"));
    // It would, but with less than a week left.
    let plan =
        json!({"certificate": {"valid_till": "2026-12-28"}, "order_valid_till": "2027-07-13"});
    assert_eq!(step(&plan, 30), reissue("2026-11-28"));
}

#[test]
fn the_longest_validity_is_that_of_the_day_of_the_reissue() {
    let plan =
        json!({"certificate": {"valid_till": "2027-06-30"}, "order_valid_till": "2027-09-28"});
    // 99 days are in force from 15 March 2027 on.
    assert_eq!(step(&plan, 90), reissue("2027-06-21"));
    // With 199 the day before, the reissue reaches it.
    let plan =
        json!({"certificate": {"valid_till": "2027-05-01"}, "order_valid_till": "2027-09-01"});
    assert_eq!(step(&plan, 60), reissue("2027-03-02"));
    let plan =
        json!({"certificate": {"valid_till": "2029-05-01"}, "order_valid_till": "2029-06-01"});
    assert_eq!(step(&plan, 30), reissue("2029-04-16"));
}

#[test]
fn an_order_that_ends_with_its_certificate_is_renewed() {
    for valid_till in ["2026-12-27", "2026-12-28"] {
        let order =
            json!({"certificate": {"valid_till": valid_till}, "order_valid_till": "2026-12-28"});
        assert_eq!(step(&order, 30), renewal("2026-11-28"));
        assert_eq!(step(&order, 200), renewal("2026-09-29"), "no earlier than 90 days before");
    }
}

#[test]
fn what_is_due_is_due_from_its_day_on() {
    for step in [reissue("2026-11-28"), renewal("2026-11-28")] {
        let is_due = |day| step.is_due(date(day));
        let days = ["2026-11-27", "2026-11-28", "2026-11-29"];
        assert_eq!(days.map(is_due), [false, true, true]);
    }
    assert!(!NextStep::Nothing.is_due(Date::MAX) && !NextStep::Pending.is_due(Date::MAX));
}

#[test]
fn what_is_under_way_is_pending() {
    let pending = [
        json!({"status": "reissue_pending"}),
        json!({"status": "needs_approval"}),
        json!({"status": "pending", "certificate": null}),
        json!({"requests": [{"id": 1, "type": "reissue", "status": "pending"}]}),
    ];
    for change in pending {
        assert_eq!(step(&change, 30), NextStep::Pending, "{change}");
    }
    let approved = json!({"requests": [{"id": 1, "type": "reissue", "status": "approved"}]});
    assert_eq!(step(&approved, 30), reissue("2026-11-28"));
}

#[test]
fn what_is_over_needs_nothing() {
    let over = [
        json!({"status": "revoked"}),
        json!({"status": "canceled"}),
        json!({"status": "rejected"}),
        json!({"status": "expired"}),
        json!({"status": "a new word"}),
        json!({"is_renewed": true}),
        json!({"renewed_order_id": 8}),
        json!({"order_valid_till": "2026-11-28"}),
        json!({"certificate": {"valid_till": "2026-12-28", "status": "revoked"}}),
        json!({"certificate": {}}),
        json!({"certificate": null}),
        json!({"auto_reissue": true}),
        json!({"order_valid_till": "2026-12-28", "auto_renew": true}),
    ];
    for change in over {
        assert_eq!(step(&change, 30), NextStep::Nothing, "{change}");
    }
    // A certificate that has ended in a living order is due.
    assert_eq!(
        step(&json!({"certificate": {"valid_till": "2026-11-01"}}), 30),
        reissue("2026-10-02")
    );
    // Of an order whose end is not known, the certificate's counts.
    assert_eq!(step(&json!({"order_valid_till": null}), 30), reissue("2026-11-28"));
}

#[test]
fn no_margin_is_too_long() {
    for margin in [Duration::MAX, 10_000_000 * DAY, 500 * DAY] {
        let order = order(&json!({"order_valid_till": "2026-12-30"}));
        assert!(matches!(order.next_step(today(), margin), NextStep::Reissue { .. }));
    }
}

/// On 29 November 2026, of an issued order whose certificate ends on 28 December.
fn step(changes: &Value, margin: u32) -> NextStep {
    order(changes).next_step(today(), margin * DAY)
}

fn order(changes: &Value) -> Order {
    let mut order = json!({
        "id": 7, "status": "issued", "order_valid_till": "2028-06-13",
        "certificate": {"valid_till": "2026-12-28"},
    });
    for (name, value) in changes.as_object().unwrap() {
        order[name] = value.clone();
    }
    serde_json::from_value(order).unwrap()
}

fn today() -> Date {
    Date::from_calendar_date(2026, Month::November, 29).unwrap()
}

fn reissue(from: &str) -> NextStep {
    NextStep::Reissue { from: date(from) }
}

fn renewal(from: &str) -> NextStep {
    NextStep::Renew { from: date(from) }
}

fn date(text: &str) -> Date {
    Date::parse(text, &Iso8601::DATE).unwrap()
}
