//! Orders that end are renewed, if that is asked for.

use std::fs;

use certcentral_sandbox::{
    LivingOrder, RecordedRequest, Sandbox,
    http::{Method, StatusCode},
};
use certcentral_transport_ureq::{
    OrderId,
    order::{NewOrder, Order, OrderInfo},
};
use rcgen::KeyPair;
use serde_json::{Value, json};

use crate::due::{day, due};
use crate::files::csr;
use crate::service::{client, requests, skip};
use crate::{PROGRAM, temp_dir};

const ARGS: [&str; 7] = ["--due", "30", "--renew", "--interval", "0.05", "--timeout", "20"];

/// Returns an order that ends with its certificate.
fn ending(id: u64) -> LivingOrder {
    LivingOrder::new(id, ["a.example.com", "b.example.com"])
        .valid_till(day(20))
        .order_valid_till(day(20))
}

fn sandbox(order: LivingOrder) -> Sandbox {
    Sandbox::builder().without_rate_limit().order(order).start().unwrap()
}

/// Returns the bodies of the requests for a new order.
fn placed(sandbox: &Sandbox) -> Vec<Value> {
    let is_order = |it: &&RecordedRequest| {
        it.method == Method::POST && it.uri.path().ends_with("/order/certificate/ssl_basic")
    };
    let requests = sandbox.requests();
    let bodies = requests.iter().filter(is_order).map(|it| serde_json::from_slice(&it.body));
    bodies.map(Result::unwrap).collect()
}

/// Returns the order that renews another.
fn renewal_of(sandbox: &Sandbox, id: u64) -> Order {
    let client = client(sandbox);
    let renewed = client.send(OrderInfo::new(OrderId(id))).unwrap();
    let order = client.send(OrderInfo::new(renewed.renewed_order_id.unwrap())).unwrap();
    assert_eq!(order.renewal_of_order_id, Some(OrderId(id)));
    order
}

#[test]
fn a_dry_run_shows_the_renewal() {
    let (dir, sandbox) = (temp_dir("renew-dry"), sandbox(ending(4)));
    let run = dir.start(PROGRAM, &sandbox, &[&ARGS[..], &["--dry-run"]].concat()).end();
    let row =
        "4  a.example.com  plan  a new order, which renews it: a.example.com, b.example.com\n";
    assert_eq!((run.code, &*run.stdout), (Some(0), row), "{}", run.stderr);
    assert!(dir.files().is_empty());
    assert!(requests(&sandbox).iter().all(|line| line.starts_with("GET ")));
}

#[test]
fn an_order_is_renewed_once_and_its_files_keep_their_names() {
    let (dir, sandbox) = (temp_dir("renew"), sandbox(ending(4)));
    let args = [&ARGS[..], &["--live", "live/{order}", "--directory", "all"]].concat();
    let run = dir.start(PROGRAM, &sandbox, &args).end();
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    let new = renewal_of(&sandbox, 4);
    let said = format!("4  a.example.com  issued  renewed by order {}, valid until ", new.id);
    assert!(run.stdout.starts_with(&said), "{}", run.stdout);
    let bodies = placed(&sandbox);
    assert_eq!(bodies.len(), 1);
    let body = &bodies[0];
    assert_eq!(body["certificate"]["dns_names"], json!(["a.example.com", "b.example.com"]));
    assert_eq!(body["certificate"]["csr"], dir.read("live/4/4.csr"));
    assert_eq!(
        (&body["renewal_of_order_id"], &body["organization"]["id"]),
        (&json!(4), &json!(31))
    );
    // As many days as the list tells.
    assert_eq!(
        (&body["order_validity"], &body["dcv_method"]),
        (&json!({"days": 199}), &json!("dns-txt-token"))
    );
    assert!(dir.path("live/4/4.key").exists() && !dir.path("live/4/4.json").exists());
    assert_eq!(dir.read(&format!("all/{}.name", new.id)), "4\n");

    let run = dir.start(PROGRAM, &sandbox, &args).end();
    assert_eq!((run.code, &*run.stdout), (Some(0), ""), "{}", run.stderr);
    assert_eq!(placed(&sandbox).len(), 1);
}

#[test]
fn reissues_of_the_new_order_serve_those_of_the_old_one() {
    let (dir, sandbox) = (temp_dir("renew-name"), sandbox(due(9, "a.example.com")));
    fs::create_dir(dir.path("all")).unwrap();
    dir.write("all/9.name", "4\n");
    let args = ["--due", "--live", "live/{order}", "--directory", "all", "--timeout", "20"];
    // It is gone on with, too.
    sandbox.hold_issuance(true);
    let run = dir.start(PROGRAM, &sandbox, &[&args[..6], &["1"]].concat()).end();
    assert_eq!((run.code, run.stdout.starts_with("9  a.example.com  waits")), (Some(1), true));
    sandbox.hold_issuance(false);
    let run = dir.start(PROGRAM, &sandbox, &args).end();
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert!(run.stdout.starts_with("9  a.example.com  issued  "), "{}", run.stdout);
    assert!(dir.path("live/4/4.pem").exists() && !dir.path("live/9").exists());
    let posts = requests(&sandbox).into_iter().filter(|line| line.starts_with("POST "));
    assert_eq!(posts.collect::<Vec<_>>(), ["POST /services/v2/order/certificate/9/reissue"]);
}

