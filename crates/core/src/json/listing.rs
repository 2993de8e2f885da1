//! A list beside other fields: how the service sends rows.

use std::{fmt, marker::PhantomData};

use bytes::Bytes;
use http::header;
use serde::{
    Deserialize, Deserializer,
    de::{
        DeserializeOwned, DeserializeSeed, Error as _, IgnoredAny, MapAccess, SeqAccess,
        Unexpected, Visitor,
    },
};
use serde_json::{Map, Value};

use super::{decode_json, fields::keep, lenient};
use crate::error::{DecodeError, Excerpted};

/// The rows of a list, and every other field of the response.
pub(crate) struct Listing<T> {
    pub(crate) rows: Vec<T>,
    pub(crate) extra: Map<String, Value>,
}

/// Reads the body of `response` as a list that was not asked for in pages.
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

/// Reads the list called `name`.
///
/// `{}`, `[]` and `null` are the service's ways of saying that there is nothing to list, and so is
/// a list that is `null` or `{}`. A response that says itself that it is not the whole list is an
/// error: one with an error beside the list, or with fields but no list.
pub(crate) fn read<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    name: &'static str,
    from: D,
) -> Result<Listing<T>, D::Error> {
    Reader { name, row: PhantomData }.deserialize(from)
}

/// Checks that a list is whole that was not asked for in pages.
pub(crate) fn check_whole<T, E: serde::de::Error>(listing: &Listing<T>) -> Result<(), E> {
    let rows = u64::try_from(listing.rows.len()).unwrap_or(u64::MAX);
    let page = match listing.extra.get("page") {
        Some(Value::Object(page)) => check_part("page.", page, rows),
        Some(page) if is_given(page) => Err("`page` is not an object".to_owned()),
        Some(_) | None => Ok(()),
    };
    page.and_then(|()| check_part("", &listing.extra, rows))
        .map_err(|reason| E::custom(format_args!("the list may not be complete: {reason}")))
}

/// What says that there are more rows, if it is given.
const MORE: [&str; 6] = ["has_more", "incomplete", "next", "next_page", "partial", "truncated"];

/// Checks that the fields beside a list, or those of its page, tell of no other rows.
fn check_part(place: &str, fields: &Map<String, Value>, rows: u64) -> Result<(), String> {
    let count = |name| count(fields, name).map_err(|()| format!("`{place}{name}` is not a number"));
    let (total, offset, limit) = (count("total")?, count("offset")?, count("limit")?);
    if let Some(total) = total.filter(|&total| total > rows) {
        Err(format!("it has {rows} rows, and `{place}total` is {total}"))
    } else if let Some(offset) = offset.filter(|&offset| offset > 0) {
        Err(format!("it begins at `{place}offset` {offset}"))
    } else if let Some(more) = MORE.iter().find(|name| fields.get(**name).is_some_and(is_given)) {
        Err(format!("`{place}{more}` says that it goes on"))
    } else if total.is_none() && limit.is_some_and(|limit| (1..=rows).contains(&limit)) {
        Err(format!("it is as long as `{place}limit` allows"))
    } else {
        Ok(())
    }
}

/// A number of rows, in a text or not.
fn count(fields: &Map<String, Value>, name: &str) -> Result<Option<u64>, ()> {
    match fields.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) if text.trim().is_empty() => Ok(None),
        Some(Value::String(text)) => text.trim().parse().map(Some).map_err(|_| ()),
        Some(number) => number.as_u64().map(Some).ok_or(()),
    }
}

struct Reader<T> {
    name: &'static str,
    row: PhantomData<T>,
}

impl<'de, T: Deserialize<'de>> DeserializeSeed<'de> for Reader<T> {
    type Value = Listing<T>;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Listing<T>, D::Error> {
        from.deserialize_any(self)
    }
}

impl<'de, T: Deserialize<'de>> Visitor<'de> for Reader<T> {
    type Value = Listing<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "an object with the list `{}`", self.name)
    }

    fn visit_unit<E>(self) -> Result<Listing<T>, E> {
        Ok(Listing { rows: Vec::new(), extra: Map::new() })
    }

    fn visit_str<E: serde::de::Error>(self, _: &str) -> Result<Listing<T>, E> {
        Err(E::invalid_type(Unexpected::Other("a text"), &self))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Listing<T>, A::Error> {
        match seq.next_element::<IgnoredAny>()? {
            None => self.visit_unit(),
            Some(_) => Err(A::Error::invalid_type(Unexpected::Seq, &self)),
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Listing<T>, A::Error> {
        let mut rows = None;
        let mut extra = Map::new();
        while let Some(name) = map.next_key::<String>()? {
            if name != self.name {
                keep(&mut extra, name, &mut map)?;
            } else if rows.is_some() {
                return Err(A::Error::duplicate_field(self.name));
            } else {
                rows = Some(map.next_value_seed(lenient::list::List::new())?);
            }
        }
        if let Some((name, value)) = extra.iter().find(|(name, value)| is_error(name, value)) {
            let field = format_args!("`{name}`: {value}");
            return Err(A::Error::custom(format_args!("the response has {}", Excerpted(field))));
        }
        match rows {
            // An empty page may leave its list out; other fields without the list are some other
            // response, and not an empty one.
            None if is_of_nothing(&extra) || extra.is_empty() => {
                Ok(Listing { rows: Vec::new(), extra })
            }
            None => Err(A::Error::missing_field(self.name)),
            Some(rows) => Ok(Listing { rows, extra }),
        }
    }
}

/// Whether `page.total` is 0.
fn is_of_nothing(extra: &Map<String, Value>) -> bool {
    let page = extra.get("page").and_then(Value::as_object);
    page.is_some_and(|page| count(page, "total") == Ok(Some(0)))
}

/// Whether a field says that the call failed.
fn is_error(name: &str, value: &Value) -> bool {
    let is_error = name.get(..5).is_some_and(|start| start.eq_ignore_ascii_case("error"));
    is_error && is_given(value) || name == "success" && *value == false
}

/// Whether a field says more than "no": 0, false and empty values do not.
fn is_given(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => false,
        Value::Bool(true) => true,
        Value::Number(number) => number.as_f64() != Some(0.0),
        Value::String(text) => !matches!(text.trim(), "" | "0" | "false"),
        Value::Array(list) => !list.is_empty(),
        Value::Object(fields) => !fields.is_empty(),
    }
}
