//! Single values of any kind.

use std::{borrow::Cow, fmt};

use serde::{
    Deserialize, Deserializer,
    de::{self, Error as _, MapAccess, Unexpected, Visitor},
};

use super::Key;
use crate::json::fields::NUMBER_TOKEN;

/// Any JSON value that is not a list or an object, nor a number with a fraction.
pub(crate) enum Scalar<'de> {
    Bool(bool),
    Null,
    Signed(i64),
    Text(Cow<'de, str>),
    Unsigned(u64),
}

impl Scalar<'_> {
    /// Passes on what was found in this value. Where nothing was, the value stands for a number,
    /// date or flag that is absent, or is refused.
    pub(super) fn found<T, E: de::Error>(
        &self,
        found: Option<T>,
        expected: &'static str,
    ) -> Result<Option<T>, E> {
        let is_absent = || match self {
            Self::Null => true,
            Self::Text(text) => text.trim().is_empty(),
            Self::Bool(_) | Self::Signed(_) | Self::Unsigned(_) => false,
        };
        match found {
            None if !is_absent() => Err(self.refused(expected)),
            found => Ok(found),
        }
    }

    pub(crate) fn refused<E: de::Error>(&self, expected: &'static str) -> E {
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

    fn visit_f64<E: de::Error>(self, n: f64) -> Result<Self::Value, E> {
        // PHP rounds to -0 what is a little less than 0, and writes that.
        if n.to_bits() == (-0.0_f64).to_bits() {
            Ok(Scalar::Signed(0))
        } else {
            Err(E::invalid_type(Unexpected::Float(n), &self))
        }
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
