//! Reading a response: `Endpoint::parse` beside what people would read it with, and beside the least
//! that any reader of this model must do. `Api::parse_response` also builds the URL for errors. What
//! it executes is counted by the question `instructions`.

use std::time::Duration;

use bytes::Bytes;
use certcentral_bench::{bodies, plain, typed};
use certcentral_core::{Endpoint as _, ListReissues, OrderId};
use http::Response;
use serde::de::IgnoredAny;
use serde_json::Value;

use crate::{
    goals::Goal,
    measure::{Contestant, side_by_side},
    table,
};

pub(crate) fn ask() -> Vec<Goal> {
    let mut goals = measure("3 rows, documented", &bodies::seed());
    for rows in [100, 1000, 20_000] {
        goals.extend(measure(&format!("{rows} rows"), &bodies::order(rows)));
    }
    measure("100 rows with three new fields each", &bodies::order_with_new_fields(100));
    goals
}

fn measure(what: &str, body: &Bytes) -> Vec<Goal> {
    let samples = side_by_side(EACH, readers(body));
    let alike = "typed: the same work as ours";
    table::samples(&format!("{what}, {}; {alike}", table::bytes(body.len() as u64)), &samples);
    let [ours, strict, kept, sonic, simd, ..] = &samples[..] else {
        panic!("not all readers were measured")
    };
    let text = format!("{what}: time to serde_json's that ignores new fields");
    let mut goals = vec![Goal::at_most(text, 1.2, ours.times_as_long_as(strict)).because(WATCH)];
    if body.len() > 1_000_000 {
        let least = [strict, kept, sonic, simd].map(|peer| peer.peak).into_iter().min().unwrap();
        let text = format!("{what}: peak heap to the least of the peers'");
        goals.push(Goal::at_most(text, 1.0, ours.peak as f64 / least as f64));
    }
    goals
}

/// Why the time may be missed although the instructions are met.
const WATCH: &str = "in time it moves by 0.07 with other code of the crate; instructions decide";

const EACH: Duration = Duration::from_secs(1);

/// Ours first, then the peers, then those that do less, then the two parts of the least that any
/// reader of this model must do. A `from_str` behind one check of UTF-8 is quicker than `from_slice`.
fn readers(body: &Bytes) -> Vec<Contestant<'_>> {
    let text = || str::from_utf8(body).unwrap();
    let endpoint = ListReissues::new(OrderId(112_233));
    let read = move || endpoint.parse(&Response::new(body.clone())).unwrap();
    let finished = read();
    vec![
        Contestant::new("ours", read),
        Contestant::new("typed, serde_json", move || {
            serde_json::from_str::<typed::strict::Reissues>(text()).unwrap()
        }),
        Contestant::new("typed, serde_json, new fields kept", move || {
            serde_json::from_str::<typed::Reissues>(text()).unwrap()
        }),
        Contestant::new("typed, sonic-rs", || {
            sonic_rs::from_slice::<typed::Reissues>(body).unwrap()
        }),
        // It writes into its input, so it needs a copy.
        Contestant::new("typed, simd-json", || {
            simd_json::from_slice::<typed::Reissues>(&mut body.to_vec()).unwrap()
        }),
        Contestant::new("less work: texts only, serde_json", move || {
            serde_json::from_str::<plain::Reissues>(text()).unwrap()
        }),
        Contestant::new("less work: `Value`", move || {
            serde_json::from_str::<Value>(text()).unwrap()
        }),
        Contestant::new("limit: copy and drop the model", move || finished.clone()),
        Contestant::new("limit: skip all, `IgnoredAny`", move || {
            serde_json::from_str::<IgnoredAny>(text()).unwrap()
        }),
    ]
}

/// What is read under callgrind, by whom, and how often.
pub(crate) fn run(reader: &str, body: &str, times: u32) {
    let body = match body {
        "3 rows" => bodies::seed(),
        "100 rows" => bodies::order(100),
        "1000 rows" => bodies::order(1000),
        _ => bodies::order_with_new_fields(100),
    };
    let mut readers = readers(&body);
    let reader = readers.iter_mut().find(|one| one.name == reader).unwrap();
    for _ in 0..times {
        (reader.run)();
    }
}
