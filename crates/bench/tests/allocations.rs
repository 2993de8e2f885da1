//! What a request and a response take from the heap: counts, the same on every machine.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

use std::alloc::System;

use bytes::Bytes;
use certcentral_bench::bodies;
use certcentral_core::{Api, ApiKey, ListReissues, OrderId, Region, Reissue, Reissues};
use http::Response;
use mockalloc::{AllocInfo, Mockalloc};

#[global_allocator]
static ALLOCATOR: Mockalloc<System> = Mockalloc(System);

#[test]
fn a_request_takes_at_most_eight_allocations() {
    let us = api();
    let eu = Api::builder(key()).base_url(Region::Eu).user_agent("inventory/2.1").build().unwrap();
    for api in [us, eu] {
        for endpoint in [
            ListReissues::new(OrderId(112_233)),
            ListReissues::new(OrderId(u64::MAX)).show_archived(true),
        ] {
            let first = counted(|| api.build_request(&endpoint).unwrap());
            let later = counted(|| api.build_request(&endpoint).unwrap());
            assert!(first.num_allocs() <= 8, "{}", first.num_allocs());
            assert!(later.num_allocs() <= 8, "{}", later.num_allocs());
        }
    }
}

#[test]
fn reading_peaks_below_one_and_a_half_bodies() {
    let api = api();
    for rows in [100, 1000, 5000] {
        let body = bodies::order(rows);
        let (peak, size) = (counted(|| read(&api, &body)).peak_mem(), body.len() as u64);
        assert!(10 * peak <= 15 * size, "{rows} rows: {peak} bytes for {size}");
    }
}

#[test]
fn every_text_is_allocated_once() {
    let (api, body) = (api(), bodies::order(1000));
    let reissues = read(&api, &body);
    let texts: usize = reissues.certificates.iter().map(texts).sum();
    let lists = 1 + reissues.certificates.len();
    let allocations = counted(|| read(&api, &body)).num_allocs();
    // A list of names grows from 4 to 8, and to 256 by doubling; then it gives back the rest.
    assert!(allocations <= (texts + 3 * lists) as u64, "{allocations} for {texts} texts");
}

#[test]
fn nothing_is_left_behind() {
    let (api, body) = (api(), bodies::order(100));
    let counted = counted(|| read(&api, &body));
    assert_eq!(counted.num_allocs(), counted.num_frees());
    assert_eq!(counted.mem_allocated(), counted.mem_freed());
}

fn texts(row: &Reissue) -> usize {
    let fields = [
        &row.thumbprint,
        &row.serial_number,
        &row.common_name,
        &row.csr,
        &row.email,
        &row.firstname,
        &row.lastname,
        &row.receipt_id,
    ];
    fields.into_iter().flatten().count() + row.dns_names.len()
}

/// What `run` takes, and gives back once its response is dropped.
fn counted<T>(run: impl FnOnce() -> T) -> AllocInfo {
    mockalloc::record_allocs(|| drop(run()))
}

fn read(api: &Api, body: &Bytes) -> Reissues {
    api.parse_response(&ListReissues::new(OrderId(112_233)), Response::new(body.clone())).unwrap()
}

fn api() -> Api {
    Api::new(key())
}

fn key() -> ApiKey {
    ApiKey::new("0123456789ABCDEF").unwrap()
}
