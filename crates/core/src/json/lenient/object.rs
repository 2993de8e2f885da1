//! Objects: those with the fields of a struct, and those with any names.

use std::{borrow::Cow, fmt, marker::PhantomData, mem};

use serde::{
    Deserializer,
    de::{
        DeserializeSeed, Error, IntoDeserializer, MapAccess, Unexpected, Visitor,
        value::MapDeserializer,
    },
    forward_to_deserialize_any,
};
use serde_json::{Map, Value, map::Entry};

use super::{
    Reader, refused, shortened,
    state::{State, room_for_pair},
};

/// An object whose fields have the names of a struct's.
pub(super) struct Struct<'s, V> {
    pub(super) visitor: V,
    pub(super) names: &'static [&'static str],
    pub(super) paid: usize,
    pub(super) state: &'s mut State,
}

impl<'de, V: Visitor<'de>> Visitor<'de> for Struct<'_, V> {
    type Value = V::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<V::Value, E> {
        Err(refused(text, &self))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<V::Value, A::Error> {
        self.state.charge(size_of::<V::Value>().saturating_sub(self.paid))?;
        self.visitor.visit_map(Fields {
            map,
            name: Cow::Borrowed(""),
            keeps_others: self.names.ends_with(&[EXTRA]),
            others: None,
            is_over: false,
            state: self.state,
        })
    }
}

/// The last field of a struct, if it is for the fields that the struct does not name.
const EXTRA: &str = "extra";

/// The fields of a struct. What it ignores is collected, and given to it at the end as [`EXTRA`].
pub(super) struct Fields<'s, 'de, A> {
    map: A,
    /// The last name that was read.
    name: Cow<'de, str>,
    /// Whether others are collected, because the struct has a field for them.
    keeps_others: bool,
    others: Option<Map<String, Value>>,
    /// Whether there is no field left but the one for the others.
    is_over: bool,
    state: &'s mut State,
}

impl<'de, A: MapAccess<'de>> Fields<'_, 'de, A> {
    #[cold]
    #[inline(never)]
    fn keep(&mut self, value: Value) -> Result<(), A::Error> {
        // It stands in this map, and then in the struct's beside it.
        self.state.charge(2 * room_for_pair(self.others.is_none()))?;
        add(self.others.get_or_insert_default(), mem::take(&mut self.name).into_owned(), value)
    }

    #[cold]
    fn give_others<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<T::Value, A::Error> {
        seed.deserialize(Others {
            fields: self.others.take().unwrap_or_default(),
            error: PhantomData,
        })
    }
}

/// The fields that a struct does not name, as a map. A `Value` could be asked for anything, and every
/// type would be compiled for it once more.
struct Others<E> {
    fields: Map<String, Value>,
    error: PhantomData<E>,
}

impl<'de, E: Error> Deserializer<'de> for Others<E> {
    type Error = E;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, E> {
        Err(E::invalid_type(Unexpected::Map, &visitor))
    }

    #[inline]
    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, E> {
        let fields = MapDeserializer::new(self.fields.into_iter());
        visitor.visit_map(fields).map_err(|e: serde_json::Error| E::custom(e))
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit
        unit_struct newtype_struct seq tuple tuple_struct struct enum identifier ignored_any
    }
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for Fields<'_, 'de, A> {
    type Error = A::Error;

    #[inline]
    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, A::Error> {
        if let Some(other) = self.state.other.take() {
            self.keep(other)?;
        }
        let name = match self.map.next_key_seed(Name(&mut self.name))? {
            // It may hold others, and they go where those go that the struct ignores.
            Some(()) if self.keeps_others && self.name == EXTRA => "",
            Some(()) => &self.name,
            None if self.others.is_some() => {
                self.is_over = true;
                EXTRA
            }
            None => return Ok(None),
        };
        seed.deserialize(name.into_deserializer()).map(Some)
    }

    #[inline]
    fn next_value_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<T::Value, A::Error> {
        if self.is_over {
            return self.give_others(seed);
        }
        let seed = FieldSeed { seed, keeps_ignored: self.keeps_others, state: self.state };
        let value = self.map.next_value_seed(seed);
        value.inspect_err(|_| self.state.failed_at(format_args!(".{}", self.name)))
    }
}

/// Adds a field to those that a type does not name. What was written as [`EXTRA`] is taken apart again.
pub(crate) fn add<E: Error>(
    others: &mut Map<String, Value>,
    name: String,
    value: Value,
) -> Result<(), E> {
    match value {
        Value::Object(fields) if name == EXTRA => {
            fields.into_iter().try_for_each(|(name, value)| insert(others, name, value))
        }
        value => insert(others, name, value),
    }
}

fn insert<E: Error>(others: &mut Map<String, Value>, name: String, value: Value) -> Result<(), E> {
    match others.entry(name) {
        Entry::Vacant(entry) => {
            entry.insert(value);
            Ok(())
        }
        Entry::Occupied(entry) => Err(comes_twice(entry.key())),
    }
}

/// The pairs of an object whose fields have any names. One that comes twice is an error, because
/// only one of its values could be kept.
pub(super) struct Pairs<'s, 'de, A> {
    map: A,
    /// The last name that was read.
    name: Option<Cow<'de, str>>,
    /// Those before it.
    seen: Vec<Cow<'de, str>>,
    state: &'s mut State,
}

impl<'s, 'de, A: MapAccess<'de>> Pairs<'s, 'de, A> {
    pub(super) fn new(map: A, state: &'s mut State) -> Self {
        Self { map, name: None, seen: Vec::new(), state }
    }

