//! Nonsense in every field of every endpoint: an error that says where, in one line.

use std::error::Error as _;

use certcentral_core::{DecodeError, Error, decode_json, http::Response, order::Orders};
use certcentral_core_testing::{
    described::Described,
    endpoints::{ALL, with_json},
    schema::{Form, Presence, Schema},
};
use serde_json::{Map, Value, json};

use crate::logs::assert_fit_for_a_log;

#[test]
fn nonsense_in_any_field_is_an_error_at_that_field() {
    for (endpoint, place) in places() {
        let whole = body(endpoint);
        for nonsense in nonsense(place.form) {
            let mut body = whole.clone();
            *body.pointer_mut(&place.pointer).unwrap() = nonsense;
            assert_refused_at(endpoint, &body.to_string(), &place.path);
        }
    }
}

#[test]
fn nonsense_in_any_other_field_costs_nothing() {
    for (endpoint, place) in places().filter(|(_, place)| matches!(place.form, Form::Object(_))) {
        for nonsense in
            json!([null, true, 1.5, "x", [1], {"users": [{"id": 1}]}]).as_array().unwrap()
        {
            let mut body = body(endpoint);
            let object = body.pointer_mut(&place.pointer).unwrap().as_object_mut().unwrap();
            object.insert("verified_contacts".to_owned(), nonsense.clone());
            let read = endpoint.read(body.to_string()).unwrap();
            let extra = read.json.pointer(&format!("{}/extra/verified_contacts", place.pointer));
            assert_eq!(extra, Some(nonsense), "{endpoint:?} at {}", place.path);
        }
    }
}

