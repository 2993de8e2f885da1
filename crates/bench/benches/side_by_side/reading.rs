//! Reading a response: `Api::parse_response` beside what people would read it with.

use std::time::Duration;

use bytes::Bytes;
use certcentral_bench::{bodies, plain};
use certcentral_core::{Api, ApiKey, ListReissues, OrderId};
use http::Response;
use serde::de::IgnoredAny;
use serde_json::Value;

use crate::{
    goals::Goal,
    measure::{Contestant, Sample, side_by_side},
    table,
};

pub(crate) fn ask() -> Vec<Goal> {
    let mut goals = Vec::new();
    let seed = measure("the seed's 3 rows", &bodies::seed());
    goals.extend(faster_than_rivals("the seed's 3 rows", &seed));
    let mut per_byte = vec![ns_per_byte(&bodies::seed(), &seed)];
    for rows in [100, 1000, 20_000] {
        let (what, body) = (format!("{rows} rows"), bodies::order(rows));
        let samples = measure(&what, &body);
        goals.extend(faster_than_rivals(&what, &samples));
        let [ours, .., floor] = &samples[..] else { panic!("nothing was measured") };
        if rows == 1000 {
            let text = format!("{what}: times as long as the floor");
            goals.push(Goal::at_most(text, 2.5, ours.times_as_long_as(floor)));
        }
        let text = format!("{what}: peak heap, in bodies");
        goals.push(Goal::at_most(text, 1.2, ours.peak as f64 / body.len() as f64));
        per_byte.push(ns_per_byte(&body, &samples));
    }
    goals.extend(linear(&per_byte));
    goals
}

fn measure(what: &str, body: &Bytes) -> Vec<Sample> {
    let samples = side_by_side(Duration::from_millis(500), readers(body));
    table::samples(&format!("{what}, {}", table::bytes(body.len() as u64)), &samples);
    samples
}

/// Ours first, the floor last.
fn readers(body: &Bytes) -> Vec<Contestant<'_>> {
    let api = Api::new(ApiKey::new("0123456789ABCDEF").unwrap());
    let endpoint = ListReissues::new(OrderId(112_233));
    vec![
        Contestant::new("ours", move || {
            api.parse_response(&endpoint, Response::new(body.clone())).unwrap()
        }),
        Contestant::new("plain struct, serde_json", || {
            serde_json::from_slice::<plain::Reissues>(body).unwrap()
        }),
        Contestant::new("plain struct, sonic-rs", || {
            sonic_rs::from_slice::<plain::Reissues>(body).unwrap()
        }),
        // It writes into its input, so it needs a copy.
        Contestant::new("plain struct, simd-json", || {
            simd_json::from_slice::<plain::Reissues>(&mut body.to_vec()).unwrap()
        }),
        Contestant::new("`Value`", || serde_json::from_slice::<Value>(body).unwrap()),
        Contestant::new("`IgnoredAny`, the floor", || {
            serde_json::from_slice::<IgnoredAny>(body).unwrap()
        }),
    ]
}

fn faster_than_rivals(what: &str, samples: &[Sample]) -> Vec<Goal> {
    let [ours, plain, sonic, simd, value, _] = samples else {
        panic!("not all readers were measured")
    };
    let goal = |rival: &Sample, least| {
        let text = format!("{what}: {}, times as long as ours", rival.name);
        Goal::at_least(text, least, rival.times_as_long_as(ours))
    };
    vec![goal(plain, 1.15), goal(sonic, 1.0), goal(simd, 1.0), goal(value, 3.0)]
}

/// Of ours, and of the floor.
fn ns_per_byte(body: &Bytes, samples: &[Sample]) -> [f64; 2] {
    let [ours, .., floor] = samples else { panic!("nothing was measured") };
    [ours, floor].map(|sample| sample.best.as_nanos() as f64 / body.len() as f64)
}

/// How much longer a byte takes in the body where it takes longest than where it takes least. The
/// floor shows how much of that is the body's or the machine's: it keeps nothing.
fn linear(per_byte: &[[f64; 2]]) -> [Goal; 2] {
    let spread = |bodies: &[[f64; 2]], reader: usize| {
        let of_reader = || bodies.iter().map(|body| body[reader]);
        of_reader().fold(f64::MIN, f64::max) / of_reader().fold(f64::MAX, f64::min)
    };
    let text = |bodies: &str, bytes: &[[f64; 2]]| {
        format!("{bodies}: longest time per byte to least (floor {:.2})", spread(bytes, 1))
    };
    let generated = &per_byte[1..];
    [
        Goal::at_most(text("3 rows to 20000", per_byte), 1.2, spread(per_byte, 0)),
        Goal::at_most(text("100 rows to 20000", generated), 1.2, spread(generated, 0)),
    ]
}
