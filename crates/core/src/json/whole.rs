//! Whether a list is whole that was not asked for in pages.

use bytes::Bytes;
use http::header;
use serde::de::{DeserializeOwned, Error};
use serde_json::{Map, Value};

use super::{decode_json, listing::Listing};
use crate::error::DecodeError;

/// Reads the body of `response` as a list that has to be whole.
pub(crate) fn decode_list<T: DeserializeOwned>(
    response: &http::Response<Bytes>,
) -> Result<T, DecodeError> {
    let list = decode_json(response)?;
    let links = response.headers().get_all(header::LINK).iter();
    if links.filter_map(|link| link.to_str().ok()).any(names_next_page) {
        return Err(DecodeError::new(response, "", "the list goes on: `Link` names a next page"));
    }
    Ok(list)
}

/// Whether a `Link` (RFC 8288) has the relation `next`, alone or among others.
fn names_next_page(link: &str) -> bool {
    let relations = link.split([';', ',']).filter_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        name.trim().eq_ignore_ascii_case("rel").then_some(value)
    });
    let mut words = relations.flat_map(|value| value.split([' ', '"']));
    words.any(|word| word.eq_ignore_ascii_case("next"))
}

/// Checks that the fields beside a list tell of no other rows.
pub(crate) fn check_whole<T, E: Error>(listing: &Listing<T>) -> Result<(), E> {
    let rows = u64::try_from(listing.rows.len()).unwrap_or(u64::MAX);
    let page = match listing.extra.get("page") {
        Some(Value::Object(page)) => check_part("page.", page, rows),
        Some(page) if is_given(page) => Err("`page` is not an object".to_owned()),
        Some(_) | None => Ok(()),
    };
    page.and_then(|()| check_part("", &listing.extra, rows))
        .map_err(|reason| E::custom(format_args!("the list may not be complete: {reason}")))
}

/// The name of the field that says that there are more rows, if there is one.
pub(crate) fn says_more(fields: &Map<String, Value>) -> Option<&'static str> {
    ["has_more", "incomplete", "next", "next_page", "partial", "truncated"]
        .into_iter()
        .find(|&name| fields.get(name).is_some_and(is_given))
}

fn check_part(place: &str, fields: &Map<String, Value>, rows: u64) -> Result<(), String> {
    let count = |name| count(fields, name).map_err(|()| format!("`{place}{name}` is not a number"));
    let (total, offset, limit) = (count("total")?, count("offset")?, count("limit")?);
    if let Some(total) = total.filter(|&total| total > rows) {
        Err(format!("it has {rows} rows, and `{place}total` is {total}"))
    } else if let Some(offset) = offset.filter(|&offset| offset > 0) {
        Err(format!("it begins at `{place}offset` {offset}"))
    } else if let Some(more) = says_more(fields) {
        Err(format!("`{place}{more}` says that it goes on"))
    } else if total.is_none() && limit.is_some_and(|limit| (1..=rows).contains(&limit)) {
        Err(format!("it is as long as `{place}limit` allows"))
    } else {
        Ok(())
    }
}

/// A number of rows, in a text or not.
pub(super) fn count(fields: &Map<String, Value>, name: &str) -> Result<Option<u64>, ()> {
    match fields.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) if text.trim().is_empty() => Ok(None),
        Some(Value::String(text)) => text.trim().parse().map(Some).map_err(|_| ()),
        Some(number) => number.as_u64().map(Some).ok_or(()),
    }
}

/// Whether a field says more than "no": 0, false and empty values do not.
pub(super) fn is_given(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => false,
        Value::Bool(true) => true,
        Value::Number(number) => number.as_f64() != Some(0.0),
        Value::String(text) => !matches!(text.trim(), "" | "0" | "false"),
        Value::Array(list) => !list.is_empty(),
        Value::Object(fields) => !fields.is_empty(),
    }
}
