//! The service's own errors, in the body of a response that is not 2xx.

use std::borrow::Cow;

use serde_json::Value;

use crate::{error::ErrorDetail, json::read_body};

/// Reads `{"errors": […]}` (documented), and the forms that sibling endpoints have been observed
/// to send: one object in place of the list, and `error` in place of `errors`, text included.
///
/// There is nothing to read in what would take too much memory; the body has it.
pub(super) fn read(body: &[u8]) -> Vec<ErrorDetail> {
    const LONG: usize = 1024 * 1024;
    let text = String::from_utf8_lossy(body);
    if matches!(text, Cow::Owned(_)) && body.len() > LONG {
        return Vec::new(); // a character in place of each byte takes three times its room
    }
    let Ok(Value::Object(mut body)) = read_body(text.as_bytes()) else { return Vec::new() };
    let lists = ["errors", "error"].into_iter().filter_map(|name| body.remove(name));
    lists.flat_map(entries).filter_map(detail).collect()
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
