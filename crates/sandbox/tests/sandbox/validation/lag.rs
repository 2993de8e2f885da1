//! A new reissue that lists and order info do not show yet.

use std::time::Duration;

use certcentral_sandbox::{LivingOrder, Sandbox};
use serde_json::json;

use super::{NAMES, REISSUE, check, info, reissue, value};
use crate::caller::{get, rows};

const LAG: Duration = Duration::from_secs(30);

fn lagging(order: LivingOrder) -> Sandbox {
    Sandbox::builder().plain_http().list_lag(LAG).order(order).start().unwrap()
}

#[test]
fn a_reissue_is_missing_from_lists_and_order_info_at_first() {
    let sandbox = lagging(LivingOrder::new(7, NAMES));
    let row = || rows(get(&sandbox, "/order/certificate"), "orders").remove(0);
    let before = (info(&sandbox), row());
    let made = reissue(&sandbox).1;
    assert!(made["certificate_chain"].is_array(), "it is issued");
    assert_eq!((info(&sandbox), row()), before);
    assert_eq!(get(&sandbox, REISSUE).1, json!({}));
    let changes = "/order/certificate/status-changes?minutes=5";
    assert_eq!(get(&sandbox, changes).1, json!({}));

    sandbox.advance(LAG);
    assert_eq!(info(&sandbox)["certificate"]["id"], made["certificate_id"]);
    assert_eq!(row()["reissues_count"], 1);
    assert_eq!(rows(get(&sandbox, REISSUE), "certificates").len(), 1);
    assert_eq!(rows(get(&sandbox, changes), "orders").len(), 1);
}

#[test]
fn validation_and_downloads_do_not_lag() {
    let sandbox = lagging(LivingOrder::new(7, NAMES).dv());
    let made = reissue(&sandbox);
    sandbox.publish_txt("a.example", value(&made));
    assert_eq!(check(&sandbox).1["order_status"], "issued");
    assert_eq!(info(&sandbox)["status"], "issued");
    assert_ne!(info(&sandbox)["certificate"]["id"], made.1["certificate_id"]);
    let chain = get(&sandbox, &format!("/certificate/{}/chain", made.1["certificate_id"]));
    assert_eq!(chain.0, 200);
}

#[test]
fn each_reissue_lags_by_itself() {
    let sandbox = lagging(LivingOrder::new(7, NAMES));
    let first = reissue(&sandbox).1;
    sandbox.advance(LAG / 2);
    let second = reissue(&sandbox).1;
    sandbox.advance(LAG / 2);
    assert_eq!(info(&sandbox)["certificate"]["id"], first["certificate_id"]);
    sandbox.advance(LAG / 2);
    assert_eq!(info(&sandbox)["certificate"]["id"], second["certificate_id"]);
}
