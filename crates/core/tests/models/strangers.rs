//! Types that are not of this crate, read by `decode_json`.

use std::{collections::BTreeMap, fmt::Debug};

use certcentral_core::{DecodeError, decode_json};
use http::Response;
use serde::{Deserialize, de::DeserializeOwned};

fn read<T: DeserializeOwned>(body: &str) -> Result<T, DecodeError> {
    decode_json(&Response::new(body.to_owned().into()))
}

fn assert_reads<T: DeserializeOwned + Debug + PartialEq>(body: &str, expected: &T) {
    assert_eq!(read::<T>(body).unwrap(), *expected, "{body}");
}

/// Asserts that a body is refused, and where.
fn assert_refuses<T: DeserializeOwned + Debug>(body: &str, path: &str) -> DecodeError {
    let error = read::<T>(body).unwrap_err();
    assert_eq!(error.path(), path, "{body}");
    error
}

#[derive(Debug, PartialEq, Deserialize)]
enum Contact {
    None,
    Id(u32),
    Person { name: String, phones: Option<Vec<String>> },
    Range(u8, u8),
}

#[test]
fn whole_numbers_are_exact_or_refused() {
    assert_reads(r#""9007199254740991.0""#, &9_007_199_254_740_991_u64);
    assert_reads("-9007199254740991.0", &-9_007_199_254_740_991_i64);
    assert_reads("18446744073709551615", &u64::MAX);
    assert_reads(r#""18446744073709551615""#, &u128::from(u64::MAX));
    assert_reads("12.0", &12_i128);
    assert_reads(r#"{"7": "1"}"#, &BTreeMap::from([(7_u128, 1_u8)]));
    // As floating-point numbers, each of these is another one.
    for inexact in ["9007199254740993.0", "-9007199254740993.0", "18446744073709551616"] {
        assert_refuses::<u64>(inexact, "");
        assert_refuses::<i64>(&format!("{inexact:?}"), "");
    }
}

#[test]
fn what_is_in_a_variant_is_read_in_any_form() {
    assert_reads(r#""None""#, &Contact::None);
    assert_reads(r#"{"Id": "7"}"#, &Contact::Id(7));
    let phones = Some(vec!["110".to_owned()]);
    let person = Contact::Person { name: "5".to_owned(), phones };
    assert_reads(r#"[{"Person": {"name": 5, "phones": {"2": 110}, "x": 1}}]"#, &vec![person]);
    assert_reads(r#"{"Range": {"0": "1", "2": 3.0}}"#, &Some(Contact::Range(1, 3)));
    assert_refuses::<Vec<Contact>>(r#"["None", {"Person": {"name": []}}]"#, "[1].Person.name");
    assert_refuses::<Contact>(r#"{"Id": 1, "None": null}"#, "");
}

#[derive(Debug, PartialEq, Deserialize)]
struct Unit {
    units: Option<Vec<Unit>>,
}

/// The first entry of an optional list is read twice, which must not begin to count anew.
#[test]
fn a_deep_body_ends_in_an_error() {
    let nested = |depth| format!("{}{{}}{}", r#"{"units": ["#.repeat(depth), "]}".repeat(depth));
    let mut depth = 0;
    let mut unit = read::<Unit>(&nested(60)).unwrap();
    while let Some(mut units) = unit.units {
        (unit, depth) = (units.remove(0), depth + 1);
    }
    assert_eq!(depth, 60);
    for depth in [130, 1_000, 100_000] {
        let error = assert_refuses::<Unit>(&nested(depth), "units").to_string();
        assert!(error.contains("recursion limit exceeded"), "{error}");
    }
    let brackets = format!("[{:?}]", r#"[{"\"#.repeat(200));
    assert_eq!(read::<Option<Vec<String>>>(&brackets).unwrap().unwrap().len(), 1);
}

#[derive(Deserialize)]
struct Large {
    #[serde(default)]
    _numbers: Option<[u64; 32]>,
    #[serde(default)]
    _others: Option<[u64; 32]>,
}

#[derive(Deserialize)]
enum Listed {
    #[serde(rename = "l")]
    List(#[allow(dead_code, reason = "its room counts")] Vec<Option<[u64; 32]>>),
}

#[test]
fn boxes_and_variants_have_no_more_room_than_others() {
    let refuses = |error: DecodeError| assert!(error.to_string().contains("too much memory"));
    let many = |value: &str| format!("[{value}{}]", format!(",{value}").repeat(200_000));
    refuses(read::<Vec<Box<Large>>>(&many("{}")).map(drop).unwrap_err());
    refuses(read::<Listed>(&format!(r#"{{"l": {}}}"#, many("null"))).map(drop).unwrap_err());
}
