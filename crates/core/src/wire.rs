//! How the service writes single values, and how loosely they are read.
//!
//! The API is consistent in meaning and not in form: a number may come as a string, an absent one
//! as `null` or `""`, an empty list as `{}`. All of that is read; what is none of it is an error.

use std::{borrow::Cow, fmt, marker::PhantomData, str::FromStr};

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{
        self, DeserializeSeed, Error as _, IgnoredAny, MapAccess, SeqAccess, Unexpected, Visitor,
    },
    ser::Error as _,
};
use serde_json::{Map, Value};
use time::{
    Date, OffsetDateTime,
    format_description::well_known::{Iso8601, Rfc3339},
};

/// A list; `null` and `{}` are the empty one.
pub(crate) fn list<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    from: D,
) -> Result<Vec<T>, D::Error> {
    List::with_room(0).deserialize(from)
}

/// A number, or a number in a string.
pub(crate) fn number<'de, D: Deserializer<'de>, T: Number>(from: D) -> Result<T, D::Error> {
    optional_number(from)?.ok_or_else(|| absent("a number"))
}

/// A number as for [`number`]; `null` and `""` are none.
pub(crate) fn optional_number<'de, D: Deserializer<'de>, T: Number>(
    from: D,
) -> Result<Option<T>, D::Error> {
    let scalar = Scalar::deserialize(from)?;
    let number = match &scalar {
        Scalar::Unsigned(n) => T::try_from(*n).ok(),
        Scalar::Signed(n) => T::try_from(*n).ok(),
        Scalar::Text(text) => text.trim().parse().ok(),
        Scalar::Bool(_) | Scalar::Null => None,
    };
    match number {
        None if scalar.is_absent() => Ok(None),
        None => Err(scalar.refused("a whole number in the field's range")),
        found => Ok(found),
    }
}

/// A text, or a number taken as the text it is; `null` is none, `""` is a text.
pub(crate) fn text<'de, D: Deserializer<'de>>(from: D) -> Result<Option<String>, D::Error> {
    match Scalar::deserialize(from)? {
        Scalar::Null => Ok(None),
        Scalar::Text(text) => Ok(Some(text.into_owned())),
        Scalar::Unsigned(n) => Ok(Some(n.to_string())),
        Scalar::Signed(n) => Ok(Some(n.to_string())),
        scalar @ Scalar::Bool(_) => Err(scalar.refused("a text")),
    }
}

/// A yes or no: `1`, `0`, `true`, `false`, or one of them in a string; `null` and `""` are no.
pub(crate) fn flag<'de, D: Deserializer<'de>>(from: D) -> Result<bool, D::Error> {
    let scalar = Scalar::deserialize(from)?;
    match &scalar {
        Scalar::Bool(flag) => Ok(*flag),
        Scalar::Unsigned(0) => Ok(false),
        Scalar::Unsigned(1) => Ok(true),
        Scalar::Text(text) if matches!(text.trim(), "0" | "false") => Ok(false),
        Scalar::Text(text) if matches!(text.trim(), "1" | "true") => Ok(true),
        scalar if scalar.is_absent() => Ok(false),
        _ => Err(scalar.refused("0 or 1")),
    }
}

/// A date, `yyyy-MM-dd`; `null` and `""` are none.
pub(crate) fn optional_date<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Date>, D::Error> {
    optional(from, "a date as in 2020-04-08", |text| {
        // ISO 8601 has more forms than the service; with a time of day it is not a date.
        let is_date = matches!(text.as_bytes(), [_, _, _, _, b'-', _, _, b'-', _, _]);
        is_date.then(|| Date::parse(text, &Iso8601::DATE).ok())?
    })
}

/// A timestamp, ISO 8601 with its offset from UTC.
pub(crate) fn timestamp<'de, D: Deserializer<'de>>(from: D) -> Result<OffsetDateTime, D::Error> {
    optional_timestamp(from)?.ok_or_else(|| absent("a timestamp"))
}

/// A timestamp as for [`timestamp`]; `null` and `""` are none.
pub(crate) fn optional_timestamp<'de, D: Deserializer<'de>>(
    from: D,
) -> Result<Option<OffsetDateTime>, D::Error> {
    optional(from, "a timestamp as in 2019-04-08T17:33:26+00:00", |text| {
        OffsetDateTime::parse(text, &Rfc3339).ok()
    })
}

/// Fields of any name; one that comes twice is an error, because only one could be kept.
pub(crate) fn fields<'de, D: Deserializer<'de>>(from: D) -> Result<Map<String, Value>, D::Error> {
    from.deserialize_map(Fields)
}

/// Counts are written in strings.
#[expect(clippy::ref_option, clippy::trivially_copy_pass_by_ref, reason = "serde's signature")]
pub(crate) fn write_count<S: Serializer>(count: &Option<u32>, to: S) -> Result<S::Ok, S::Error> {
    count.map(|count| count.to_string()).serialize(to)
}

/// Flags are written as 0 and 1.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's signature")]
pub(crate) fn write_flag<S: Serializer>(flag: &bool, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_u8(u8::from(*flag))
}

#[expect(clippy::ref_option, clippy::trivially_copy_pass_by_ref, reason = "serde's signature")]
pub(crate) fn write_date<S: Serializer>(date: &Option<Date>, to: S) -> Result<S::Ok, S::Error> {
    let text =
        date.map(|date| date.format(&Iso8601::DATE)).transpose().map_err(S::Error::custom)?;
    text.serialize(to)
}

/// UTC is written `+00:00`, not `Z`.
pub(crate) fn write_timestamp<S: Serializer>(
    timestamp: &OffsetDateTime,
    to: S,
) -> Result<S::Ok, S::Error> {
    let text = timestamp.format(&Rfc3339).map_err(S::Error::custom)?;
    match text.strip_suffix('Z') {
        Some(utc) => to.collect_str(&format_args!("{utc}+00:00")),
        None => to.serialize_str(&text),
    }
}

