//! Lists of rows, which must be complete.

use std::{borrow::Cow, fmt, marker::PhantomData, mem};

use bytes::Bytes;
use http::header;
use serde::{
    Deserialize, Deserializer, Serialize,
    de::{DeserializeOwned, Error, IgnoredAny, MapAccess, SeqAccess, Visitor},
};
use serde_json::{Map, Value};

use super::{
    decode_json,
    lenient::{Name, Reader, State, add, refused},
};
use crate::{error::DecodeError, text::Excerpted};

/// Which part of a list a response is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Page {
    /// Number of rows on all pages. It has been observed to be too small.
    pub total: Option<u64>,
    /// Greatest number of rows on a page; 0 if none was asked for.
    pub limit: Option<u64>,
    /// Number of rows on the pages before.
    pub offset: Option<u64>,
    /// Every other field.
    pub extra: Map<String, Value>,
}

/// Implements what lists have in common for a struct with rows, `page` and `extra`. A list that was not
/// asked for in pages must be complete. Of one in pages, `$id` tells the rows apart.
macro_rules! list {
    ($list:ident { $rows:ident: $row:ty }) => {
        $crate::json::list::list!(
            $list { $rows: $row },
            $crate::json::list::Listing::check_complete
        );
    };
    ($list:ident { $rows:ident: $row:ty } in pages, $id:expr) => {
        $crate::json::list::list!($list { $rows: $row }, |_| Ok(()));

        impl $list {
            fn rows(&self) -> $crate::paging::Rows<'_> {
                $crate::paging::Rows::of(&self.$rows, $id, self.page.as_ref(), &self.extra)
            }
        }
    };
    ($list:ident { $rows:ident: $row:ty }, $check:expr) => {
        impl $list {
            /// Returns a list of these rows, with no other fields.
            pub fn new($rows: Vec<$row>) -> Self {
                Self { $rows, ..Self::default() }
            }

            /// Returns the number of rows.
            pub fn len(&self) -> usize {
                self.$rows.len()
            }

            /// Returns whether there are no rows.
            pub fn is_empty(&self) -> bool {
                self.$rows.is_empty()
            }

            /// Iterates over the rows.
            pub fn iter(&self) -> std::slice::Iter<'_, $row> {
                self.$rows.iter()
            }

            /// Reads each row on its own of a `body` that
            /// [`DecodeError::body`](crate::DecodeError::body) kept. Takes time linear in its length.
            /// What the status or the headers said, such as that it is a part, is not in a body.
            ///
            /// # Errors
            ///
            /// [`DecodeError`](crate::DecodeError) if the body as a whole is not a complete list.
            #[inline]
            pub fn salvage(
                body: &[u8],
            ) -> Result<crate::Salvaged<$row>, $crate::error::DecodeError> {
                $crate::json::salvage::salvage(stringify!($rows), body, $check)
            }
        }

        impl<'de> serde::Deserialize<'de> for $list {
            fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                let list = $crate::json::list::Listing::read(stringify!($rows), from)?;
                $check(&list)?;
                Ok(Self { $rows: list.rows, page: list.page, extra: list.extra })
            }
        }

        impl IntoIterator for $list {
            type Item = $row;
            type IntoIter = std::vec::IntoIter<$row>;

            fn into_iter(self) -> Self::IntoIter {
                self.$rows.into_iter()
            }
        }

        impl<'a> IntoIterator for &'a $list {
            type Item = &'a $row;
            type IntoIter = std::slice::Iter<'a, $row>;

            fn into_iter(self) -> Self::IntoIter {
                self.iter()
            }
        }
    };
}
pub(crate) use list;

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

/// The rows of a list, and what else is in the response.
pub(crate) struct Listing<T> {
    pub(crate) rows: Vec<T>,
    pub(crate) page: Option<Page>,
    pub(crate) extra: Map<String, Value>,
}

impl<T> Default for Listing<T> {
    fn default() -> Self {
        Self { rows: Vec::new(), page: None, extra: Map::new() }
    }
}

impl<T> Listing<T> {
    /// Reads the list called `name`.
    ///
    /// `{}`, `[]` and `null` are the service's ways of saying that there is nothing to list, and so
    /// is a list that is `null` or `{}`. A response that says itself that it is not the list is an
    /// error: one with an error beside the list, or with fields but no list.
    pub(crate) fn read<'de, D: Deserializer<'de>>(
        name: &'static str,
        from: D,
    ) -> Result<Self, D::Error>
    where
        T: Deserialize<'de>,
    {
        from.deserialize_any(ListingVisitor { name, row: PhantomData })
    }

    /// Checks that the fields beside the rows tell of no others.
    pub(crate) fn check_complete<E: Error>(&self) -> Result<(), E> {
        let part = part_of_more(self.rows.len(), self.page.as_ref(), &self.extra);
        part.map_err(|reason| E::custom(format_args!("the list may not be complete: {reason}")))
    }
}

