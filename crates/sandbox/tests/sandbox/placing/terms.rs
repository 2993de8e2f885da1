//! What is ordered: products, and how long orders and certificates last.

use serde_json::{Value, json};

use super::{DAY, DV, OV, builder, in_days, info, placed, row, without_approval};
use crate::caller::{first_day, get, put};

#[test]
fn a_year_is_a_plan_of_certificates_of_199_days() {
    let sandbox = without_approval();
    let order = placed(&sandbox, OV, "a.example", json!({}));
    let (info, row) = (info(&sandbox, &order["id"]), row(&sandbox, &order["id"]));
    let end = first_day().replace_year(first_day().year() + 1).unwrap().to_string();
    assert_eq!((&info["order_valid_till"], &row["order_valid_till"]), (&json!(end), &json!(end)));
    assert_eq!(info["certificate"]["valid_till"], in_days(198), "and no error says so");
    assert_eq!(
        (&row["is_multi_year_plan"], &row["order_validity"]),
        (&json!("1"), &json!({"years": 1}))
    );

    let years = placed(&sandbox, OV, "a.example", json!({"order_validity": {"years": "3"}}));
    let years = super::row(&sandbox, &years["id"]);
    assert_eq!(
        (&years["validity_years"], &years["order_validity"]),
        (&json!(3), &json!({"years": 3}))
    );
}

#[test]
fn certificates_and_validations_get_shorter_over_the_years() {
    for (days, validity) in [(347, 199), (348, 99), (1078, 99), (1079, 46)] {
        let sandbox = builder().without_approval().start().unwrap();
        sandbox.advance(days * DAY);
        let order = placed(&sandbox, DV, "new.example", json!({"dcv_method": "dns-txt-token"}));
        sandbox.publish_txt("new.example", order["dcv_random_value"].as_str().unwrap());
        put(&sandbox, &format!("/order/certificate/{}/check-dcv", order["id"]), &Value::Null);
        let certificate = &info(&sandbox, &order["id"])["certificate"];
        assert_eq!(certificate["valid_till"], in_days(i64::from(days) + validity - 1), "{days}");
    }
    for (days, reuse) in [(347, 199), (348, 99), (1079, 9)] {
        let sandbox = builder().without_approval().start().unwrap();
        sandbox.advance(days * DAY);
        let order = placed(&sandbox, OV, "new.example", json!({}));
        sandbox.publish_txt("new.example", order["dcv_random_value"].as_str().unwrap());
        put(&sandbox, &format!("/order/certificate/{}/check-dcv", order["id"]), &Value::Null);
        sandbox.advance((reuse - 1) * DAY + DAY / 2);
        let is_issued =
            || placed(&sandbox, OV, "new.example", json!({}))["certificate_chain"].is_array();
        assert!(is_issued(), "{days}");
        sandbox.advance(DAY / 2);
        assert!(!is_issued(), "{days}");
    }
}

#[test]
fn a_short_order_counts_its_first_day_and_is_no_plan() {
    let sandbox = without_approval();
    let order = placed(&sandbox, OV, "a.example", json!({"order_validity": {"days": 90}}));
    let row = row(&sandbox, &order["id"]);
    assert_eq!(row["order_valid_till"], in_days(89));
    assert_eq!(row["certificate"]["valid_till"], in_days(89), "nothing is left to reissue into");
    assert_eq!(row["validity_days"], 90);
    for plan in ["is_multi_year_plan", "order_validity"] {
        assert_eq!(row[plan], Value::Null, "{plan}");
    }
    assert_eq!(row["certificate"]["cert_validity"], Value::Null);
}

#[test]
fn a_shorter_certificate_leaves_the_order_as_it_is() {
    let sandbox = without_approval();
    let order = |fields: Value| {
        let mut certificate = json!({
            "common_name": "a.example", "csr": crate::caller::csr(&["a.example"]),
        });
        certificate["cert_validity"] = fields;
        let order = placed(&sandbox, OV, "a.example", json!({"certificate": certificate}));
        info(&sandbox, &order["id"])["certificate"].clone()
    };
    let certificate = order(json!({"days": 31}));
    assert_eq!(certificate["valid_till"], in_days(30));
    assert_eq!(certificate["cert_validity"], json!({"days": 31}));
    assert_eq!(order(json!({"years": 1}))["valid_till"], in_days(198));
}

#[test]
fn an_order_lasts_from_its_issuance_to_its_own_end() {
    let sandbox = without_approval();
    let order = placed(&sandbox, DV, "new.example", json!({}));
    sandbox.advance(5 * DAY);
    sandbox.publish_txt("new.example", order["dcv_random_value"].as_str().unwrap());
    put(&sandbox, &format!("/order/certificate/{}/check-dcv", order["id"]), &Value::Null);
    let issued = info(&sandbox, &order["id"]);
    assert_eq!(issued["certificate"]["valid_till"], in_days(5 + 198));
    sandbox.advance(300 * DAY);
    let status = || info(&sandbox, &order["id"])["status"].clone();
    assert_eq!(status(), "issued", "its certificate has ended");
    sandbox.advance(70 * DAY);
    assert_eq!(status(), "expired");
}

#[test]
fn a_retired_product_is_shown_as_its_successor() {
    let sandbox = without_approval();
    for (ordered, shown) in [
        ("ssl_plus", OV),
        ("ssl_ev_multi_domain", "ssl_ev_basic"),
        ("ssl", OV),
        ("ssl_securesite_flex", "ssl_securesite_flex"),
        ("ssl_dv_rapidssl", "ssl_dv_rapidssl"),
    ] {
        let order = placed(&sandbox, ordered, "a.example", json!({}));
        assert_eq!(info(&sandbox, &order["id"])["product"]["name_id"], shown, "{ordered}");
    }
    let hint = json!({"product": {"type_hint": "private"}, "order_validity": {"years": 2}});
    let private = placed(&sandbox, "ssl", "a.example", hint);
    let private = info(&sandbox, &private["id"]);
    assert_eq!(private["product"]["name_id"], "private_ssl_flex");
    assert_eq!(private["certificate"]["valid_till"], private["order_valid_till"], "no 199 days");
}

#[test]
fn several_orders_can_have_one_alternative_id() {
    let sandbox = builder().without_approval().list_lag(DAY / 24).start().unwrap();
    let order = |id: &str| placed(&sandbox, DV, "new.example", json!({"alternative_order_id": id}));
    let (first, _, third) = (order("PO 7/3+"), order("PO 7/3"), order("PO 7/3+"));
    let look = || get(&sandbox, "/order/alternate/PO%207%2F3+").1;
    assert_eq!(look()["page"]["total"], 0, "nothing promises that it is there at once");
    sandbox.advance(DAY / 24);
    let ids: Vec<_> =
        look()["orders"].as_array().unwrap().iter().map(|it| it["order_id"].clone()).collect();
    assert_eq!(ids, [first["id"].clone(), third["id"].clone()]);
    assert_eq!(look()["orders"][0]["status"], "pending");
    assert_eq!(info(&sandbox, &first["id"])["alternative_order_id"], "PO 7/3+");
    assert_eq!(get(&sandbox, "/order/alternate/none").1["orders"], Value::Null);
}
