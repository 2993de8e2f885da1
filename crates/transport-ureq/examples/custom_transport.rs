//! Drives a call with your own HTTP client, here a plain `ureq::Agent`.

use std::{error::Error, thread, time::Instant};

use certcentral_example_cli::{Service, sandbox};
use certcentral_transport_ureq::{
    Attempt, Failure, FailureKind, ListReissues, OrderId, Step, bytes::Bytes, http::Response,
};

fn main() -> Result<(), Box<dyn Error>> {
    let _ = rustls::crypto::ring::default_provider().install_default(); // for ureq
    let service = Service::from_environment(sandbox().plain_http())?;
    let mut call = service.api()?.build()?.call(ListReissues::new(OrderId(112_233)));
    let reissues = loop {
        match call.poll(Instant::now()) {
            Step::Send(attempt) => {
                let outcome = exchange(attempt).map_err(|e| Failure::new(FailureKind::Closed, e));
                call.handle(Instant::now(), outcome);
            }
            Step::Wait(until) => thread::sleep(until - Instant::now()),
            Step::Done(result) => break result?,
        }
    };
    println!("{} reissues", reissues.len());
    Ok(())
}

/// Enough for a demonstration; `certcentral-conformance` shows what else a transport must do.
fn exchange(attempt: Attempt) -> Result<Response<Bytes>, ureq::Error> {
    let config = ureq::Agent::config_builder().http_status_as_error(false).max_redirects(0);
    let timeout = Some(attempt.deadline - Instant::now());
    let agent = ureq::Agent::from(config.timeout_global(timeout).build());
    let (head, mut body) = agent.run(attempt.request.map(Vec::from))?.into_parts();
    Ok(Response::from_parts(head, body.read_to_vec()?.into()))
}
