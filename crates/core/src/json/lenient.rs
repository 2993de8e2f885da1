//! Single values in the service's loose forms, for `#[serde(with = "lenient::date")]` and the like.
//!
//! The API is consistent in meaning and not in form: a number may come as a string, an absent one
//! as `null` or `""`, an empty list as `{}`. All of that is read. What is none of it is an error.

#![expect(clippy::ref_option, clippy::trivially_copy_pass_by_ref, reason = "serde's signatures")]

use std::{borrow::Cow, fmt, marker::PhantomData, str::FromStr};

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{
        self, DeserializeSeed, Error as _, IgnoredAny, MapAccess, SeqAccess, Unexpected, Visitor,
        value::MapAccessDeserializer,
    },
};

use super::{
    charge,
    fields::{NUMBER_TOKEN, UnknownValue},
};

/// A text, or a number taken as the text it is. `null` is none, `""` is a text.
pub(crate) mod text {
    pub(crate) use super::plain as serialize;
    use super::{Deserialize, Deserializer, Scalar};

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<Option<String>, D::Error> {
        match Scalar::deserialize(from)? {
            Scalar::Null => Ok(None),
            Scalar::Text(text) => Ok(Some(text.into_owned())),
            Scalar::Unsigned(n) => Ok(Some(n.to_string())),
            Scalar::Signed(n) => Ok(Some(n.to_string())),
            scalar @ Scalar::Bool(_) => Err(scalar.refused("a text")),
        }
    }
}

/// A number, or a number in a string. `null` and `""` are none.
pub(crate) mod number {
    pub(crate) use super::plain as serialize;
    use super::{Deserialize, Deserializer, Number, Scalar, Serialize, Serializer, missing};

    pub(crate) fn deserialize<'de, D: Deserializer<'de>, T: Number>(
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

    /// A number that must be there.
    pub(crate) fn required<'de, D: Deserializer<'de>, T: Number>(from: D) -> Result<T, D::Error> {
        deserialize(from)?.ok_or_else(|| missing("a number"))
    }

    /// A number that the service writes in a string.
    pub(crate) mod in_text {
        pub(crate) use super::deserialize;
        use super::{Serialize, Serializer};

        pub(crate) fn serialize<S: Serializer, T: ToString>(
            number: &Option<T>,
            to: S,
        ) -> Result<S::Ok, S::Error> {
            number.as_ref().map(T::to_string).serialize(to)
        }
    }
}

/// A number that may have a fraction, or one in a string. `null` and `""` are none.
pub(crate) mod decimal {
    use serde_json::{Number, Value};

    pub(crate) use super::plain as serialize;
    use super::{DeserializeSeed as _, Deserializer, UnknownValue, de::Error as _};

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<Option<Number>, D::Error> {
        match UnknownValue.deserialize(from)? {
            Value::Null => Ok(None),
            Value::Number(number) => Ok(Some(number)),
            Value::String(text) if text.trim().is_empty() => Ok(None),
            Value::String(text) => text.trim().parse().map(Some).map_err(D::Error::custom),
            _ => Err(D::Error::custom("invalid type, expected a number")),
        }
    }
}

/// An identifier that may be absent. `null`, `""` and 0 are none.
pub(crate) mod id {
    pub(crate) use super::plain as serialize;
    use super::{Deserializer, number};

    pub(crate) fn deserialize<'de, D: Deserializer<'de>, T: From<u64>>(
        from: D,
    ) -> Result<Option<T>, D::Error> {
        let id: Option<u64> = number::deserialize(from)?;
        Ok(id.filter(|&id| id != 0).map(T::from))
    }
}

/// A yes or no: `1`, `0`, `true`, `false`, or one of them in a string. `null` and `""` are no.
/// Written as `1` or `0`.
pub(crate) mod flag {
    use super::{Deserialize, Deserializer, Scalar, Serialize, Serializer};

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<bool, D::Error> {
        Ok(option::deserialize(from)?.unwrap_or(false))
    }

    pub(crate) fn serialize<S: Serializer>(flag: &bool, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_u8(u8::from(*flag))
    }

    /// A flag that the service writes as `"1"` or `"0"`.
    pub(crate) mod in_text {
        use super::Serializer;
        pub(crate) use super::deserialize;

