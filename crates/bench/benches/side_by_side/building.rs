//! Building a request: `Api::build_request`.

use std::time::Duration;

use certcentral_core::{Api, ApiKey, ListReissues, OrderId};

use crate::{
    goals::Goal,
    measure::{Contestant, side_by_side},
    table,
};

pub(crate) fn ask() -> Vec<Goal> {
    let api = Api::new(ApiKey::new("0123456789ABCDEF").unwrap());
    let endpoint = ListReissues::new(OrderId(112_233));
    let ours = Contestant::new("ours", || api.build_request(&endpoint).unwrap());
    let samples = side_by_side(Duration::from_millis(300), vec![ours]);
    table::samples("a request", &samples);
    let ours = &samples[0];
    vec![
        Goal::at_most("allocations", 8.0, ours.allocations as f64),
        Goal::at_most("microseconds", 1.0, ours.best.as_secs_f64() * 1e6),
    ]
}
