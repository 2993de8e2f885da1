//! Structs that keep the fields that they do not name.
//!
//! `#[serde(flatten)]` would do so too, but it first copies every unknown value into a form that
//! takes more than a hundred times its text, and keeps one value of a name that comes twice.

use std::fmt;

use serde::{
    Deserializer,
    de::{
        DeserializeSeed, Error as _, IntoDeserializer, MapAccess, SeqAccess, Unexpected, Visitor,
    },
    forward_to_deserialize_any,
};
use serde_json::{Map, Number, Value, map::Entry};

use super::charge;

/// Implements `Serialize` and `Deserialize` for a struct whose derives say
/// `#[serde(remote = "Self")]` and whose field `extra` says
/// `#[serde(flatten, skip_deserializing)]`.
macro_rules! keep_unknown_fields {
    ($model:ident) => {
        impl serde::Serialize for $model {
            fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                Self::serialize(self, to) // the derived one
            }
        }

        impl<'de> serde::Deserialize<'de> for $model {
            fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                let mut extra = serde_json::Map::new();
                let from = $crate::json::KeepUnknown::new(from, &mut extra);
                let mut model = Self::deserialize(from)?; // the derived one
                model.extra = extra;
                Ok(model)
            }
        }
    };
}
pub(crate) use keep_unknown_fields;

/// Passes the fields that a struct names on to it, and keeps the others.
pub(crate) struct KeepUnknown<'a, D> {
    from: D,
    extra: &'a mut Map<String, Value>,
}

impl<'a, D> KeepUnknown<'a, D> {
    pub(crate) fn new(from: D, extra: &'a mut Map<String, Value>) -> Self {
        Self { from, extra }
    }
}

impl<'de, D: Deserializer<'de>> Deserializer<'de> for KeepUnknown<'_, D> {
    type Error = D::Error;

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        names: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        // Not `deserialize_map`, whose errors quote a text, which may be as long as the body.
        self.from.deserialize_any(StructVisitor { visitor, names, extra: self.extra })
    }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        self.from.deserialize_any(visitor)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option
        unit unit_struct newtype_struct seq tuple tuple_struct map enum identifier ignored_any
    }
}

struct StructVisitor<'a, V> {
    visitor: V,
    names: &'static [&'static str],
    extra: &'a mut Map<String, Value>,
}

impl<'de, V: Visitor<'de>> Visitor<'de> for StructVisitor<'_, V> {
    type Value = V::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<V::Value, A::Error> {
        self.visitor.visit_map(Fields { map, names: Names::new(self.names), extra: self.extra })
    }

    fn visit_str<E: serde::de::Error>(self, _: &str) -> Result<V::Value, E> {
        Err(E::invalid_type(Unexpected::Other("a text"), &self))
    }
}

struct Fields<'a, A> {
    map: A,
    names: Names,
    extra: &'a mut Map<String, Value>,
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for Fields<'_, A> {
    type Error = A::Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        mut known: K,
    ) -> Result<Option<K::Value>, A::Error> {
        loop {
            let name = NameSeed { known, names: &mut self.names };
            match self.map.next_key_seed(name)? {
                None => return Ok(None),
                Some(Name::Known(key)) => return Ok(Some(key)),
                Some(Name::Unknown(name, seed)) => {
                    keep(self.extra, name, &mut self.map)?;
                    known = seed;
                }
            }
        }
    }

    fn next_value_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<T::Value, A::Error> {
        self.map.next_value_seed(seed)
    }
}

/// Reads the value of the unknown field `name`, and keeps both. A name that comes twice is an
/// error, because only one value could be kept.
pub(super) fn keep<'de, A: MapAccess<'de>>(
    extra: &mut Map<String, Value>,
    name: String,
    map: &mut A,
) -> Result<(), A::Error> {
    let value = map.next_value_seed(UnknownValue)?;
    // A map's node has room for several fields, and may have but one.
    let room = if extra.is_empty() { 1024 } else { 160 };
    match extra.entry(name) {
        Entry::Vacant(place) => {
            charge(room)?;
            place.insert(value);
            Ok(())
        }
        Entry::Occupied(place) => {
            let name: String = place.key().chars().take(80).collect();
            Err(A::Error::custom(format_args!("duplicate field `{}`", name.escape_debug())))
        }
    }
}

/// The name of a field, or the struct's own idea of it.
enum Name<T, K> {
    Known(T),
    Unknown(String, K),
}

/// The names of a struct's fields. The service sends fields in the order in which it documents them,
/// which is that of the struct, so the search begins behind the last name that was found.
struct Names {
    all: &'static [&'static str],
    next: usize,
}

impl Names {
    fn new(all: &'static [&'static str]) -> Self {
        Self { all, next: 0 }
    }

    fn find(&mut self, name: &str) -> Option<usize> {
        let (before, behind) = self.all.split_at(self.next);
        let distance = behind.iter().chain(before).position(|known| *known == name)?;
        let place = (self.next + distance) % self.all.len();
        self.next = place + 1;
        Some(place)
    }
}

struct NameSeed<'a, K> {
    known: K,
    names: &'a mut Names,
}

impl<'de, K: DeserializeSeed<'de>> DeserializeSeed<'de> for NameSeed<'_, K> {
    type Value = Name<K::Value, K>;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Self::Value, D::Error> {
        from.deserialize_str(self)
    }
}

impl<'de, K: DeserializeSeed<'de>> Visitor<'de> for NameSeed<'_, K> {
    type Value = Name<K::Value, K>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a field name")
    }

    fn visit_str<E: serde::de::Error>(self, name: &str) -> Result<Self::Value, E> {
        match self.names.find(name) {
            // The struct takes the place in its list of names for the name, which is quicker.
            Some(place) => self.known.deserialize(place.into_deserializer()).map(Name::Known),
            None => Ok(Name::Unknown(name.to_owned(), self.known)),
        }
    }
}

/// Reads any JSON value, as `serde_json::Value` does, but within the budget, and with an error for
/// a name that comes twice.
pub(super) struct UnknownValue;

/// The key under which `serde_json` hands out a number as text, where some crate has asked it for
/// `arbitrary_precision`.
pub(super) const NUMBER_TOKEN: &str = "$serde_json::private::Number";

impl<'de> DeserializeSeed<'de> for UnknownValue {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Value, D::Error> {
        from.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for UnknownValue {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any JSON value")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Value, A::Error> {
        let mut values = Vec::new();
        while let Some(value) = seq.next_element_seed(UnknownValue)? {
            // A list that grows has up to twice the room that it needs.
            charge(if values.is_empty() { 4 } else { 2 } * size_of::<Value>())?;
            values.push(value);
        }
        Ok(values.into())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let mut fields = Map::new();
        while let Some(name) = map.next_key::<String>()? {
            if name == NUMBER_TOKEN && fields.is_empty() {
                let number: Number =
                    map.next_value::<String>()?.parse().map_err(A::Error::custom)?;
                return Ok(number.into());
            }
            keep(&mut fields, name, &mut map)?;
        }
        Ok(fields.into())
    }
}
