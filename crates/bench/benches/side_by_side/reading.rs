//! Reading a response: `Endpoint::parse` beside what people would read it with, and beside the least
//! that any reader of this model must do. `Api::parse_response` also builds the URL for errors.

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
    goals
}

fn measure(what: &str, body: &Bytes) -> Vec<Goal> {
    let samples = side_by_side(EACH, readers(body));
    let alike = "typed: the same work as ours";
    table::samples(&format!("{what}, {}; {alike}", table::bytes(body.len() as u64)), &samples);
    let [ours, serde_json, sonic, simd, _, _, copy, floor] = &samples[..] else {
        panic!("not all readers were measured")
    };
    let mut goals: Vec<_> = [(serde_json, CHECKS), (sonic, SIMD), (simd, SIMD)]
        .map(|(peer, why)| {
            let text = format!("{what}: {}, times as long as ours", peer.name);
            Goal::at_least(text, 1.0, peer.times_as_long_as(ours)).because(why)
        })
        .into();
    let limit = (copy.best + floor.best).as_secs_f64();
    let to_the_limit =
        Goal::at_most(format!("{what}: time to the limit"), 1.5, ours.best.as_secs_f64() / limit);
    goals.push(to_the_limit.because(PER_FIELD));
    if body.len() > 1_000_000 {
        let least = [serde_json, sonic, simd].map(|peer| peer.peak).into_iter().min().unwrap();
        let text = format!("{what}: peak heap to the least of the peers'");
        goals.push(Goal::at_most(text, 1.0, ours.peak as f64 / least as f64));
    }
    goals
}

/// Why `serde_json` alone may be quicker, and why those with SIMD may be.
const CHECKS: &str = "ours also looks whether it knows a name, and counts memory for each value";
const SIMD: &str = "it looks for the end of a text with SIMD; ours reads by serde_json";
/// Why the limit may be far.
const PER_FIELD: &str = "matching 20 names a row and reading dates is in neither part of the limit";

const EACH: Duration = Duration::from_secs(1);

/// Ours first, then the peers, then those that do less, then the two parts of the limit.
fn readers(body: &Bytes) -> Vec<Contestant<'_>> {
    let endpoint = ListReissues::new(OrderId(112_233));
    let read = move || endpoint.parse(&Response::new(body.clone())).unwrap();
    let finished = read();
    vec![
        Contestant::new("ours", read),
        Contestant::new("typed, serde_json", || {
            serde_json::from_slice::<typed::Reissues>(body).unwrap()
        }),
        Contestant::new("typed, sonic-rs", || {
            sonic_rs::from_slice::<typed::Reissues>(body).unwrap()
        }),
        // It writes into its input, so it needs a copy.
        Contestant::new("typed, simd-json", || {
            simd_json::from_slice::<typed::Reissues>(&mut body.to_vec()).unwrap()
        }),
        Contestant::new("less work: texts only, serde_json", || {
            serde_json::from_slice::<plain::Reissues>(body).unwrap()
        }),
        Contestant::new("less work: `Value`", || serde_json::from_slice::<Value>(body).unwrap()),
        Contestant::new("limit: copy and drop the model", move || finished.clone()),
        Contestant::new("limit: skip all, `IgnoredAny`", || {
            serde_json::from_slice::<IgnoredAny>(body).unwrap()
        }),
    ]
}
