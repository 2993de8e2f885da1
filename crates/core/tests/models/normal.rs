//! What the service means: a second reading of its forms, by the schema alone.

use serde_json::{Map, Value, json};

use crate::schema::{Field, Form, Presence, Schema};

/// A body in the service's own form, with nothing in it that means "absent".
pub(crate) fn normal(body: &Value, schema: Schema) -> Value {
    let empty = Map::new();
    let fields = body.as_object().unwrap_or(&empty);
    let known = schema.iter().filter_map(|field| {
        let value = fields.get(field.name).and_then(|value| normal_value(value, field.form));
        Some((field.name.to_owned(), value.or_else(|| default(field))?))
    });
    let known: Map<_, _> = known.filter(|(name, value)| is_written(schema, name, value)).collect();
    let unknown = fields.iter().filter(|(name, _)| schema.iter().all(|f| f.name != **name));
    let unknown = unknown.map(|(name, value)| (name.clone(), value.clone()));
    Value::Object(known.into_iter().chain(unknown).collect())
}

/// The names of a body's fields that the schema does not have, at any level.
pub(crate) fn unknown_names(body: &Value, schema: Schema) -> Vec<String> {
    let Some(fields) = body.as_object() else { return Vec::new() };
    let names = fields.iter().flat_map(|(name, value)| {
        match schema.iter().find(|field| field.name == name).map(|field| field.form) {
            None => vec![name.clone()],
            Some(Form::Object(schema)) => unknown_names(value, schema),
            Some(Form::List(Form::Object(schema))) => {
                let list = value.as_array().into_iter().flatten();
                list.flat_map(|entry| unknown_names(entry, schema)).collect()
            }
            Some(_) => Vec::new(),
        }
    });
    names.collect()
}

/// None for what means "absent".
fn normal_value(value: &Value, form: Form) -> Option<Value> {
    let is_empty = |value: &Value| *value == json!([]) || *value == json!({});
    let is_blank = value.as_str().is_some_and(|text| text.trim().is_empty());
    let is_absent = match form {
        Form::Text | Form::Word(_) => value.is_null(),
        Form::Object(_) => value.is_null() || is_blank || *value == json!([]),
        Form::List(_) | Form::Fields => value.is_null() || is_empty(value),
        Form::Id => value.is_null() || is_blank || *value == 0 || *value == "0",
        _ => value.is_null() || is_blank,
    };
    if is_absent {
        return None;
    }
    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let is_set = matches!(&*text, "1" | "true");
    Some(match form {
        Form::Date => json!(text[..10]),
        Form::Decimal | Form::Id | Form::Int | Form::Uint | Form::Uint32 => text.parse().unwrap(),
        Form::Digit => json!(u8::from(is_set)),
        Form::DigitText => json!(if is_set { "1" } else { "0" }),
        Form::IntText | Form::Text => json!(text),
        Form::List(&form) => {
            let list = value.as_array().unwrap().iter();
            list.map(|entry| normal_value(entry, form).unwrap()).collect()
        }
        Form::Object(schema) => normal(value, schema),
        Form::Timestamp => json!(timestamp(&text)),
        Form::TimestampUtc if !text.contains('T') => json!(text.replace(' ', "T") + "+00:00"),
        Form::Fields | Form::TimestampUtc | Form::Word(_) => value.clone(),
        Form::YesNo => json!(is_set),
    })
}

/// UTC as an offset, and the fraction no longer than it must be.
fn timestamp(text: &str) -> String {
    let text = text.replace('Z', "+00:00");
    let (time, offset) = text.split_at(text.len() - "+00:00".len());
    let time = if time.contains('.') { time.trim_end_matches('0') } else { time };
    format!("{}{offset}", time.trim_end_matches('.'))
}

fn default(field: &Field) -> Option<Value> {
    match (field.presence, field.form) {
        (Presence::Always | Presence::Required, Form::List(_)) => Some(json!([])),
        (Presence::Always, _) => Some(json!("0")),
        _ => None,
    }
}

/// Whether a flag is set, if it is written only then.
fn is_written(schema: Schema, name: &str, value: &Value) -> bool {
    let field = schema.iter().find(|field| field.name == name).unwrap();
    field.presence != Presence::IfSet || *value == 1 || *value == "1"
}