        pub(crate) fn serialize<S: Serializer>(flag: &bool, to: S) -> Result<S::Ok, S::Error> {
            to.serialize_str(if *flag { "1" } else { "0" })
        }
    }

    /// A flag that may be absent, and that the service writes as `true` or `false`. `null` and
    /// `""` are none.
    pub(crate) mod option {
        pub(crate) use super::super::plain as serialize;
        use super::{Deserialize, Deserializer, Scalar};

        pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
            from: D,
        ) -> Result<Option<bool>, D::Error> {
            let scalar = Scalar::deserialize(from)?;
            match &scalar {
                Scalar::Bool(flag) => Ok(Some(*flag)),
                Scalar::Unsigned(0) => Ok(Some(false)),
                Scalar::Unsigned(1) => Ok(Some(true)),
                Scalar::Text(text) if matches!(text.trim(), "0" | "false") => Ok(Some(false)),
                Scalar::Text(text) if matches!(text.trim(), "1" | "true") => Ok(Some(true)),
                scalar if scalar.is_absent() => Ok(None),
                _ => Err(scalar.refused("0 or 1")),
            }
        }
    }

    /// A flag that may be absent, and that the service writes as `1` or `0`.
    pub(crate) mod digit {
        pub(crate) use super::option::deserialize;
        use super::{Serialize, Serializer};

        pub(crate) fn serialize<S: Serializer>(
            flag: &Option<bool>,
            to: S,
        ) -> Result<S::Ok, S::Error> {
            flag.map(u8::from).serialize(to)
        }
    }
}

/// A date, `yyyy-MM-dd`, with midnight behind it or without. `null` and `""` are none.
pub(crate) mod date {
    use serde::ser::Error as _;
    use time::{Date, format_description::well_known::Iso8601};

    use super::{Deserializer, Serialize, Serializer, offset, optional, split_offset};

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<Option<Date>, D::Error> {
        optional(from, "a date as in 2020-04-08", |text| {
            let (date, time) = text.split_at_checked(10)?;
            // ISO 8601 has more forms than the service.
            let is_date = matches!(date.as_bytes(), [_, _, _, _, b'-', _, _, b'-', _, _]);
            if is_date && (time.is_empty() || is_midnight(time)) {
                Date::parse(date, &Iso8601::DATE).ok()
            } else {
                None
            }
        })
    }

    pub(crate) fn serialize<S: Serializer>(date: &Option<Date>, to: S) -> Result<S::Ok, S::Error> {
        let text = date.map(|date| date.format(&Iso8601::DATE)).transpose();
        text.map_err(S::Error::custom)?.serialize(to)
    }

    /// Whether `time` is midnight, in any zone: a time of day would be lost.
    fn is_midnight(time: &str) -> bool {
        let Some(time) = time.strip_prefix(['T', 't', ' ']) else { return false };
        let (clock, zone) = split_offset(time).unwrap_or((time, "Z"));
        let (seconds, fraction) = clock.split_once('.').unwrap_or((clock, "0"));
        let is_zero = !fraction.is_empty() && fraction.bytes().all(|byte| byte == b'0');
        matches!(seconds, "00:00" | "00:00:00") && is_zero && offset(zone).is_some()
    }
}

/// A timestamp, ISO 8601 with its offset from UTC. UTC is written `+00:00`, not `Z`.
pub(crate) mod timestamp {
    use serde::ser::Error as _;
    use time::{OffsetDateTime, format_description::well_known::Rfc3339};

    use super::{Deserializer, Serializer, missing, offset, optional, split_offset};

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<OffsetDateTime, D::Error> {
        option::deserialize(from)?.ok_or_else(|| missing("a timestamp"))
    }

    pub(crate) fn serialize<S: Serializer>(
        timestamp: &OffsetDateTime,
        to: S,
    ) -> Result<S::Ok, S::Error> {
        let text = timestamp.format(&Rfc3339).map_err(S::Error::custom)?;
        match text.strip_suffix('Z') {
            Some(utc) => to.collect_str(&format_args!("{utc}+00:00")),
            None => to.serialize_str(&text),
        }
    }

