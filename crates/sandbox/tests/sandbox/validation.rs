//! Validation: what a reissue waits for, and how control of its names is shown.

mod automatic;
mod client;
mod domains;
mod lag;
mod methods;
mod reissue;
mod scopes;

use std::time::Duration;

use certcentral_sandbox::time::Date;
use certcentral_sandbox::{LivingOrder, Sandbox};
use serde_json::{Value, json};

use crate::caller::{self, Result, csr, first_day, get, post, put};

const NAMES: [&str; 2] = ["a.example", "www.a.example"];
const REISSUE: &str = "/order/certificate/7/reissue";
const MINUTE: Duration = Duration::from_secs(60);
const DAY: Duration = Duration::from_secs(24 * 3600);

/// A sandbox with a DV order, 7.
fn dv() -> Sandbox {
    start(LivingOrder::new(7, NAMES).dv())
}

fn start(order: LivingOrder) -> Sandbox {
    caller::builder().order(order).start().unwrap()
}

/// The last day of something that ended yesterday.
fn yesterday() -> Date {
    first_day().previous_day().unwrap()
}

/// Reissues order 7 under a new key.
fn reissue(sandbox: &Sandbox) -> Result {
    reissue_with(sandbox, &NAMES, json!({}))
}

/// Reissues order 7 for other names, with further fields.
fn reissue_with(sandbox: &Sandbox, names: &[&str], fields: Value) -> Result {
    let mut body = reissue_body(names, true);
    let fields: serde_json::Map<_, _> = serde_json::from_value(fields).unwrap();
    body.as_object_mut().unwrap().extend(fields);
    post(sandbox, REISSUE, &body)
}

fn reissue_body(names: &[&str], skip_approval: bool) -> Value {
    json!({"certificate": {"csr": csr(names)}, "skip_approval": skip_approval})
}

/// The value of a response, as a text.
fn value((_, body): &Result) -> String {
    body["dcv_random_value"].as_str().unwrap().to_owned()
}

fn check(sandbox: &Sandbox) -> Result {
    put(sandbox, "/order/certificate/7/check-dcv", &Value::Null)
}

fn change_method(sandbox: &Sandbox, method: &str) -> Result {
    put(sandbox, "/order/certificate/7/dcv-method", &json!({"dcv_method": method}))
}

fn info(sandbox: &Sandbox) -> Value {
    get(sandbox, "/order/certificate/7").1
}

fn validation(sandbox: &Sandbox) -> Value {
    get(sandbox, "/order/certificate/7/validation").1
}