#[expect(clippy::ref_option, reason = "serde's signature")]
pub(crate) fn write_optional_timestamp<S: Serializer>(
    timestamp: &Option<OffsetDateTime>,
    to: S,
) -> Result<S::Ok, S::Error> {
    match timestamp {
        Some(timestamp) => write_timestamp(timestamp, to),
        None => to.serialize_none(),
    }
}

/// What [`number`] can read.
pub(crate) trait Number: FromStr + TryFrom<u64> + TryFrom<i64> {}
impl<T: FromStr + TryFrom<u64> + TryFrom<i64>> Number for T {}

fn optional<'de, D: Deserializer<'de>, T>(
    from: D,
    expected: &'static str,
    read: impl FnOnce(&str) -> Option<T>,
) -> Result<Option<T>, D::Error> {
    let scalar = Scalar::deserialize(from)?;
    match &scalar {
        scalar if scalar.is_absent() => Ok(None),
        Scalar::Text(text) => match read(text.trim()) {
            None => Err(scalar.refused(expected)),
            found => Ok(found),
        },
        _ => Err(scalar.refused(expected)),
    }
}

fn absent<E: de::Error>(expected: &'static str) -> E {
    E::invalid_value(Unexpected::Other("nothing"), &expected)
}

/// Any JSON value that is not a list or an object, nor a number with a fraction.
enum Scalar<'de> {
    Bool(bool),
    Null,
    Signed(i64),
    Text(Cow<'de, str>),
    Unsigned(u64),
}

impl Scalar<'_> {
    /// Whether it stands for a number, date or flag that is not there.
    fn is_absent(&self) -> bool {
        match self {
            Self::Null => true,
            Self::Text(text) => text.trim().is_empty(),
            Self::Bool(_) | Self::Signed(_) | Self::Unsigned(_) => false,
        }
    }

    fn refused<E: de::Error>(&self, expected: &'static str) -> E {
        let shown: String; // of a text, because it may be as long as the body
        let unexpected = match self {
            Self::Bool(flag) => Unexpected::Bool(*flag),
            Self::Null => Unexpected::Unit,
            Self::Signed(n) => Unexpected::Signed(*n),
            Self::Text(text) => {
                shown = text.chars().take(80).collect();
                Unexpected::Str(&shown)
            }
            Self::Unsigned(n) => Unexpected::Unsigned(*n),
        };
        E::invalid_value(unexpected, &expected)
    }
}

impl<'de> Deserialize<'de> for Scalar<'de> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(ScalarVisitor)
    }
}

struct ScalarVisitor;

impl<'de> Visitor<'de> for ScalarVisitor {
    type Value = Scalar<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text or a whole number")
    }

    fn visit_bool<E: de::Error>(self, flag: bool) -> Result<Self::Value, E> {
        Ok(Scalar::Bool(flag))
    }

    fn visit_borrowed_str<E: de::Error>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(Scalar::Text(Cow::Borrowed(text)))
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
        self.visit_string(text.to_owned())
    }

    fn visit_string<E: de::Error>(self, text: String) -> Result<Self::Value, E> {
        Ok(Scalar::Text(Cow::Owned(text)))
    }

    fn visit_i64<E: de::Error>(self, n: i64) -> Result<Self::Value, E> {
        Ok(Scalar::Signed(n))
    }

    fn visit_u64<E: de::Error>(self, n: u64) -> Result<Self::Value, E> {
        Ok(Scalar::Unsigned(n))
    }

    fn visit_unit<E: de::Error>(self) -> Result<Self::Value, E> {
        Ok(Scalar::Null)
    }
}

struct Fields;

impl<'de> Visitor<'de> for Fields {
    type Value = Map<String, Value>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut fields = Map::new();
        while let Some(name) = map.next_key()? {
            add_field(&mut fields, name, map.next_value()?)?;
        }
        Ok(fields)
    }
}

pub(crate) fn add_field<E: de::Error>(
    fields: &mut Map<String, Value>,
    name: String,
    value: Value,
) -> Result<(), E> {
    if fields.contains_key(&name) {
        return Err(E::custom(format_args!("duplicate field `{name}`")));
    }
    fields.insert(name, value);
    Ok(())
}

/// Reads as [`list`], with room for `expected` entries from the start.
pub(crate) struct List<T> {
    expected: usize,
    entry: PhantomData<T>,
}

impl<T> List<T> {
    pub(crate) fn with_room(expected: usize) -> Self {
        Self { expected, entry: PhantomData }
    }
}

impl<'de, T: Deserialize<'de>> DeserializeSeed<'de> for List<T> {
    type Value = Vec<T>;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Vec<T>, D::Error> {
        from.deserialize_any(self)
    }
}

impl<'de, T: Deserialize<'de>> Visitor<'de> for List<T> {
    type Value = Vec<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        match map.next_key::<IgnoredAny>()? {
            None => Ok(Vec::new()),
            Some(_) => Err(A::Error::invalid_type(Unexpected::Map, &self)),
        }
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        let mut list = Vec::new();
        while let Some(entry) = seq.next_element()? {
            if list.is_empty() {
                // Not for what is no list of such entries; and it is only a guess.
                let _ = list.try_reserve_exact(self.expected);
            }
            list.push(entry);
        }
        if list.capacity() > list.len() + list.len() / 8 {
            list.shrink_to_fit(); // nobody adds to it, and it may stay for long
        }
        Ok(list)
    }

    fn visit_unit<E: de::Error>(self) -> Result<Self::Value, E> {
        Ok(Vec::new())
    }
}