    /// A timestamp that may be absent: `null` and `""` are none.
    pub(crate) mod option {
        use super::{Deserializer, OffsetDateTime, Serializer, optional, read};

        pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
            from: D,
        ) -> Result<Option<OffsetDateTime>, D::Error> {
            optional(from, "a timestamp as in 2019-04-08T17:33:26+00:00", read)
        }

        pub(crate) fn serialize<S: Serializer>(
            timestamp: &Option<OffsetDateTime>,
            to: S,
        ) -> Result<S::Ok, S::Error> {
            match timestamp {
                Some(timestamp) => super::serialize(timestamp, to),
                None => to.serialize_none(),
            }
        }
    }

    /// A timestamp that may be absent, and may lack its offset, as in `2026-11-24 15:15:13`: then
    /// it is taken for UTC. Written with its offset.
    pub(crate) mod utc {
        pub(crate) use super::option::serialize;
        use super::{Deserializer, OffsetDateTime, optional, read};

        pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
            from: D,
        ) -> Result<Option<OffsetDateTime>, D::Error> {
            optional(from, "a timestamp as in 2026-11-24 15:15:13", |text| {
                read(text).or_else(|| {
                    let (date, time) = text.split_once([' ', 'T'])?;
                    read(&format!("{date}T{time}Z"))
                })
            })
        }
    }

    fn read(text: &str) -> Option<OffsetDateTime> {
        let read = |text: &str| OffsetDateTime::parse(text, &Rfc3339).ok();
        read(text).or_else(|| {
            // `+0000` and `+00` for `+00:00`, and a space for the `T`
            let (time, zone) = split_offset(text)?;
            let (date, clock) = time.split_once(['T', 't', ' '])?;
            read(&format!("{date}T{}{}", clock.trim_end(), offset(zone)?))
        })
    }
}

/// The time of day, and the offset from UTC behind it. A date in front has dashes too.
fn split_offset(time: &str) -> Option<(&str, &str)> {
    let clock = time.find(':')?;
    let sign = time.get(clock..)?.find(['Z', 'z', '+', '-'])?;
    let (clock, zone) = time.split_at_checked(clock + sign)?;
    Some((clock.trim_end(), zone))
}

/// An offset as RFC 3339 writes it.
fn offset(zone: &str) -> Option<String> {
    let digits = |part: &[u8]| part.iter().all(u8::is_ascii_digit);
    match zone.as_bytes() {
        [b'Z' | b'z'] => Some("Z".to_owned()),
        [b'+' | b'-', hours @ ..] if hours.len() == 2 && digits(hours) => {
            Some(format!("{zone}:00"))
        }
        [b'+' | b'-', rest @ ..] if rest.len() == 4 && digits(rest) => {
            let (hours, minutes) = zone.split_at_checked(3)?;
            Some(format!("{hours}:{minutes}"))
        }
        [b'+' | b'-', h, i, b':', m, n] if digits(&[*h, *i, *m, *n]) => Some(zone.to_owned()),
        _ => None,
    }
}

/// A list. `null` and `{}` are the empty one, and an object with numbered keys is one with gaps.
pub(crate) mod list {
    pub(crate) use super::plain as serialize;
    use super::{Deserialize, DeserializeSeed as _, Deserializer, List};

    pub(crate) fn deserialize<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
        from: D,
    ) -> Result<Vec<T>, D::Error> {
        List::new().deserialize(from)
    }
}

/// An object that may be absent. `null`, `""` and `[]` are none.
pub(crate) mod object {
    pub(crate) use super::plain as serialize;
    use super::{Deserialize, Deserializer, Object, PhantomData};

    pub(crate) fn deserialize<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
        from: D,
    ) -> Result<Option<T>, D::Error> {
        from.deserialize_any(Object(PhantomData))
    }
}

/// An object whose fields have any names. `null` and `[]` are the empty one.
pub(crate) mod fields {
    use serde_json::{Map, Value};

