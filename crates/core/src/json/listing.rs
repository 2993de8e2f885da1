//! A list beside other fields: how the service sends rows.

use std::{fmt, marker::PhantomData};

use serde::{
    Deserialize, Deserializer,
    de::{DeserializeSeed, Error as _, IgnoredAny, MapAccess, SeqAccess, Unexpected, Visitor},
};
use serde_json::{Map, Value};

use super::{fields::keep, lenient};
use crate::error::Excerpted;

/// The rows of a list, and every other field of the response.
pub(crate) struct Listing<T> {
    pub(crate) rows: Vec<T>,
    pub(crate) extra: Map<String, Value>,
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

/// Checks that a list is whole that was not asked for in pages: it begins at its first row, and
/// `page.total` is no more than its rows.
pub(crate) fn check_whole<T, E: serde::de::Error>(listing: &Listing<T>) -> Result<(), E> {
    let rows = listing.rows.len();
    let incomplete = match (total(&listing.extra), page(&listing.extra, "offset")) {
        (Count::Nonsense, _) => "`page.total` is not a number".to_owned(),
        (Count::Of(total), _) if usize::try_from(total).map_or(true, |total| total > rows) => {
            format!("it has {rows} rows, and `page.total` is {total}")
        }
        (_, Count::Nonsense) => "`page.offset` is not a number".to_owned(),
        (_, Count::Of(offset)) if offset > 0 => format!("it begins at `page.offset` {offset}"),
        (Count::None | Count::Of(_), Count::None | Count::Of(_)) => return Ok(()),
    };
    Err(E::custom(format_args!("the list may not be complete: {incomplete}")))
}

/// What a response says of its rows.
#[derive(PartialEq)]
enum Count {
    None,
    Nonsense,
    Of(u64),
}

/// The number of rows that the response says there are.
fn total(extra: &Map<String, Value>) -> Count {
    page(extra, "total")
}

fn page(extra: &Map<String, Value>, field: &str) -> Count {
    let count = match extra.get("page").and_then(|page| page.get(field)) {
        None | Some(Value::Null) => return Count::None,
        Some(Value::String(text)) if text.trim().is_empty() => return Count::None,
        Some(Value::String(text)) => text.trim().parse().ok(),
        Some(number) => number.as_u64(),
    };
    count.map_or(Count::Nonsense, Count::Of)
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
        for name in ["error", "errors"] {
            if let Some(error) = extra.get(name).filter(|error| is_given(error)) {
                let error = Excerpted(error);
                return Err(A::Error::custom(format_args!("the response has `{name}`: {error}")));
            }
        }
        match rows {
            // An empty page may leave its list out; other fields without the list are some other
            // response, and not an empty one.
            None if total(&extra) == Count::Of(0) || extra.is_empty() => {
                Ok(Listing { rows: Vec::new(), extra })
            }
            None => Err(A::Error::missing_field(self.name)),
            Some(rows) => Ok(Listing { rows, extra }),
        }
    }
}

/// Whether a field says that something is wrong: 0, false and empty values say that nothing is.
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
