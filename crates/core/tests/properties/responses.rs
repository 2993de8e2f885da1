//! Responses of any kind.

use std::time::{Duration, Instant};

use bytes::Bytes;
use certcentral_core::{Error, ListReissues, OrderId, Reissues, Step};
use http::HeaderValue;
use proptest::{
    collection::vec,
    option,
    prelude::*,
    sample::{Index, select},
};

use crate::{
    api, assert_same, cases, changes::change, logs::assert_fit_for_a_log, parse, response,
};

proptest! {
    #![proptest_config(cases(512))]

    #[test]
    fn no_response_makes_it_panic(
        status in prop_oneof![Just(200_u16), select(vec![204, 302, 403, 429, 503]), 100..1000_u16],
        headers in headers(),
        body in noise(),
    ) {
        let headers: Vec<_> = headers.iter().map(|(name, value)| (*name, value.clone())).collect();
        let outcome = parse(status, &headers, body.clone());
        match &outcome {
            Ok(read) => {
                // What was read is a model like any other.
                let _ = (format!("{read:?} {read:#?}"), read.newest_issued());
                let again = serde_json::from_str(&serde_json::to_string(read).unwrap()).unwrap();
                assert_same(&again, read);
            }
            Err(error) => {
                assert_fit_for_a_log(error);
                assert_eq!(error.status().unwrap(), status);
                assert!(match error {
                    Error::Api(error) => !error.status.is_success() || !error.errors.is_empty(),
                    error => matches!(error, Error::Decode(_)) && error.status().unwrap().is_success(),
                });
            }
        }
        if let Ok(salvaged) = Reissues::salvage(&body) {
            let _ = format!("{salvaged:?}");
            let whole = salvaged.unreadable.is_empty();
            assert!(whole || outcome.is_err(), "what is read is read whole");
        }

        let start = Instant::now();
        let mut call = api().call(ListReissues::new(OrderId(1)));
        let _ = call.poll(start);
        call.handle(start, Ok(response(status, &headers, body)));
        let _ = format!("{call:?}");
        if let Step::Wait(at) = call.poll(start) {
            assert!(at > start && at <= start + Duration::from_secs(180));
        }
    }
}

type Headers = Vec<(&'static str, HeaderValue)>;

fn headers() -> impl Strategy<Value = Headers> {
    let name = select(vec![
        "retry-after",
        "date",
        "location",
        "content-encoding",
        "content-range",
        "content-type",
        "link",
        "x-any",
    ]);
    let date = (
        select(vec!["Mon, ", "Sun, ", ""]),
        0..33_u8,
        select(vec!["Jan", "Feb", "Dec", "Foo"]),
        prop_oneof![Just(0), Just(1900), Just(9999), 0..20_000_u32],
        (0..25_u8, 0..61_u8, 0..62_u8),
        select(vec!["GMT", "UT", "Z", "-0000", "+2359", "-2359", "+9999", "EST"]),
    );
    let date = date.prop_map(|(weekday, day, month, year, (hour, minute, second), zone)| {
        format!("{weekday}{day:02} {month} {year:04} {hour:02}:{minute:02}:{second:02} {zone}")
    });
    let value = prop_oneof![
        date.prop_map(String::into_bytes),
        "[0-9]{0,30}".prop_map(String::into_bytes),
        "-?[0-9]{1,3}(\\.[0-9])?".prop_map(String::into_bytes),
        "(rel=|;|next|\u{202e}|\u{200b}|\u{85}|\t){1,6}".prop_map(String::into_bytes),
        vec(any::<u8>(), 0..20),
    ];
    let value =
        value.prop_filter_map("no header value", |value| HeaderValue::from_bytes(&value).ok());
    vec((name, value), 0..4)
}

/// Bytes of any kind: none that mean anything, tokens in no order, and good bodies with something
/// changed.
fn noise() -> impl Strategy<Value = Bytes> {
    let tokens = [
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        "\"",
        "\\",
        "null",
        "true",
        "-0",
        "1e999",
        "0.5",
        " ",
        "\"certificates\":[",
        "\"errors\":",
        "\"error\":",
        "\"code\":",
        "\"message\":",
        "\"id\":1",
        "\"status\":\"issued\"",
        "\"date_created\":\"9999-12-31T23:59:59.999999999-23:59\"",
        "\"date_issued\":\"0000-01-01T00:00:00+23:59\"",
        "\"valid_till\":\"0000-01-01\"",
        "\"x\"",
        "\\ud800",
        "\u{feff}",
        "\u{202e}",
        "\"\\u001b\":",
        "<html>",
    ];
    let tokens =
        vec(select(tokens.to_vec()), 0..30).prop_map(|tokens| tokens.concat().into_bytes());
    let row = Just(
        br#"{"certificates":[{"id":1,"status":"issued","date_created":"2019-04-08T17:33:26Z"}]}"#
            .to_vec(),
    );
    let good = prop_oneof![
        row,
        select(certcentral_fixtures::folder("list_reissues").collect::<Vec<_>>())
            .prop_map(|file| file.body.to_vec()),
        Just(br#"{"errors":[{"code":"not_found|order","message":"none"}]}"#.to_vec()),
    ];
    let changes = vec((any::<Index>(), option::of(any::<u8>()), any::<bool>()), 0..4);
    let damaged = (good, changes).prop_map(|(body, changes)| change(body, changes));
    prop_oneof![vec(any::<u8>(), 0..40), tokens, damaged].prop_map(Bytes::from)
}