#[test]
fn a_bad_row_is_found_behind_ten_thousand_good_ones() {
    let good = r#"{"id":1,"status":"issued"},"#.repeat(10_000);
    let bad = r#"{"id":2,"status":"issued","number_of_sans":"many"}"#;
    let body = format!(r#"{{"orders":[{good}{bad},{bad}]}}"#);
    let list_orders = &ALL[0];
    assert_refused_at(list_orders, &body, "orders[10000].number_of_sans");
    let salvaged = Orders::salvage(body.as_bytes()).unwrap();
    assert_eq!((salvaged.readable.len(), salvaged.unreadable.len()), (10_000, 2));
}

#[test]
fn a_field_that_is_required_is_missed_by_its_path() {
    let mut count = 0;
    for (endpoint, place) in places().filter(|(_, place)| place.presence == Presence::Required) {
        let mut body = body(endpoint);
        // A page that begins at its total may leave its list out.
        if let Some(offset) = body.pointer_mut("/page/offset") {
            *offset = json!(0);
        }
        let (object, name) = place.pointer.rsplit_once('/').unwrap();
        let object = body.pointer_mut(object).unwrap().as_object_mut().unwrap();
        object.remove(name).unwrap();
        if !object.is_empty() {
            assert_refused_at(endpoint, &body.to_string(), &place.path);
            count += 1;
        }
    }
    assert!(count > 20, "{count}");
}

#[test]
fn a_name_that_comes_twice_in_any_object_is_an_error() {
    for (endpoint, place) in places() {
        let mut body = body(endpoint);
        let Some(object) = body.pointer_mut(&place.pointer).unwrap().as_object_mut() else {
            continue;
        };
        let known = object.keys().next().unwrap().clone();
        let value = object[&known].to_string();
        object.insert("TWICE".to_owned(), json!(0));
        let twice = format!(r#""{known}":{value}"#);
        let unknown = r#""\u001b\n\u202enew":[{"a":0}],"\u001b\n\u202enew":[]"#;
        for twice in [&twice, unknown, r#""new":{"x":[{"y":1,"y":1}]}"#] {
            assert_refused(endpoint, &body.to_string().replace(r#""TWICE":0"#, twice));
        }
    }
}

/// Many names are compared otherwise than few.
#[test]
fn a_name_that_comes_twice_is_found_among_any_number_of_others() {
    let read = |names: &[usize]| {
        let fields: Vec<_> = names.iter().map(|name| format!(r#""{name}":0"#)).collect();
        decode_json::<Map<String, Value>>(&Response::new(
            format!("{{{}}}", fields.join(",")).into(),
        ))
    };
    for count in 1..20 {
        let names: Vec<_> = (0..count).rev().collect();
        assert_eq!(read(&names).unwrap().len(), count);
        for (at, twice) in (0..=count).flat_map(|at| (0..count).map(move |twice| (at, twice))) {
            let mut names = names.clone();
            names.insert(at, twice);
            let error = read(&names).unwrap_err().source().unwrap().to_string();
            assert!(error.starts_with(&format!("duplicate field `{twice}`")), "{names:?}: {error}");
        }
    }
}

#[test]
fn what_is_wrong_is_said_in_one_short_line() {
    let hostile = format!("\u{1b}[31m\r\n\u{202e}\u{2028}\u{200b}{}", "\u{7f}".repeat(600));
    for (endpoint, place) in places() {
        let whole = body(endpoint);
        for nonsense in [json!(hostile), json!({ &hostile: 0 }), json!({ &hostile: [true, {}] })] {
            let mut body = whole.clone();
            *body.pointer_mut(&place.pointer).unwrap() = nonsense;
            if let Err(error) = endpoint.read(body.to_string()) {
                assert_fit_for_a_log(&error);
            }
        }
        let mut body = whole;
        if let Some(Value::Object(object)) = body.pointer_mut(&place.pointer) {
            let name = serde_json::to_string(&hostile).unwrap();
            object.insert("DEEP".to_owned(), json!(0));
            let deep = format!("{name}:{{{name}:{{{name}:0,{name}:0}}}}");
            let error = assert_refused(endpoint, &body.to_string().replace(r#""DEEP":0"#, &deep));
            assert!(error.path().len() < 600, "{}", error.path().len());
            assert!(!error.path().contains(char::is_control), "{}", error.path());
        }
    }
}

/// A value in the response of an endpoint.
struct Place {
    /// RFC 6901.
    pointer: String,
    /// As an error names it.
    path: String,
    form: Form,
    presence: Presence,
}

fn places() -> impl Iterator<Item = (&'static Described, Place)> {
    // Both ways to revoke get a request.
    let others = with_json().filter(|endpoint| !endpoint.folder.starts_with("revoke_"));
    others.flat_map(|endpoint| {
        let mut places = Vec::new();
        let (form, presence) = (Form::Object(endpoint.schema), Presence::Optional);
        add(Place { pointer: String::new(), path: String::new(), form, presence }, &mut places);
        // In a request, an order has the fields that it has in a list.
        places.retain(|place| !place.path.starts_with("order."));
        places.into_iter().map(move |place| (endpoint, place))
    })
}

fn fields(pointer: &str, path: &str, schema: Schema, places: &mut Vec<Place>) {
    let dot = if path.is_empty() { "" } else { "." };
    for field in schema.iter().filter(|field| field.presence != Presence::Never) {
        let (pointer, path) =
            (format!("{pointer}/{}", field.name), format!("{path}{dot}{}", field.name));
        add(Place { pointer, path, form: field.form, presence: field.presence }, places);
    }
}

fn add(place: Place, places: &mut Vec<Place>) {
    let Place { pointer, path, form, .. } = &place;
    match *form {
        Form::List(&form) => {
            let (pointer, path) = (format!("{pointer}/0"), format!("{path}[0]"));
            add(Place { pointer, path, form, presence: Presence::Optional }, places);
        }
        Form::Object(schema) => fields(pointer, path, schema, places),
        _ => {}
    }
    places.push(place);
}

/// A response with every field.
fn body(endpoint: &Described) -> Value {
    value(Form::Object(endpoint.schema))
}

fn value(form: Form) -> Value {
    match form {
        Form::Date => json!("2020-04-08"),
        Form::Flag => json!(true),
        Form::Id | Form::Int | Form::Uint | Form::Uint32 => json!(1),
        Form::List(&form) => json!([value(form)]),
        Form::Object(schema) => {
            let fields = schema.iter().filter(|field| field.presence != Presence::Never);
            let fields = fields.map(|field| (field.name.to_owned(), value(field.form)));
            Value::Object(fields.collect::<Map<_, _>>())
        }
        Form::Serial | Form::Text => json!("a text"),
        Form::Timestamp => json!("2019-04-08T17:33:26+00:00"),
        Form::Word(words) => json!(words[0]),
    }
}

fn nonsense(form: Form) -> Vec<Value> {
    let nonsense = match form {
        Form::Date => json!([
            true,
            20_200_408,
            ["x"],
            {},
            "soon",
            "2020-02-30",
            "08.04.2020",
            "2020-W15-3",
            "2020-04-08T23:59:58-05:00",
            "2020-04-08T00:00:01Z",
            "2020-04-08T00:00:00.001Z",
            "2020-04-08T24:00:00Z",
            "2020-04-08T:::::",
            "2020-04-08T00:00:00.",
            "2020-04-08T00000",
            "2020-04-08T00:00:00+-::",
            "2020-04-08T",
            "2020-04-08Z",
        ]),
        Form::Timestamp => json!([
            true,
            0,
            1.5,
            ["x"],
            {},
            "soon",
            "2019-02-29T00:00:00Z",
            "2019-04-08T25:00:00Z",
            "2019-04-08T17:33:26+000",
            "2019-04-08T17:33:26+00000",
            "2019-04-08T17:33:26+2400",
            "2019-04-08T17:33:26 UTC",
            "2019-04-08T17:33:26Z+00",
            "2019-04-0817:33:26+0000",
            "17:33:26+00:00",
            "+0000",
            "é:é+0000",
        ]),
        Form::Flag => json!([2, -1, 0.5, "yes", "2", [1], {}]),
        Form::Uint | Form::Uint32 | Form::Id => {
            json!([true, -1, "-1", 1.5, 1e300, "x", "1.5", [1], {}, "18446744073709551616"])
        }
        Form::Int => json!([true, 1.5, 1e300, "x", "1.5", [1], {}, u64::MAX]),
        Form::List(_) => json!([true, 1, "x", {"a": 0}]),
        Form::Object(_) => json!([true, 1, "x", [1]]),
        // A serial number that was a text of digits, and lost some of them.
        Form::Serial => json!([
            true,
            0,
            7,
            999_999_999,
            -1_000_000_000,
            1.5,
            1_000_000_000.5,
            1e9,
            1e300,
            123_456_789_012_345_678_901.0,
            [1],
            {}
        ]),
        Form::Text | Form::Word(_) => json!([true, 1.5, [1], {}]),
    };
    nonsense.as_array().unwrap().clone()
}

#[track_caller]
fn assert_refused_at(endpoint: &Described, body: &str, path: &str) {
    let error = assert_refused(endpoint, body);
    assert_eq!(error.path(), path, "{endpoint:?}: {error}\n{body}");
    let message = error.source().unwrap().to_string();
    let column = message.rsplit_once("column ").map_or("0", |(_, column)| column);
    // All else in the body is good, so it is read up to there.
    assert!(column.parse::<usize>().unwrap() > path.len(), "{endpoint:?}: {message}");
}

#[track_caller]
fn assert_refused(endpoint: &Described, body: &str) -> DecodeError {
    let error = endpoint.read(body.to_owned()).unwrap_err();
    assert_fit_for_a_log(&error);
    match error {
        Error::Decode(error) => error,
        other => panic!("{endpoint:?}: {other:?}"),
    }
}
