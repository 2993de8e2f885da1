//! Values that fit a schema, as a model is written.

use proptest::{
    collection::{btree_map, vec},
    option,
    prelude::*,
    sample::select,
};
use serde_json::{Map, Value, json};
use time::{Date, OffsetDateTime, Time, UtcOffset, format_description::well_known::Rfc3339};

use certcentral_core_testing::schema::{Field, Form, Presence, Schema};

/// An object of the schema, with fields under `extra` that no schema names.
pub(crate) fn object(schema: Schema) -> BoxedStrategy<Value> {
    let fields: Vec<_> = schema.iter().map(field).collect();
    (fields, unknown_fields(schema))
        .prop_map(|(fields, unknown)| {
            let extra = ("extra".to_owned(), Value::Object(unknown));
            Value::Object(fields.into_iter().chain([extra]).collect())
        })
        .boxed()
}

/// The field's name and value, which is `null` if it is absent.
fn field(field: &'static Field) -> BoxedStrategy<(String, Value)> {
    let value = match field.presence {
        Presence::Defaulted | Presence::Required => value(field.form),
        Presence::Never => Just(Value::Null).boxed(),
        Presence::Optional => {
            let present = value(field.form).prop_filter("absent", |value| !is_blank(value));
            option::weighted(0.4, present).prop_map(Value::from).boxed()
        }
    };
    let name = field.name;
    value.prop_map(move |value| (name.to_owned(), value)).boxed()
}

/// A text of nothing but white space says that there is none.
fn is_blank(value: &Value) -> bool {
    value.as_str().is_some_and(|text| text.trim().is_empty())
}

fn value(form: Form) -> BoxedStrategy<Value> {
    match form {
        Form::Date => date().prop_map(|date| json!(date.to_string())).boxed(),
        Form::Flag => any::<bool>().prop_map(Value::from).boxed(),
        Form::Id => (1..=u64::MAX).prop_map(Value::from).boxed(),
        Form::Int => prop_oneof![any::<i64>(), -1..=1_i64].prop_map(Value::from).boxed(),
        Form::List(&form) => vec(value(form), 0..3).prop_map(Value::from).boxed(),
        Form::Object(schema) => object(schema),
        Form::Serial => {
            let digits = "[1-9][0-9]{8,10}".prop_map(Value::from);
            prop_oneof![digits, text().prop_map(Value::from)].boxed()
        }
        Form::Text => text().prop_map(Value::from).boxed(),
        Form::Timestamp => timestamp().prop_map(Value::from).boxed(),
        Form::Uint => any::<u64>().prop_map(Value::from).boxed(),
        Form::Uint32 => any::<u32>().prop_map(Value::from).boxed(),
        Form::Word(words) => {
            let known = select(words).prop_map(str::to_owned);
            prop_oneof![3 => known, 1 => text()].prop_map(Value::from).boxed()
        }
    }
}

/// Any text, often one that looks like a number or has something to escape.
pub(crate) fn text() -> impl Strategy<Value = String> {
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
fn timestamp() -> impl Strategy<Value = String> {
    let nanos = prop_oneof![Just(0), Just(500_000_000), 0..1_000_000_000_u32];
    let minutes = prop_oneof![Just(0), Just(-1439), Just(1439), -1439..=1439];
    (date(), 0..24_u8, 0..60_u8, 0..60_u8, nanos, minutes).prop_map(
        |(date, hour, minute, second, nanos, minutes)| {
            let time = Time::from_hms_nano(hour, minute, second, nanos).unwrap();
            let offset = UtcOffset::from_whole_seconds(minutes * 60).unwrap();
            let text = OffsetDateTime::new_in_offset(date, time, offset).format(&Rfc3339).unwrap();
            text.strip_suffix('Z').map_or(text.clone(), |utc| format!("{utc}+00:00"))
        },
    )
}

/// Fields of any kind, none of them called as one of the schema, as what makes a list an error, or as
/// the field that they are in.
fn unknown_fields(schema: Schema) -> impl Strategy<Value = Map<String, Value>> {
    const OF_LISTS: [&str; 12] = [
        "extra",
        "has_more",
        "incomplete",
        "limit",
        "next",
        "next_page",
        "offset",
        "page",
        "partial",
        "success",
        "total",
        "truncated",
    ];
    let is_known = move |name: &str| {
        schema.iter().any(|field| field.name == name)
            || name.to_ascii_lowercase().starts_with("error")
            || OF_LISTS.contains(&name)
    };
    btree_map(text(), json_value(), 0..2)
        .prop_map(move |fields| fields.into_iter().filter(|(name, _)| !is_known(name)).collect())
}

fn json_value() -> impl Strategy<Value = Value> {
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
