//! What bodies that are made to cost much take from the heap, with the body itself and all that is
//! printed of the error: at most 64 MiB and two bodies. For a body of 32 MiB, that is within the
//! goal of six bodies, which the bench measures.

#![allow(clippy::unwrap_used, reason = "tests")]

use std::{alloc::System, error::Error as StdError, iter::successors};

use bytes::Bytes;
use certcentral_bench::hostile::{self, Hostile};
use certcentral_core::{Api, ApiKey, Error, ListReissues, OrderId, Reissues};
use http::Response;
use mockalloc::Mockalloc;

#[global_allocator]
static ALLOCATOR: Mockalloc<System> = Mockalloc(System);

const LENGTH: usize = 4 * 1024 * 1024;
const BOUND: u64 = (64 * 1024 * 1024 + 2 * LENGTH) as u64;

#[test]
fn no_response_takes_more_than_its_budget() {
    for case in hostile::all() {
        let api = Api::new(ApiKey::new(case.key).unwrap());
        let peak = peak(&case, |body| {
            let response = Response::builder().status(case.status).body(body).unwrap();
            api.parse_response(&ListReissues::new(OrderId(1)), response).map(|list| list.len())
        });
        assert!(peak <= BOUND, "{} with {}: {peak} bytes", case.name, case.status);
    }
}

#[test]
fn twenty_thousand_rows_of_any_kind_are_read() {
    let api = Api::new(ApiKey::new("0123456789ABCDEF").unwrap());
    let minimal = r#"{"id":1,"status":"issued","date_created":"2019-04-08T17:33:26Z"}"#;
    let rows = vec![minimal; 20_000].join(",");
    let response = Response::new(format!(r#"{{"certificates":[{rows}]}}"#).into());
    let list = api.parse_response(&ListReissues::new(OrderId(1)), response).unwrap();
    assert_eq!(list.len(), 20_000);
}

#[test]
fn salvaging_takes_no_more_than_its_budget() {
    for case in hostile::all().iter().filter(|case| case.status == 200) {
        let peak = peak(case, |body| {
            let salvaged = Reissues::salvage(&body)?;
            Ok(salvaged.readable.len() + salvaged.unreadable.len())
        });
        assert!(peak <= BOUND, "{}: {peak} bytes", case.name);
    }
}

/// The most memory that is held while a body is read.
fn peak(case: &Hostile, read: impl FnOnce(Bytes) -> Result<usize, Error>) -> u64 {
    let body = case.body(LENGTH);
    let counted = mockalloc::record_allocs(|| match read(Bytes::from(body.clone())) {
        Ok(_) => {}
        Err(error) => {
            assert!(!case.is_list, "{} must be read: {error}", case.name);
            printed(&error);
        }
    });
    counted.peak_mem()
}

/// Prints an error and those behind it in every form.
fn printed(error: &(dyn StdError + 'static)) {
    for link in successors(Some(error), |&error| error.source()) {
        let texts = [format!("{link}"), format!("{link:#}"), format!("{link:?}")];
        assert!(texts.iter().all(|text| text.len() < 16 * 1024), "{}", texts[0]);
    }
}
