//! What the service means: a second reading of its forms, by the schema alone.

use serde_json::{Map, Value, json};

use certcentral_core_testing::schema::{Form, Presence, Schema};

/// A body as its model is written.
pub(crate) fn normal(body: &Value, schema: Schema) -> Value {
    let empty = Map::new();
    let fields = body.as_object().unwrap_or(&empty);
    let known = schema.iter().map(|field| {
        let value = fields.get(field.name).and_then(|value| normal_value(value, field.form));
        let absent = match (field.presence, field.form) {
            (Presence::Defaulted | Presence::Required, Form::List(_)) => json!([]),
            (Presence::Defaulted, _) => json!(false),
            _ => Value::Null,
        };
        (field.name.to_owned(), value.unwrap_or(absent))
    });
    let unknown = fields.iter().filter(|(name, _)| schema.iter().all(|f| f.name != **name));
    let unknown = unknown.map(|(name, value)| (name.clone(), value.clone())).collect();
    Value::Object(known.chain([("extra".to_owned(), Value::Object(unknown))]).collect())
}

/// None for what means "absent".
fn normal_value(value: &Value, form: Form) -> Option<Value> {
    let is_absent = match value {
        Value::Null => true,
        Value::String(text) => {
            let is_zero = matches!(form, Form::Id) && text == "0";
            text.trim().is_empty() || text.starts_with("0000-00-00") || is_zero
        }
        Value::Array(list) => list.is_empty(),
        Value::Object(fields) => fields.is_empty() && matches!(form, Form::List(_)),
        value => matches!(form, Form::Id) && *value == 0,
    };
    if is_absent {
        return None;
    }
    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    Some(match form {
        Form::Date => json!(text[..10]),
        Form::Flag => json!(matches!(&*text, "1" | "true")),
        Form::Id | Form::Int | Form::Uint | Form::Uint32 => {
            text.trim_end_matches(".0").parse().unwrap()
        }
        Form::List(&form) => {
            let list = value.as_array().unwrap().iter();
            // A blank name is kept.
            list.map(|entry| normal_value(entry, form).unwrap_or(entry.clone())).collect()
        }
        Form::Object(schema) => normal(value, schema),
        Form::Serial | Form::Text => json!(text),
        Form::Timestamp => json!(timestamp(&text)),
        Form::Word(_) => value.clone(),
    })
}

/// UTC as an offset, and the fraction no longer than it must be.
fn timestamp(text: &str) -> String {
    let text = text.replace('Z', "+00:00");
    let (time, offset) = text.split_at(text.len() - "+00:00".len());
    let time = if time.contains('.') { time.trim_end_matches('0') } else { time };
    format!("{}{offset}", time.trim_end_matches('.'))
}
