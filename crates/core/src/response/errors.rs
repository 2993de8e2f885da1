//! The service's own errors, in the body of a response.

use std::borrow::Cow;

use serde_json::{Map, Value};

use crate::{error::ErrorDetail, json::read_body, secret::Secret, text::strip_bom};

/// Reads `{"errors": […]}` (documented), and the forms that sibling endpoints have been observed
/// to send: one object in place of the list, and `error` in place of `errors`, text included. All of
/// it can be in a JSON text (observed), and a code in plain text (observed).
///
/// There is nothing to read in what would take too much memory; the body has it.
pub(super) fn read(body: &[u8], secret: &Secret) -> Vec<ErrorDetail> {
    const LONG: usize = 1024 * 1024;
    let text = String::from_utf8_lossy(strip_bom(body));
    if matches!(text, Cow::Owned(_)) && body.len() > LONG {
        return Vec::new(); // a character in place of each byte takes three times its room
    }
    match contents(&text, secret) {
        Contents::Fields(fields) => details(fields),
        Contents::Text(text) => plain(&text).into_iter().collect(),
        Contents::Other => Vec::new(),
    }
}

/// Whether a body has errors with a code, and nothing else.
pub(super) fn are_alone(body: &[u8], secret: &Secret) -> bool {
    // Most bodies need not be read once more.
    let may_be = match strip_bom(body).trim_ascii() {
        [b'{', rest @ ..] => rest.trim_ascii_start().starts_with(b"\"error"),
        [first, ..] => *first == b'"',
        [] => false,
    };
    let Some(text) = str::from_utf8(body).ok().filter(|_| may_be) else { return false };
    let Contents::Fields(fields) = contents(text, secret) else { return false };
    fields.keys().all(|name| NAMES.contains(&name.as_str()))
        && details(fields).iter().any(|detail| !detail.code.is_empty())
}

/// The fields that hold errors.
const NAMES: [&str; 2] = ["errors", "error"];

/// A longer text is not looked into.
const LONG_TEXT: usize = 64 * 1024;

enum Contents {
    Fields(Map<String, Value>),
    Text(String),
    Other,
}

/// What is in a body. A JSON text is looked into once.
fn contents(body: &str, secret: &Secret) -> Contents {
    match read_body(body.as_bytes()) {
        Ok(Value::Object(fields)) => Contents::Fields(fields),
        Ok(Value::String(text)) if text.len() <= LONG_TEXT => {
            // What was quoted twice shows now.
            let text = secret.redact_text(text);
            match read_body(text.as_bytes()) {
                Ok(Value::Object(fields)) => Contents::Fields(fields),
                _ => Contents::Text(text),
            }
        }
        Err(_) if body.len() <= LONG_TEXT => Contents::Text(body.to_owned()),
        _ => Contents::Other,
    }
}

fn details(mut fields: Map<String, Value>) -> Vec<ErrorDetail> {
    let lists = NAMES.into_iter().filter_map(|name| fields.remove(name));
    lists.flat_map(entries).filter_map(detail).collect()
}

/// The error in a plain text that has a code of the service in it. A page and JSON that is cut off are
/// none, whatever is in them.
fn plain(text: &str) -> Option<ErrorDetail> {
    let text = text.trim();
    let code = code_in(text).filter(|_| !text.starts_with(['<', '{', '[', '"']))?;
    Some(ErrorDetail::new(code, text))
}

/// The first code of the service in a text. Only few are looked for: anybody writes words with `_`.
fn code_in(text: &str) -> Option<String> {
    if text.len() > LONG_TEXT {
        return None;
    }
    let is_of_code = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '|' | ':' | '.');
    let words = text.split(|c| !is_of_code(c)).map(|word| word.trim_matches(['|', ':', '.']));
    words.into_iter().find_map(|word| {
        // In a sentence the service writes the code's second part alone.
        if word.starts_with("access_denied_") {
            return Some(format!("access_denied|{word}"));
        }
        let family = word.split(['|', ':']).next().filter(|family| *family != word);
        let is_code = matches!(family, Some("access_denied" | "not_found" | "required_param"));
        (is_code || word == "request_limit_exceeded").then(|| word.to_owned())
    })
}

fn entries(list: Value) -> Vec<Value> {
    match list {
        Value::Array(entries) => entries,
        // PHP writes a list with gaps so.
        Value::Object(entries) if entries.keys().all(|key| key.parse::<u32>().is_ok()) => {
            entries.into_iter().map(|(_, entry)| entry).collect()
        }
        entry => vec![entry],
    }
}

fn detail(entry: Value) -> Option<ErrorDetail> {
    let (code, message) = match entry {
        Value::Object(mut entry) => {
            let mut part = |name| entry.remove(name).map(text).unwrap_or_default();
            (part("code"), part("message"))
        }
        entry => (String::new(), text(entry)),
    };
    let code = if code.is_empty() { code_in(&message).unwrap_or_default() } else { code };
    (!code.is_empty() || !message.is_empty()).then(|| ErrorDetail::new(code, message))
}

/// A text as it reads, anything else as its JSON.
fn text(value: Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text,
        value => value.to_string(),
    }
}
