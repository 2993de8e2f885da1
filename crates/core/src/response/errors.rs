//! The service's own errors, in the body of a response that is not 2xx.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::{
    error::ErrorDetail,
    json::{self, Budget, charge, lenient},
};

/// Reads `{"errors": […]}` (documented), and the forms that sibling endpoints have been observed
/// to send: one object in place of the list, and `error` in place of `errors`, text included.
///
/// What does not fit into the budget is left out: the body has it.
pub(super) fn read(body: &[u8]) -> Vec<ErrorDetail> {
    let _budget = Budget::for_body(body.len());
    let text = String::from_utf8_lossy(body);
    if matches!(text, Cow::Owned(_)) && !fits(text.len()) {
        return Vec::new();
    }
    let body = json::read_body::<&RawValue>(text.as_bytes()).ok().and_then(object::<Body<'_>>);
    let Some(Body { errors, error }) = body else { return Vec::new() };
    [errors, error].into_iter().flatten().flat_map(entries).collect()
}

#[derive(Deserialize)]
struct Body<'a> {
    #[serde(borrow)]
    errors: Option<&'a RawValue>,
    #[serde(borrow)]
    error: Option<&'a RawValue>,
}

fn entries(list: &RawValue) -> impl Iterator<Item = ErrorDetail> {
    #[derive(Deserialize)]
    #[serde(transparent)]
    struct Entries<'a>(#[serde(borrow, with = "lenient::list")] Vec<&'a RawValue>);

    let entries = serde_json::from_str::<Entries<'_>>(list.get());
    entries.map_or_else(|_| vec![list], |entries| entries.0).into_iter().filter_map(detail)
}

fn detail(entry: &RawValue) -> Option<ErrorDetail> {
    #[derive(Deserialize)]
    struct Entry<'a> {
        #[serde(borrow)]
        code: Option<&'a RawValue>,
        #[serde(borrow)]
        message: Option<&'a RawValue>,
    }

    if !fits(2 * size_of::<ErrorDetail>() + entry.get().len()) {
        return None;
    }
    let (code, message) = match object::<Entry<'_>>(entry) {
        Some(Entry { code, message }) => (text(code), text(message)),
        None => (String::new(), text(Some(entry))),
    };
    (!code.is_empty() || !message.is_empty()).then(|| ErrorDetail::new(code, message))
}

/// Reads an object. What is none is not even tried: the error would quote all of it.
fn object<'a, T: Deserialize<'a>>(value: &'a RawValue) -> Option<T> {
    value.get().starts_with('{').then(|| serde_json::from_str(value.get()).ok())?
}

/// A text as it reads, anything else as its JSON.
fn text(value: Option<&RawValue>) -> String {
    let json = value.map_or("null", RawValue::get);
    // What is no text is not even tried: making the error would take most of the time.
    let text = if json.starts_with('"') { serde_json::from_str(json).ok() } else { None };
    text.unwrap_or_else(|| if json == "null" { String::new() } else { json.to_owned() })
}

fn fits(bytes: usize) -> bool {
    charge::<serde_json::Error>(bytes).is_ok()
}
