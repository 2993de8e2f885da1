//! New orders and renewals: from the POST to the certificate.

mod client;
mod forms;
mod named;
mod refusals;
mod renewals;
mod terms;

use std::time::Duration;

use certcentral_sandbox::time;
use certcentral_sandbox::{LivingOrder, Sandbox, SandboxBuilder};
use serde_json::{Map, Value, json};

use crate::caller::{self, Result, csr, first_day, get, post};

const OV: &str = "ssl_basic";
const DV: &str = "ssl_dv_geotrust_flex";
const DAY: Duration = Duration::from_secs(24 * 3600);

/// A sandbox with a living order 7, for which `a.example` is validated.
fn builder() -> SandboxBuilder {
    caller::builder().order(LivingOrder::new(7, ["a.example"]))
}

/// One whose account knows no approval.
fn without_approval() -> Sandbox {
    builder().without_approval().start().unwrap()
}

/// Places an order of a year for a name, with further fields or others.
fn place(sandbox: &Sandbox, product: &str, name: &str, fields: Value) -> Result {
    let mut body: Map<String, Value> = serde_json::from_value(json!({
        "certificate": {
            "common_name": name, "dns_names": [name], "csr": csr(&[name]),
            "signature_hash": "sha256",
        },
        "organization": {"id": 31},
        "order_validity": {"years": 1},
        "dcv_method": "dns-txt-token",
    }))
    .unwrap();
    body.extend(serde_json::from_value::<Map<_, _>>(fields).unwrap());
    post(sandbox, &format!("/order/certificate/{product}"), &Value::Object(body))
}

/// Places an order that is accepted, and returns the response.
fn placed(sandbox: &Sandbox, product: &str, name: &str, fields: Value) -> Value {
    let (status, body) = place(sandbox, product, name, fields);
    assert_eq!(status, 201, "{body}");
    body
}

fn info(sandbox: &Sandbox, id: &Value) -> Value {
    let (status, body) = get(sandbox, &format!("/order/certificate/{id}"));
    assert_eq!(status, 200, "{body}");
    body
}

/// The row of the list of orders.
fn row(sandbox: &Sandbox, id: &Value) -> Value {
    get(sandbox, &format!("/order/certificate?filters[id]={id}")).1["orders"][0].clone()
}

fn in_days(days: i64) -> String {
    (first_day() + time::Duration::days(days)).to_string()
}
