//! Models, written and read.

use bytes::Bytes;
use certcentral_core::{CertificateId, Error, Reissue, ReissueStatus, Reissues};
use proptest::{
    collection::{btree_map, vec},
    option,
    prelude::*,
    sample::select,
};
use serde_json::{Map, Value};
use time::{Date, OffsetDateTime, Time, UtcOffset};

use crate::{assert_same, cases, parse, read, scribe::Scribe};

proptest! {
    #![proptest_config(cases(128))]

    #[test]
    fn a_model_is_read_back_as_it_was_written(model in reissues()) {
        let json = serde_json::to_string(&model).unwrap();
        assert_same(&read(json.clone()), &model);
        assert_same(&serde_json::from_str(&json).unwrap(), &model);
        assert_same(&serde_json::from_value(serde_json::to_value(&model).unwrap()).unwrap(), &model);
        for row in &model {
            let json = serde_json::to_string(row).unwrap();
            let read: Reissue = serde_json::from_str(&json).unwrap();
            assert_eq!(format!("{read:?}"), format!("{row:?}"));
        }
    }

    #[test]
    fn the_form_of_a_body_does_not_change_what_it_says(model in reissues(), seed: u64) {
        let body = Scribe(seed).reissues(&model);
        assert_same(&read(body), &model);
    }

    #[test]
    fn what_can_be_read_can_be_salvaged_whole(model in reissues(), seed: u64) {
        let salvaged = Reissues::salvage(Scribe(seed).reissues(&model).as_bytes()).unwrap();
        assert!(salvaged.unreadable.is_empty());
        assert_eq!(salvaged.readable, model.certificates);
    }
}

proptest! {
    #![proptest_config(cases(12))]

    #[test]
    fn a_body_cut_anywhere_is_an_error_and_never_a_shorter_list(model in reissues(), seed: u64) {
        let body = Bytes::from(Scribe(seed).reissues(&model));
        let last_brace = body.iter().rposition(|byte| b"]}".contains(byte)).unwrap();
        for cut in 0..=last_brace {
            let error = parse(200, &[], body.slice(..cut)).unwrap_err();
            assert!(matches!(&error, Error::Decode(e) if e.body() == &body[..cut]), "{error:?}");
        }
    }
}

pub(crate) fn reissues() -> impl Strategy<Value = Reissues> {
    (vec(reissue(), 0..4), fields(&["certificates"])).prop_map(|(certificates, extra)| {
        let mut reissues = Reissues::new(certificates);
        reissues.extra = extra;
        reissues
    })
}

fn reissue() -> impl Strategy<Value = Reissue> {
    let always = (any::<u64>(), status(), timestamp(), vec(text(), 0..3), any::<bool>());
    let texts = vec(option::of(text()), 8);
    let dates = (option::of(timestamp()), option::of(date()));
    let numbers = (
        option::of(any::<i64>()),
        option::of(any::<u32>()),
        option::of(any::<u64>()),
        option::of(any::<u32>()),
        option::of(any::<u32>()),
    );
    (always, texts, dates, numbers, fields(FIELDS)).prop_map(
        |((id, status, created, names, archived), texts, dates, numbers, extra)| {
            let mut row = Reissue::new(CertificateId(id), status, created);
            row.dns_names = names;
            row.archived = archived;
            for (to, text) in texts_of(&mut row).into_iter().zip(texts) {
                *to = text;
            }
            (row.date_issued, row.valid_till) = dates;
            (row.days_remaining, row.key_size, row.user_id, ..) = numbers;
            (.., row.purchased_dns_names, row.purchased_wildcard_names) = numbers;
            row.extra = extra;
            row
        },
    )
}

/// The fields that hold a text, in the order of [`TEXTS`].
pub(crate) fn texts_of(row: &mut Reissue) -> [&mut Option<String>; 8] {
    [
        &mut row.thumbprint,
        &mut row.serial_number,
        &mut row.common_name,
        &mut row.csr,
        &mut row.email,
        &mut row.firstname,
        &mut row.lastname,
        &mut row.receipt_id,
    ]
}

pub(crate) const TEXTS: [&str; 8] = [
    "thumbprint",
    "serial_number",
    "common_name",
    "csr",
    "email",
    "firstname",
    "lastname",
    "receipt_id",
];

/// What an unknown field must not be called.
const FIELDS: &[&str] = &[
    "archived",
    "common_name",
    "csr",
    "date_created",
    "date_issued",
    "days_remaining",
    "dns_names",
    "email",
    "firstname",
    "id",
    "key_size",
    "lastname",
    "purchased_dns_names",
    "purchased_wildcard_names",
    "receipt_id",
    "serial_number",
    "status",
    "thumbprint",
    "user_id",
    "valid_till",
];

fn status() -> impl Strategy<Value = ReissueStatus> {
    let word =
        prop_oneof![select(vec!["issued", "pending", "rejected"]).prop_map(Into::into), text()];
    word.prop_map(|word| word.as_str().into())
}

/// Any text, often one that looks like a number or has something to escape.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        "\\PC{0,8}",
        vec(any::<char>(), 0..6).prop_map(String::from_iter),
        any::<i64>().prop_map(|number| number.to_string()),
        "0{0,2}[0-9]{0,3}",
        "[\"\\\\/\n\u{0}\u{1f}\u{7f}\u{2028}\u{10ffff}]{0,4}",
    ]
}

fn date() -> impl Strategy<Value = Date> {
    (prop_oneof![Just(0), Just(9999), 0..=9999], 1..=365_u16)
        .prop_map(|(year, day)| Date::from_ordinal_date(year, day).unwrap())
}

/// Any instant that RFC 3339 can write: years of four digits, offsets of whole minutes.
fn timestamp() -> impl Strategy<Value = OffsetDateTime> {
    let nanos = prop_oneof![Just(0), Just(500_000_000), 0..1_000_000_000_u32];
    let minutes = prop_oneof![Just(0), Just(-1439), Just(1439), -1439..=1439];
    (date(), 0..24_u8, 0..60_u8, 0..60_u8, nanos, minutes).prop_map(
        |(date, hour, minute, second, nanos, minutes)| {
            let time = Time::from_hms_nano(hour, minute, second, nanos).unwrap();
            let offset = UtcOffset::from_whole_seconds(minutes * 60).unwrap();
            OffsetDateTime::new_in_offset(date, time, offset)
        },
    )
}

/// Fields of any kind, none of them called as one of `known`.
fn fields(known: &'static [&str]) -> impl Strategy<Value = Map<String, Value>> {
    btree_map(text(), json(), 0..3).prop_map(|fields| {
        fields.into_iter().filter(|(name, _)| !known.contains(&name.as_str())).collect()
    })
}

fn json() -> impl Strategy<Value = Value> {
    let scalar = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from), // what is not a number becomes `null`
        text().prop_map(Value::from),
    ];
    scalar.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..3).prop_map(Value::from),
            btree_map(text(), inner, 0..3)
                .prop_map(|fields| Value::Object(fields.into_iter().collect())),
        ]
    })
}
