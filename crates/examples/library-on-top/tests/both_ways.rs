//! The library with both clients against the sandbox: the findings are the same.

#![allow(clippy::unwrap_used, reason = "tests")]

use std::collections::BTreeSet;

use certcentral_core::{Api, ApiBuilder, ApiKey, BaseUrl, OrderId};
use certcentral_library_on_top::{Findings, asynchronous, blocking};
use certcentral_sandbox::{Sandbox, http::StatusCode};
use certcentral_transport_hyper as on_hyper;
use certcentral_transport_ureq as on_ureq;
use serde_json::{Value, json};
use time::{Date, Month};
use tokio::runtime;

#[test]
fn the_newest_issued_reissue_decides() {
    both_ways(|sandbox, find_due| {
        let Findings { due, failed, .. } = find_due(&[1, 2, 3, 4, 5]);
        let due: Vec<_> = due
            .into_iter()
            .map(|due| (due.order_id.0, due.certificate_id.0, due.common_name.unwrap()))
            .collect();
        assert_eq!(due, [(3, 31, "c.example".to_owned()), (1, 11, "a.example".to_owned())]);
        assert!(failed.is_empty());
        assert_eq!(asked(sandbox), BTreeSet::from([1, 2, 3, 4, 5]));
    });
}

#[test]
fn a_transient_failure_is_retried_and_a_final_one_is_reported() {
    both_ways(|sandbox, find_due| {
        sandbox.fail_next(StatusCode::BAD_GATEWAY, "<html>one moment, please</html>");
        sandbox.drop_next();
        let Findings { due, failed, .. } = find_due(&[1, 404, 3]);
        assert_eq!(due.iter().map(|due| due.order_id.0).collect::<Vec<_>>(), [3, 1]);
        let failed: Vec<_> =
            failed.iter().map(|(order_id, error)| (order_id.0, error.is_not_found())).collect();
        assert_eq!(failed, [(404, true)]);
        assert_eq!(sandbox.orders_asked().len(), 5);
    });
}

/// Runs `test` with each client: it gets a sandbox, and a function that calls the library.
fn both_ways(test: impl Fn(&Sandbox, &dyn Fn(&[u64]) -> Findings)) {
    let before = Date::from_calendar_date(2026, Month::December, 24).unwrap();
    let orders = |ids: &[u64]| ids.iter().copied().map(OrderId).collect::<Vec<_>>();

    let sandbox = sandbox();
    let client = on_ureq::Client::builder(api(&sandbox).build().unwrap())
        .root_certificates_pem(sandbox.ca_pem().unwrap().as_bytes())
        .build()
        .unwrap();
    test(&sandbox, &|ids| blocking::find_due(&client, orders(ids), before));

    let sandbox = self::sandbox();
    let client = on_hyper::Client::builder(api(&sandbox).build().unwrap())
        .root_certificates_pem(sandbox.ca_pem().unwrap().as_bytes())
        .build()
        .unwrap();
    let runtime = runtime::Builder::new_current_thread().enable_all().build().unwrap();
    test(&sandbox, &|ids| runtime.block_on(asynchronous::find_due(&client, orders(ids), before)));
}

fn sandbox() -> Sandbox {
    let pending = json!({"id": 19, "status": "pending", "date_created": "2026-11-01T00:00:00Z"});
    Sandbox::builder()
        .reissues(1, order(&[pending, issued(11, "a.example", "2025-12-24", "2026-12-23")]))
        .reissues(2, order(&[issued(21, "b.example", "2025-12-25", "2026-12-24")]))
        .reissues(3, order(&[issued(31, "c.example", "2025-12-01", "2026-11-30")]))
        // Replaced in time by a reissue that lives longer.
        .reissues(
            4,
            order(&[
                issued(41, "d.example", "2025-12-01", "2026-11-30"),
                issued(42, "d.example", "2026-11-01", "2027-11-01"),
            ]),
        )
        .reissues(5, "{}")
        .start()
        .unwrap()
}

fn order(rows: &[Value]) -> String {
    json!({"certificates": rows}).to_string()
}

fn issued(id: u64, name: &str, date: &str, valid_till: &str) -> Value {
    json!({"id": id, "status": "issued", "common_name": name, "valid_till": valid_till,
        "date_created": format!("{date}T00:00:00Z"), "date_issued": format!("{date}T01:00:00Z")})
}

fn api(sandbox: &Sandbox) -> ApiBuilder {
    Api::builder(ApiKey::new(sandbox.api_key()).unwrap())
        .base_url(BaseUrl::parse(&sandbox.base_url()).unwrap())
}

fn asked(sandbox: &Sandbox) -> BTreeSet<u64> {
    sandbox.orders_asked().into_iter().collect()
}