    pub(crate) use super::plain as serialize;
    use super::{DeserializeSeed as _, Deserializer, UnknownValue, de::Error as _};

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<Map<String, Value>, D::Error> {
        match UnknownValue.deserialize(from)? {
            Value::Object(fields) => Ok(fields),
            Value::Null => Ok(Map::new()),
            Value::Array(list) if list.is_empty() => Ok(Map::new()),
            _ => Err(D::Error::custom("invalid type, expected an object")),
        }
    }
}

/// Writes a value as it is.
pub(crate) fn plain<T: Serialize, S: Serializer>(value: &T, to: S) -> Result<S::Ok, S::Error> {
    value.serialize(to)
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

fn missing<E: de::Error>(expected: &'static str) -> E {
    E::invalid_value(Unexpected::Other("nothing"), &expected)
}

/// Any JSON value that is not a list or an object, nor a number with a fraction.
pub(super) enum Scalar<'de> {
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

    pub(super) fn refused<E: de::Error>(&self, expected: &'static str) -> E {
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

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        match map.next_key_seed(Key(|key| key == NUMBER_TOKEN))? {
            Some(true) => match map.next_value::<String>()? {
                digits if digits.starts_with('-') => digits.parse().map(Scalar::Signed),
                digits => digits.parse().map(Scalar::Unsigned),
            }
            .map_err(|_| A::Error::custom("a number with a fraction, or beyond 64 bits")),
            Some(false) | None => Err(A::Error::invalid_type(Unexpected::Map, &self)),
        }
    }
}

/// Reads an [`object`].
struct Object<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for Object<T> {
    type Value = Option<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_unit<E: de::Error>(self) -> Result<Option<T>, E> {
        Ok(None)
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Option<T>, E> {
        let is_empty = text.trim().is_empty();
        if is_empty { Ok(None) } else { Err(E::invalid_type(Unexpected::Other("a text"), &self)) }
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Option<T>, A::Error> {
        match seq.next_element::<IgnoredAny>()? {
            None => Ok(None),
            Some(_) => Err(A::Error::invalid_type(Unexpected::Seq, &self)),
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Option<T>, A::Error> {
        T::deserialize(MapAccessDeserializer::new(map)).map(Some)
    }
}

/// Reads a [`list`].
pub(crate) struct List<T>(PhantomData<T>);

impl<T> List<T> {
    pub(crate) fn new() -> Self {
        Self(PhantomData)
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

    fn visit_unit<E: de::Error>(self) -> Result<Vec<T>, E> {
        Ok(Vec::new())
    }

    fn visit_str<E: de::Error>(self, _: &str) -> Result<Vec<T>, E> {
        Err(E::invalid_type(Unexpected::Other("a text"), &self))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Vec<T>, A::Error> {
        let mut list = Vec::new();
        while let Some(entry) = seq.next_element()? {
            add(&mut list, entry)?;
        }
        Ok(trimmed(list))
    }

    // PHP writes a list from which an entry was filtered out as `{"0": …, "2": …}`.
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Vec<T>, A::Error> {
        let mut list = Vec::new();
        while let Some(is_index) = map.next_key_seed(Key(is_index))? {
            if !is_index {
                map.next_value::<IgnoredAny>()?;
                return Err(A::Error::invalid_type(Unexpected::Map, &self));
            }
            add(&mut list, map.next_value()?)?;
        }
        Ok(trimmed(list))
    }
}

fn add<T, E: de::Error>(list: &mut Vec<T>, entry: T) -> Result<(), E> {
    // A list that grows has up to twice the room that it needs.
    charge(2 * size_of::<T>())?;
    list.push(entry);
    Ok(())
}

/// Nobody adds to a list that was read, and it may stay for long.
fn trimmed<T>(mut list: Vec<T>) -> Vec<T> {
    if list.capacity() > list.len() + list.len() / 8 {
        list.shrink_to_fit();
    }
    list
}

/// Whether a key passes a test.
struct Key(fn(&str) -> bool);

impl<'de> DeserializeSeed<'de> for Key {
    type Value = bool;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<bool, D::Error> {
        from.deserialize_str(self)
    }
}

impl Visitor<'_> for Key {
    type Value = bool;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a field name")
    }

    fn visit_str<E>(self, key: &str) -> Result<bool, E> {
        Ok(self.0(key))
    }
}

fn is_index(key: &str) -> bool {
    !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_digit())
}
