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
        let body = JsonWriter(seed).body(&value, endpoint.schema);
        let rows = |list: &str| value[list].as_array().map(Vec::len);
        let (salvaged, rows) = match &*endpoint.folder {
            "list_containers" => (counts(Containers::salvage(body.as_bytes())), rows("containers")),
            "list_domains" => (counts(Domains::salvage(body.as_bytes())), rows("domains")),
            "list_orders" => (counts(Orders::salvage(body.as_bytes())), rows("orders")),
            "list_organizations" => (counts(Organizations::salvage(body.as_bytes())), rows("organizations")),
            "list_products" => (counts(Products::salvage(body.as_bytes())), rows("products")),
            "list_requests" => (counts(Requests::salvage(body.as_bytes())), rows("requests")),
            "list_reissues" => (counts(Reissues::salvage(body.as_bytes())), rows("certificates")),
            "list_duplicates" => {
                (counts(Duplicates::salvage(body.as_bytes())), rows("certificates"))
            }
            "orders_by_alternative_id" => (counts(OrderSummaries::salvage(body.as_bytes())), rows("orders")),
            "status_changes" => (counts(ChangedOrders::salvage(body.as_bytes())), rows("orders")),
            _ => return Ok(()),
        };
        assert_eq!(salvaged, (rows.unwrap(), 0), "{body}");
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
