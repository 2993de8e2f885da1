//! What holds for every model, body, key and schedule, not only for those somebody thought of.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may stop at the first surprise"
)]
#![allow(
    clippy::format_collect,
    clippy::format_push_string,
    clippy::needless_pass_by_value,
    reason = "the cost of a test is not its subject"
)]
#![expect(clippy::disallowed_methods, reason = "virtual time starts at some instant")]

#[path = "../models/changes.rs"]
mod changes;
mod inputs;
mod key;
#[path = "../models/logs.rs"]
mod logs;
mod reissuances;
mod requests;
mod responses;
mod schedules;

use std::{error::Error as StdError, fmt::Debug, iter};

use bytes::Bytes;
use certcentral_core::{Api, ApiKey, Error, ListReissues, OrderId, Reissues};
use http::{HeaderValue, Response};
use proptest::prelude::*;

/// `count` cases, or as many times more as `PROPTEST_CASES` is more than its default. No failure
/// is written into the tree.
pub(crate) fn cases(count: u32) -> ProptestConfig {
    let config = ProptestConfig::default();
    let usual = 256;
    let cases = (count * config.cases / usual).max(1);
    ProptestConfig { cases, failure_persistence: None, ..config }
}

pub(crate) fn api() -> Api {
    Api::builder(ApiKey::new("S3cretKey").unwrap()).jitter_seed(1).build().unwrap()
}

pub(crate) fn response(
    status: u16,
    headers: &[(&str, HeaderValue)],
    body: impl Into<Bytes>,
) -> Response<Bytes> {
    let mut response = Response::builder().status(status);
    for (name, value) in headers {
        response = response.header(*name, value);
    }
    response.body(body.into()).unwrap()
}

pub(crate) fn parse(
    status: u16,
    headers: &[(&str, HeaderValue)],
    body: impl Into<Bytes>,
) -> Result<Reissues, Error> {
    api().parse_response(&ListReissues::new(OrderId(1)), response(status, headers, body))
}

#[track_caller]
pub(crate) fn assert_same(read: &Reissues, model: &Reissues) {
    assert_eq!(read, model);
    // Timestamps are equal if their instants are; the text shows their offsets too.
    assert_eq!(format!("{read:?}"), format!("{model:?}"));
}

pub(crate) fn shown(value: &impl Debug) -> String {
    format!("{value:?}\n{value:#?}\n")
}

/// All that an error and those behind it print.
pub(crate) fn printed(error: &(dyn StdError + 'static)) -> String {
    let chain = iter::successors(Some(error), |&error| error.source());
    chain.map(|error| format!("{error}\n{error:#}\n{error:?}\n{error:#?}\n")).collect()
}