#[test]
fn a_renewal_that_is_killed_at_any_step_is_one_order() {
    let whole = sandbox(ending(4));
    let dir = temp_dir("renew-whole");
    assert_eq!(dir.start(PROGRAM, &whole, &ARGS).end().code, Some(0));
    let requests = requests(&whole);
    // A slow run also lists changes.
    let steps = requests.iter().filter(|line| !line.contains("status-changes")).count();
    assert!(steps >= 5, "two lists, an order, its approval, a download");
    let args = [&ARGS[..], &["--lag", "0.2"]].concat();
    for step in 0..steps {
        let (dir, sandbox) = (temp_dir(&format!("renew-killed-{step}")), sandbox(ending(4)));
        skip(&sandbox, step);
        let held = sandbox.hold_next();
        let mut running = dir.start(PROGRAM, &sandbox, &args);
        let held = running.wait_for(held);
        running.kill();
        drop(held);
        let run = dir.start(PROGRAM, &sandbox, &args).end();
        assert_eq!(run.code, Some(0), "{step}: {}", run.stderr);
        assert_eq!(placed(&sandbox).len(), 1, "{step}: {}", run.stderr);
        let new = renewal_of(&sandbox, 4).id;
        assert_eq!(dir.files(), ["4.csr", "4.key", "4.pem", &format!("{new}.name")], "{step}");
    }
}

#[test]
fn a_renewal_whose_response_is_lost_is_found() {
    let (dir, sandbox) = (temp_dir("renew-lost"), sandbox(ending(4)));
    // The list, and a look for the reference.
    skip(&sandbox, 2);
    sandbox.drop_next();
    let run = dir.start(PROGRAM, &sandbox, &ARGS).end();
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert!(requests(&sandbox)[2].starts_with("POST "));
    assert_eq!(placed(&sandbox).len(), 1);
}

#[test]
fn an_order_with_the_reference_of_the_renewal_is_left_alone() {
    let (dir, sandbox) = (temp_dir("renew-other"), sandbox(ending(4)));
    let other = NewOrder::new("ssl_basic", csr(&KeyPair::generate().unwrap()));
    let other = other.common_name("a.example.com").organization(31).years(1);
    let other = client(&sandbox).send(other.alternative_order_id("renewal-of-4")).unwrap();
    let run = dir.start(PROGRAM, &sandbox, &ARGS).end();
    let row = format!(
        "4  a.example.com  failed  order {} has this alternative order id, and another CSR: it is \
         renewed already\n",
        other.id
    );
    assert_eq!((run.code, run.stdout), (Some(1), row), "{}", run.stderr);
    assert_eq!(placed(&sandbox).len(), 1);
}

#[test]
fn a_renewal_waits_for_control_of_its_names() {
    let (dir, sandbox) = (temp_dir("renew-dv"), sandbox(ending(4).dv()));
    let args = [&ARGS[..5], &["--timeout", "2", "--validation", "http-token"]].concat();
    let run = dir.start(PROGRAM, &sandbox, &args).end();
    let row = "4  a.example.com  waits  for the validation of a.example.com, b.example.com\n";
    assert_eq!((run.code, &*run.stdout), (Some(1), row), "{}", run.stderr);
    let said = "4: it waits for the validation of a.example.com, b.example.com; publish this:\n\
                http://a.example.com/.well-known/pki-validation/fileauth.txt with the content ";
    assert!(run.stderr.contains(said), "{}", run.stderr);
}

#[test]
fn an_order_that_is_renewed_already_is_left() {
    let (dir, sandbox) = (temp_dir("renewed"), sandbox(ending(4).renewed()));
    let run = dir.start(PROGRAM, &sandbox, &ARGS).end();
    assert_eq!((run.code, &*run.stdout), (Some(0), ""), "{}", run.stderr);
    // Nor if the list lags.
    let refusal = r#"{"errors": [{"code": "order_renewed_already", "message": "It is."}]}"#;
    let (dir, sandbox) = (temp_dir("renewed-late"), self::sandbox(ending(4)));
    skip(&sandbox, 2);
    sandbox.fail_next(StatusCode::BAD_REQUEST, refusal);
    let run = dir.start(PROGRAM, &sandbox, &ARGS).end();
    assert!(run.stdout.contains("order_renewed_already (It is.)"), "{}", run.stdout);
    assert_eq!((run.code, placed(&sandbox).len()), (Some(1), 1));
}
