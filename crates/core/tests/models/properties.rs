//! What holds for any response of any endpoint.

use bytes::Bytes;
use certcentral_core::{
    DecodeError, Error, Reissues, Salvaged,
    container::Containers,
    domain::Domains,
    order::{ChangedOrders, Duplicates, OrderSummaries, Orders},
    organization::Organizations,
    product::Products,
    request::Requests,
};
use certcentral_core_testing::{
    described::{Described, Output},
    endpoints::with_json,
};
use proptest::{prelude::*, sample::select};
use serde_json::Value;

use crate::{cases, json_writer::JsonWriter, values::object};

proptest! {
    #![proptest_config(cases(512))]

    #[test]
    fn a_model_is_written_as_it_was_read((endpoint, value) in responses()) {
        assert_eq!(read(endpoint, value.to_string()).json, value);
    }

    #[test]
    fn the_form_of_a_body_changes_nothing((endpoint, value) in responses(), seed: u64) {
        let loose = JsonWriter(seed).body(&value, endpoint.schema);
        assert_eq!(read(endpoint, loose), read(endpoint, value.to_string()));
    }
}

proptest! {
    #![proptest_config(cases(256))]

    #[test]
    fn what_can_be_read_can_be_salvaged_whole((endpoint, value) in responses(), seed: u64) {
        let is_list = endpoint.schema.iter().any(|field| field.name == "page");
        let salvage: fn(&[u8]) -> (usize, usize) = match &*endpoint.folder {
            "list_containers" => |body| counts(Containers::salvage(body)),
            "list_domains" => |body| counts(Domains::salvage(body)),
            "list_duplicates" => |body| counts(Duplicates::salvage(body)),
            "list_orders" => |body| counts(Orders::salvage(body)),
            "list_organizations" => |body| counts(Organizations::salvage(body)),
            "list_products" => |body| counts(Products::salvage(body)),
            "list_reissues" => |body| counts(Reissues::salvage(body)),
            "list_requests" => |body| counts(Requests::salvage(body)),
            "orders_by_alternative_id" => |body| counts(OrderSummaries::salvage(body)),
            "status_changes" => |body| counts(ChangedOrders::salvage(body)),
            folder => {
                assert!(!is_list, "{folder} is a list, and is not salvaged here");
                return Ok(());
            }
        };
        let body = JsonWriter(seed).body(&value, endpoint.schema);
        let rows = value[endpoint.schema[0].name].as_array().map(Vec::len);
        assert_eq!(salvage(body.as_bytes()), (rows.unwrap(), 0), "{body}");
    }
}

proptest! {
    #![proptest_config(cases(48))]

    #[test]
    fn a_body_cut_anywhere_is_an_error((endpoint, value) in responses(), seed: u64) {
        let body = Bytes::from(JsonWriter(seed).body(&value, endpoint.schema));
        let Some(end) = body.iter().rposition(|byte| b"]}".contains(byte)) else { return Ok(()) };
        let step = end / 200 + 1; // all of them would take long
        for cut in (0..=end).rev().step_by(step) {
            let error = endpoint.read(body.slice(..cut)).unwrap_err();
            let Error::Decode(error) = error else { panic!("{error:?}") };
            assert_eq!(error.body(), &body[..cut]);
            let is_blank = body[..cut].iter().all(|&byte| b" \r\n\t\xef\xbb\xbf".contains(&byte));
            assert!(error.is_incomplete() || is_blank, "cut at {cut}: {error:?}");
        }
    }
}

pub(crate) fn responses() -> impl Strategy<Value = (&'static Described, Value)> {
    let endpoints: Vec<_> = with_json().map(|one| (one, object(one.schema))).collect();
    select((0..endpoints.len()).collect::<Vec<_>>()).prop_flat_map(move |index| {
        let (endpoint, values) = &endpoints[index];
        (Just(*endpoint), values.clone())
    })
}

/// How many rows are readable, and how many are not.
fn counts<T>(salvaged: Result<Salvaged<T>, DecodeError>) -> (usize, usize) {
    let salvaged = salvaged.unwrap();
    (salvaged.readable.len(), salvaged.unreadable.len())
}

#[track_caller]
fn read(endpoint: &Described, body: String) -> Output {
    let kept = body.clone();
    endpoint.read(body).unwrap_or_else(|error| panic!("{error:?}\n{kept}"))
}