/// Says why so many rows may not be all, by what stands beside them.
fn part_of_more(
    rows: usize,
    page: Option<&Page>,
    extra: &Map<String, Value>,
) -> Result<(), String> {
    if page.is_none() && extra.is_empty() {
        return Ok(()); // most lists have nothing beside their rows
    }
    if let Some(page) = page {
        check_part(rows, "page.", [page.total, page.offset, page.limit], &page.extra)?;
    }
    let beside = |name| count(extra, name);
    check_part(rows, "", [beside("total")?, beside("offset")?, beside("limit")?], extra)
}

fn check_part(
    rows: usize,
    place: &str,
    [total, offset, limit]: [Option<u64>; 3],
    others: &Map<String, Value>,
) -> Result<(), String> {
    let rows = u64::try_from(rows).unwrap_or(u64::MAX);
    if let Some(total) = total.filter(|&total| total > rows) {
        Err(format!("it has {rows} rows, and `{place}total` is {total}"))
    } else if let Some(offset) = offset.filter(|&offset| offset > 0) {
        Err(format!("it begins at `{place}offset` {offset}"))
    } else if let Some(more) = says_more(others) {
        Err(format!("`{place}{more}` says that it goes on"))
    } else if total.is_none() && limit.is_some_and(|limit| (1..=rows).contains(&limit)) {
        Err(format!("it is as long as `{place}limit` allows"))
    } else {
        Ok(())
    }
}

/// The name of the field that says that there are more rows, if there is one.
pub(crate) fn says_more(fields: &Map<String, Value>) -> Option<&'static str> {
    ["has_more", "incomplete", "next", "next_page", "partial", "truncated"]
        .into_iter()
        .find(|&name| fields.get(name).is_some_and(is_given))
}

struct ListingVisitor<T> {
    name: &'static str,
    row: PhantomData<T>,
}

impl<'de, T: Deserialize<'de>> Visitor<'de> for ListingVisitor<T> {
    type Value = Listing<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "an object with the list `{}`", self.name)
    }

    fn visit_unit<E>(self) -> Result<Listing<T>, E> {
        Ok(Listing::default())
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Listing<T>, E> {
        Err(refused(text, &self))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Listing<T>, A::Error> {
        match seq.next_element::<IgnoredAny>()? {
            None => self.visit_unit(),
            Some(_) => Err(A::Error::invalid_type(serde::de::Unexpected::Seq, &self)),
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Listing<T>, A::Error> {
        let (mut rows, mut page, mut extra) = (None, None, Map::new());
        let mut name = Cow::default();
        while map.next_key_seed(Name(&mut name))?.is_some() {
            if name == self.name {
                rows = Some(map.next_value::<Rows<T>>()?.0);
            } else if name == "page" {
                page = map.next_value()?;
            } else {
                add(&mut extra, mem::take(&mut name).into_owned(), map.next_value()?)?;
            }
        }
        if let Some(error) = failure(&extra) {
            return Err(error);
        }
        match rows {
            None if !is_of_nothing(page.as_ref(), &extra) => {
                Err(A::Error::missing_field(self.name))
            }
            rows => Ok(Listing { rows: rows.unwrap_or_default(), page, extra }),
        }
    }
}

/// Whether a list that is left out is an empty one. An empty page may leave it out: also the one behind a
/// last page that was full. Other fields without the list are some other response.
fn is_of_nothing(page: Option<&Page>, extra: &Map<String, Value>) -> bool {
    page.map_or(extra.is_empty(), |page| {
        page.total.is_some_and(|total| page.offset.unwrap_or_default() >= total)
    })
}

/// The error of a response that says that the call failed.
fn failure<E: Error>(extra: &Map<String, Value>) -> Option<E> {
    let (name, value) = extra.iter().find(|(name, value)| is_error(name, value))?;
    let field = format_args!("`{name}`: {value}");
    Some(E::custom(format_args!("the response has {}", Excerpted(field))))
}

/// Whether a field says that the call failed.
fn is_error(name: &str, value: &Value) -> bool {
    let is_error = name.get(..5).is_some_and(|start| start.eq_ignore_ascii_case("error"));
    let says_no = !value.is_null() && !is_given(value);
    is_error && is_given(value) || name == "success" && says_no
}

/// A number of rows, in any form.
fn count(fields: &Map<String, Value>, name: &str) -> Result<Option<u64>, String> {
    let Some(value) = fields.get(name) else { return Ok(None) };
    let state = &mut State::for_body(0);
    let count = Option::deserialize(Reader::new(value, state));
    count.map_err(|_| format!("`{name}` is not a number"))
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

/// The rows themselves, in place of which `""` is an error.
struct Rows<T>(Vec<T>);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Rows<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_tuple(0, Self(Vec::new()))
    }
}

impl<'de, T: Deserialize<'de>> Visitor<'de> for Rows<T> {
    type Value = Self;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut seq: A) -> Result<Self, A::Error> {
        while let Some(row) = seq.next_element()? {
            // A list that doubles is up to half empty, which is much of a long one.
            if self.0.len() >= 1024 && self.0.len() == self.0.capacity() {
                self.0.reserve_exact(self.0.len() / 4);
            }
            self.0.push(row);
        }
        // Nobody adds to a list that was read, and it may stay for long.
        if (self.0.capacity() - self.0.len()) * size_of::<T>() > 4096 {
            self.0.shrink_to_fit();
        }
        Ok(self)
    }
}
