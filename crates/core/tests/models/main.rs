//! Models of every endpoint: read in any form that the service may send, and written as it writes.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may stop at the first surprise"
)]

mod advice;
mod certificates;
mod chain;
mod challenges;
mod changes;
mod csr;
mod csr_files;
mod domains;
mod files;
mod json_writer;
mod logs;
mod next_step;
mod noise;
mod nonsense;
mod normal;
mod outcomes;
mod pages;
mod properties;
mod requests;
mod strangers;
mod validation;
mod values;

use bytes::Bytes;
use certcentral_core::{Api, ApiKey, Endpoint, Error};
use http::Response;
use proptest::prelude::*;

/// `count` cases, or as many times more as `PROPTEST_CASES` is more than its default. No failure
/// is written into the tree.
fn cases(count: u32) -> ProptestConfig {
    let config = ProptestConfig::default();
    let usual = 256;
    let cases = (count * config.cases / usual).max(1);
    ProptestConfig { cases, failure_persistence: None, ..config }
}

fn api() -> Api {
    Api::new(ApiKey::new("S3cretKey").unwrap())
}

fn parse<E: Endpoint>(
    endpoint: &E,
    status: u16,
    body: impl Into<Bytes>,
) -> Result<E::Output, Error> {
    let response = Response::builder().status(status).body(body.into()).unwrap();
    api().parse_response(endpoint, response)
}

/// The fixture at a path such as `order_info/112415-bare.json`.
fn fixture(path: &str) -> &'static [u8] {
    certcentral_fixtures::get(path).unwrap_or_else(|| panic!("no fixture {path}")).body
}
