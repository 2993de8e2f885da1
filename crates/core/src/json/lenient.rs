//! Single values in the service's loose forms, for `#[serde(with = "lenient::date")]` and the like.
//!
//! The API is consistent in meaning and not in form: a number may come as a string, an absent one
//! as `null` or `""`, an empty list as `{}`. All of that is read. What is none of it is an error.

#![expect(clippy::ref_option, clippy::trivially_copy_pass_by_ref, reason = "serde's signatures")]

pub(crate) mod list; // lists
pub(crate) mod object; // objects that may be absent
mod scalar; // single values of any kind
mod times; // dates and timestamps

use std::{fmt, str::FromStr};

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{self, DeserializeSeed, Unexpected, Visitor},
};

pub(super) use self::scalar::Scalar;
pub(crate) use self::times::{date, timestamp};
use super::fields::UnknownValue;

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
        scalar.found(number, "a whole number in the field's range")
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
    use super::{DeserializeSeed as _, Deserializer, Scalar, UnknownValue, de::Error as _};

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<Option<Number>, D::Error> {
        match UnknownValue.deserialize(from)? {
            Value::Null => Ok(None),
            Value::Number(number) => Ok(Some(number)),
            Value::String(text) if text.trim().is_empty() => Ok(None),
            Value::String(text) => match text.trim().parse() {
                Ok(number) => Ok(Some(number)),
                Err(_) => Err(Scalar::Text(text.into()).refused("a number")),
            },
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
            let flag = match &scalar {
                Scalar::Bool(flag) => Some(*flag),
                Scalar::Unsigned(0) => Some(false),
                Scalar::Unsigned(1) => Some(true),
                Scalar::Text(text) => match text.trim() {
                    "0" | "false" => Some(false),
                    "1" | "true" => Some(true),
                    _ => None,
                },
                _ => None,
            };
            scalar.found(flag, "0 or 1")
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

/// An object whose fields have any names. `null`, `""` and `[]` are the empty one.
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
            Value::String(text) if text.trim().is_empty() => Ok(Map::new()),
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
    let found = match &scalar {
        Scalar::Text(text) => read(text.trim()),
        _ => None,
    };
    scalar.found(found, expected)
}

fn missing<E: de::Error>(expected: &'static str) -> E {
    E::invalid_value(Unexpected::Other("nothing"), &expected)
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
