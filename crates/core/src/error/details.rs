//! The list of errors in the body of a response that is not 2xx.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::ErrorDetail;
use crate::json::{self, Budget, charge, lenient};

/// Reads `{"errors": […]}` (documented), and the forms that sibling endpoints have been observed
/// to send: one object in place of the list, and `error` in place of `errors`, text included.
pub(super) fn read(body: &[u8]) -> Vec<ErrorDetail> {
    let _budget = Budget::for_body(body.len());
    let text = String::from_utf8_lossy(body);
    let Ok(body) = json::read_body::<ErrorBody<'_>>(text.as_bytes()) else { return Vec::new() };
    [body.errors, body.error].into_iter().flatten().flat_map(error_details).collect()
}

#[derive(Deserialize)]
struct ErrorBody<'a> {
    #[serde(borrow)]
    errors: Option<&'a RawValue>,
    #[serde(borrow)]
    error: Option<&'a RawValue>,
}

fn error_details(entries: &RawValue) -> impl Iterator<Item = ErrorDetail> {
    #[derive(Deserialize)]
    #[serde(transparent)]
    struct Entries<'a>(#[serde(borrow, with = "lenient::list")] Vec<&'a RawValue>);

    let list = serde_json::from_str::<Entries<'_>>(entries.get());
    let list = list.map_or_else(|_| vec![entries], |list| list.0);
    list.into_iter().filter_map(error_detail)
}

/// None also for what does not fit into the budget: the body has it.
fn error_detail(entry: &RawValue) -> Option<ErrorDetail> {
    #[derive(Deserialize)]
    struct Entry<'a> {
        #[serde(borrow)]
        code: Option<&'a RawValue>,
        #[serde(borrow)]
        message: Option<&'a RawValue>,
    }

    charge::<serde_json::Error>(2 * size_of::<ErrorDetail>()).ok()?;
    let (code, message) = match serde_json::from_str::<Entry<'_>>(entry.get()) {
        Ok(Entry { code, message }) => (text(code), text(message)),
        Err(_) => (String::new(), text(Some(entry))),
    };
    (!code.is_empty() || !message.is_empty()).then(|| ErrorDetail::new(code, message))
}

/// A text as it reads, anything else as its JSON.
fn text(value: Option<&RawValue>) -> String {
    let json = value.map_or("null", RawValue::get);
    match serde_json::from_str(json) {
        Ok(text) => text,
        Err(_) if json == "null" => String::new(),
        Err(_) => json.to_owned(),
    }
}
