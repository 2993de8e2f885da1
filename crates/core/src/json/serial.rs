//! Serial numbers, which are hexadecimal texts.

use std::fmt;

use serde::{
    Deserializer,
    de::{Error, Unexpected, Visitor},
};

/// Reads a serial number that may be absent.
///
/// A sender that takes a text of digits for a number sends a number. It is still whole if it is an
/// integer of ten digits or more. A shorter one was longer, with zeros in front or an `E` in it; one
/// with an exponent or a fraction, or beyond 64 bits, is another number by now.
pub(crate) fn number<'de, D: Deserializer<'de>>(from: D) -> Result<Option<String>, D::Error> {
    from.deserialize_option(Serial)
}

struct Serial;

impl<'de> Visitor<'de> for Serial {
    type Value = Option<String>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text, or an integer of ten digits or more")
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Self::Value, E> {
        const SHORTEST: u64 = 1_000_000_000;
        match number {
            SHORTEST.. => Ok(Some(number.to_string())),
            _ => Err(E::invalid_value(Unexpected::Unsigned(number), &self)),
        }
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Some(text.to_owned()))
    }

    fn visit_string<E: Error>(self, text: String) -> Result<Self::Value, E> {
        Ok(Some(text))
    }

    fn visit_some<D: Deserializer<'de>>(self, from: D) -> Result<Self::Value, D::Error> {
        from.deserialize_any(self)
    }

    fn visit_none<E: Error>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok(None)
    }
}
