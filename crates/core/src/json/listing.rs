//! A list beside other fields: how the service sends rows.

use std::{fmt, marker::PhantomData};

use serde::{
    Deserialize, Deserializer,
    de::{DeserializeSeed, Error as _, IgnoredAny, MapAccess, SeqAccess, Unexpected, Visitor},
};
use serde_json::{Map, Value};

use super::{
    fields::keep,
    lenient,
    whole::{count, is_given},
};
use crate::text::Excerpted;

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
                rows = Some(map.next_value_seed(lenient::list::List::of_body())?);
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