    #[cold]
    fn check_names(&mut self) -> Result<(), A::Error> {
        self.seen.extend(self.name.take());
        self.seen.sort_unstable();
        let mut neighbours = self.seen.iter().zip(self.seen.iter().skip(1));
        let twice = neighbours.find(|(name, next)| name == next);
        twice.map_or(Ok(()), |(name, _)| Err(comes_twice(name)))
    }
}

/// So many names are compared as they come. More are sorted, which is quicker, at the end.
const FEW: usize = 8;

impl<'de, A: MapAccess<'de>> MapAccess<'de> for Pairs<'_, 'de, A> {
    type Error = A::Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, A::Error> {
        let mut name = Cow::Borrowed("");
        if self.map.next_key_seed(Name(&mut name))?.is_none() {
            return if self.seen.len() < FEW {
                Ok(None)
            } else {
                self.check_names().map(|()| None)
            };
        }
        self.state.charge(room_for_pair(self.name.is_none()))?;
        self.seen.extend(self.name.take());
        if self.seen.len() <= FEW && self.seen.contains(&name) {
            return Err(comes_twice(&name));
        }
        let name = self.name.insert(name);
        seed.deserialize(Reader::new((&**name).into_deserializer(), self.state)).map(Some)
    }

    fn next_value_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<T::Value, A::Error> {
        self.state.charge(size_of::<T::Value>())?;
        let value =
            self.map.next_value_seed(FieldSeed { seed, keeps_ignored: false, state: self.state });
        let name = self.name.as_deref().unwrap_or_default();
        value.inspect_err(|_| self.state.failed_at(format_args!(".{name}")))
    }
}

/// Reads the value of a field by a [`Reader`].
pub(super) struct FieldSeed<'s, T> {
    pub(super) seed: T,
    pub(super) keeps_ignored: bool,
    pub(super) state: &'s mut State,
}

impl<'de, T: DeserializeSeed<'de>> DeserializeSeed<'de> for FieldSeed<'_, T> {
    type Value = T::Value;

    #[inline]
    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<T::Value, D::Error> {
        let Self { seed, keeps_ignored, state } = self;
        let paid = size_of::<T::Value>();
        seed.deserialize(Reader { from, keeps_ignored, paid, state })
    }
}

/// Reads a name, and leaves it there.
pub(crate) struct Name<'n, 'de>(pub(crate) &'n mut Cow<'de, str>);

impl<'de> DeserializeSeed<'de> for Name<'_, 'de> {
    type Value = ();

    #[inline]
    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
        from.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for Name<'_, 'de> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a field name")
    }

    #[inline]
    fn visit_borrowed_str<E>(self, name: &'de str) -> Result<(), E> {
        *self.0 = Cow::Borrowed(name);
        Ok(())
    }

    fn visit_str<E>(self, name: &str) -> Result<(), E> {
        *self.0 = Cow::Owned(name.to_owned());
        Ok(())
    }
}

#[cold]
fn comes_twice<E: Error>(name: &str) -> E {
    E::custom(format_args!("duplicate field `{}`", shortened(name).escape_debug()))
}
