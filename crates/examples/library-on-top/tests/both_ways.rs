//! The library with both clients against the sandbox: the findings are the same.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use std::collections::BTreeSet;

use certcentral_core::{Api, ApiBuilder, ApiKey, BaseUrl, OrderId};
use certcentral_library_on_top::{Findings, asynchronous, blocking};
use certcentral_sandbox::{
    Sandbox,
    http::{Method, Response, StatusCode},
};
use certcentral_transport_hyper as on_hyper;
use certcentral_transport_ureq as on_ureq;
use serde_json::{Value, json};
use time::{Date, Month};
use tokio::runtime;

#[test]
fn the_primary_certificate_decides() {
    both_ways(|sandbox, find_due| {
        let Findings { due, failed, .. } = find_due(&[1, 2, 3, 4, 5, 6]);
        let due: Vec<_> = due
            .into_iter()
            .map(|due| (due.order_id.0, due.certificate_id.0, due.common_name.unwrap()))
            .collect();
        assert_eq!(due, [(3, 31, "c.example".to_owned()), (1, 11, "a.example".to_owned())]);
        assert!(failed.is_empty());
        assert_eq!(asked(sandbox), BTreeSet::from([1, 2, 3, 4, 5, 6]));
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
    [
        // Never reissued, and while a reissue is pending.
        order(
            1,
            "issued",
            &json!({"id": 11, "common_name": "a.example", "valid_till": "2026-12-23"}),
        ),
        order(
            2,
            "issued",
            &json!({"id": 21, "common_name": "b.example", "valid_till": "2026-12-24"}),
        ),
        order(
            3,
            "reissue_pending",
            &json!({"id": 31, "common_name": "c.example", "valid_till": "2026-11-30"}),
        ),
        order(4, "revoked", &json!({"id": 41, "valid_till": "2026-11-30"})),
        order(5, "issued", &json!({"id": 51, "valid_till": "2026-11-30", "status": "revoked"})),
        order(6, "pending", &json!({"id": 61, "serial_number": null})),
    ]
    .into_iter()
    .fold(Sandbox::builder(), |sandbox, order| {
        let path = format!("/order/certificate/{}", order["id"]);
        sandbox.respond(Method::GET, path, Response::new(order.to_string().into()))
    })
    .start()
    .unwrap()
}

fn order(id: u64, status: &str, certificate: &Value) -> Value {
    let mut certificate = certificate.clone();
    certificate.as_object_mut().unwrap().entry("serial_number").or_insert(json!("0A"));
    json!({"id": id, "status": status, "certificate": certificate})
}

fn api(sandbox: &Sandbox) -> ApiBuilder {
    Api::builder(ApiKey::new(sandbox.api_key()).unwrap())
        .base_url(BaseUrl::parse(&sandbox.base_url()).unwrap())
}

fn asked(sandbox: &Sandbox) -> BTreeSet<u64> {
    sandbox.orders_asked().into_iter().collect()
}
