//! Reading an answer: `Api::parse_response` beside what people would read it with.

use std::time::Duration;

use bytes::Bytes;
use certcentral_bench::{bodies, plain};
use certcentral_core::{Api, ApiKey, ListReissues, OrderId};
use http::Response;
use serde::de::IgnoredAny;
use serde_json::Value;

use crate::{
    goals::Goal,
    measure::{Contestant, side_by_side},
    table,
};

pub(crate) fn ask() -> Vec<Goal> {
    let mut goals = Vec::new();
    for (what, body) in [("the seed's 3 rows", bodies::seed()), ("1000 rows", bodies::order(1000))]
    {
        let samples = side_by_side(Duration::from_millis(500), readers(&body));
        table::samples(&format!("{what}, {}", table::bytes(body.len() as u64)), &samples);
        let [ours, plain, value, ..] = &samples[..] else {
            panic!("not all readers were measured")
        };
        let text = |rival| format!("{what}: {rival}, times as long as ours");
        goals.push(Goal::at_least(text("plain struct"), 1.15, plain.times_as_long_as(ours)));
        goals.push(Goal::at_least(text("`Value`"), 3.0, value.times_as_long_as(ours)));
    }
    goals
}

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
        Contestant::new("`Value`", || serde_json::from_slice::<Value>(body).unwrap()),
        Contestant::new("`IgnoredAny`, the floor", || {
            serde_json::from_slice::<IgnoredAny>(body).unwrap()
        }),
        Contestant::new("plain struct, sonic-rs", || {
            sonic_rs::from_slice::<plain::Reissues>(body).unwrap()
        }),
        // It writes into its input, so it needs a copy.
        Contestant::new("plain struct, simd-json", || {
            simd_json::from_slice::<plain::Reissues>(&mut body.to_vec()).unwrap()
        }),
    ]
}
