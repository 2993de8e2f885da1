//! Types that are not of this crate, read by `decode_json`.

use std::{
    collections::{BTreeMap, HashMap},
    fmt::Debug,
};

use certcentral_core::{DecodeError, Reissues, decode_json};
use http::Response;
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Map, Value, json, value::RawValue};

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

/// What is wrong with a number at the end of a body may be that the rest of it is missing.
#[test]
fn a_body_that_ends_in_a_number_is_incomplete() {
    for body in
        [r#"{"certificates": [{"id": 1, "serial_number": 836"#, "{\n\"certificates\": [{\"id\": -1"]
    {
        assert!(assert_list_refused(body).is_incomplete(), "{body}");
    }
    for body in [
        r#"{"certificates": [{"id": 1, "serial_number": 836}]}"#,
        r#"{"certificates": [{"id": 1, "serial_number": 836, "user_id": 7"#,
        "7",
    ] {
        assert!(!assert_list_refused(body).is_incomplete(), "{body}");
    }
}

fn assert_list_refused(body: &str) -> DecodeError {
    read::<Reissues>(body).unwrap_err()
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

#[derive(Debug, Default, Deserialize, PartialEq)]
#[serde(default)]
struct All {
    #[serde(alias = "other_name")]
    flag: bool,
    small: Option<u8>,
    ratio: Option<f64>,
    text: Option<String>,
    words: Option<Vec<Word>>,
    counts: HashMap<u32, u8>,
    inner: Option<Box<All>>,
    pair: Option<(u8, u8)>,
    id: Option<Id>,
    extra: Map<String, Value>,
}

#[derive(Debug, Deserialize, PartialEq)]
#[serde(rename_all = "lowercase")]
enum Word {
    One,
    Two(u8),
}

#[derive(Debug, Deserialize, PartialEq)]
struct Id(u64);

#[test]
fn a_type_says_what_is_read() {
    for (body, expected) in [
        (r#"{"other_name": "1", "ratio": 7}"#, All { flag: true, ratio: Some(7.0), ..none() }),
        (r#"{"flag": null, "ratio": "0.5"}"#, All { ratio: Some(0.5), ..none() }),
        (r#"{"small": 7.0, "text": -5}"#, All { small: Some(7), text: text("-5"), ..none() }),
        (r#"{"small": "7.0", "text": "7.0"}"#, All { small: Some(7), text: text("7.0"), ..none() }),
        (r#"{"small": " ", "text": " ", "inner": "", "words": []}"#, none()),
        (r#"{"inner": [], "pair": [], "id": "", "counts": []}"#, none()),
        (r#"{"counts": {"5": "6"}}"#, All { counts: HashMap::from([(5, 6)]), ..none() }),
        (r#"{"words": ["one"]}"#, All { words: Some(vec![Word::One]), ..none() }),
        (r#"{"words": {"1": {"two": 2}}}"#, All { words: Some(vec![Word::Two(2)]), ..none() }),
        (r#"{"pair": ["1", 2], "id": "3"}"#, All { pair: Some((1, 2)), id: Some(Id(3)), ..none() }),
        (r#"{"sm\u0061ll": 1}"#, All { small: Some(1), ..none() }),
    ] {
        assert_eq!(read::<All>(body).unwrap(), expected, "{body}");
    }
}

#[test]
fn what_a_struct_does_not_name_is_kept_as_it_is() {
    let body = r#"{"x": 12.0, "inner": {"\u0078": [{"y": "1"}]}, "extra": {"z": [[]]}, "w": null}"#;
    let all: All = read(body).unwrap();
    assert_eq!(Value::Object(all.extra), json!({"x": 12.0, "z": [[]], "w": null}));
    assert_eq!(Value::Object(all.inner.unwrap().extra), json!({"x": [{"y": "1"}]}));
    // A field of this name that holds no others is one of them.
    assert_eq!(read::<All>(r#"{"extra": 7}"#).unwrap().extra["extra"], 7);
}

#[test]
fn a_struct_that_keeps_nothing_ignores_the_others() {
    #[derive(Deserialize)]
    struct Bare {
        id: u64,
        rows: Vec<Nested>,
    }
    #[derive(Deserialize)]
    struct Nested {}

    let bare: Bare = read(r#"{"x": {"y": 1}, "id": "7", "rows": [{"z": []}], "w": 1}"#).unwrap();
    assert_eq!((bare.id, bare.rows.len()), (7, 1));
}

#[test]
fn nonsense_is_an_error_with_its_path() {
    for (body, path) in [
        (r#"{"small": 256}"#, "small"),
        (r#"{"small": 0.5}"#, "small"),
        (r#"{"small": "x"}"#, "small"),
        (r#"{"ratio": "1e999"}"#, "ratio"),
        (r#"{"ratio": "inf"}"#, "ratio"),
        (r#"{"text": 0.5}"#, "text"),
        (r#"{"text": 18446744073709551616}"#, "text"),
        (r#"{"text": true}"#, "text"),
        (r#"{"flag": 2}"#, "flag"),
        (r#"{"words": ["three"]}"#, "words[0]"),
        (r#"{"words": ["one", "three"]}"#, "words[1]"),
        (r#"{"words": {"0": "one", "2": 2}}"#, "words.2"),
        (r#"{"inner": [1]}"#, "inner"),
        (r#"{"inner": {"inner": {"pair": [1, "x"]}}}"#, "inner.inner.pair[1]"),
        (r#"{"counts": {"5": 256}}"#, "counts.5"),
        (r#"{"id": -1}"#, "id"),
        (r#"{"x": 1, "x": 1}"#, ""),
        (r#"{"x": 1, "extra": {"x": 1}}"#, ""),
        (r#"{"small": 1, "small": 1}"#, ""),
        (r#"{"x": {"y": 1, "y": 1}}"#, "x"),
        (r#"{"x": [{"y": "#, "x[0].y"),
    ] {
        let error = read::<All>(body).unwrap_err();
        assert_eq!(error.path(), path, "{body}: {error}");
    }
}

#[test]
fn a_value_can_be_had_as_it_stands() {
    #[derive(Deserialize)]
    struct Raw {
        raw: Box<RawValue>,
        list: Vec<Box<RawValue>>,
    }

    let raw: Raw = read(r#"{"raw": {"a":  1.50}, "list": [ "x", {}]}"#).unwrap();
    assert_eq!((raw.raw.get(), raw.list[1].get()), (r#"{"a":  1.50}"#, "{}"));
}

fn none() -> All {
    All::default()
}

#[expect(clippy::unnecessary_wraps, reason = "as the field holds it")]
fn text(text: &str) -> Option<String> {
    Some(text.to_owned())
}
