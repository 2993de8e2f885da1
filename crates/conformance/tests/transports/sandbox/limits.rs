//! The rate limit, across threads and tasks.

use std::{thread, time::Duration};

use certcentral_core::{ListReissues, OrderId, RateLimit};
use certcentral_sandbox::Sandbox;
use certcentral_transport_hyper as on_hyper;
use certcentral_transport_ureq as on_ureq;
use http::StatusCode;
use tokio::{runtime::Runtime, task::JoinSet};

use super::sandboxes::api_builder;

/// As the service's windows, but small. The client keeps its usual margin, because a cold TLS
/// connection takes here as long as anywhere.
const WINDOWS: [(u32, Duration); 2] =
    [(6, Duration::from_millis(200)), (15, Duration::from_millis(500))];
const CALLS: u64 = 18;

#[test]
fn a_bulk_run_on_tasks_sees_no_429() {
    let sandbox = Sandbox::builder().rate_limit(&WINDOWS).start().unwrap();
    let api =
        api_builder(&sandbox, sandbox.api_key()).rate_limit(RateLimit::windows(&WINDOWS).unwrap());
    let client = on_hyper::Client::builder(api.build().unwrap())
        .root_certificates_pem(sandbox.ca_pem().unwrap().as_bytes())
        .build()
        .unwrap();
    Runtime::new().unwrap().block_on(async {
        let mut calls = JoinSet::new();
        for _ in 0..CALLS {
            calls.spawn(client.send(ListReissues::new(OrderId(112_233))));
        }
        while let Some(list) = calls.join_next().await {
            list.unwrap().unwrap();
        }
    });
    assert_no_429(&sandbox);
}

#[test]
fn a_bulk_run_on_threads_sees_no_429() {
    let sandbox = Sandbox::builder().rate_limit(&WINDOWS).start().unwrap();
    let api =
        api_builder(&sandbox, sandbox.api_key()).rate_limit(RateLimit::windows(&WINDOWS).unwrap());
    let client = on_ureq::Client::builder(api.build().unwrap())
        .root_certificates_pem(sandbox.ca_pem().unwrap().as_bytes())
        .build()
        .unwrap();
    let calls: Vec<_> = (0..CALLS)
        .map(|_| {
            let client = client.clone();
            thread::spawn(move || client.send(ListReissues::new(OrderId(112_233))))
        })
        .collect();
    for call in calls {
        call.join().unwrap().unwrap();
    }
    assert_no_429(&sandbox);
}

fn assert_no_429(sandbox: &Sandbox) {
    let statuses: Vec<_> = sandbox.requests().iter().map(|request| request.status).collect();
    assert_eq!(statuses, vec![StatusCode::OK; 18]);
}
