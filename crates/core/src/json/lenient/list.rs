//! Lists. `null` and `{}` are the empty one, and so is `""` below the root of a body. An object with
//! numbered keys is one with gaps.

use std::{fmt, marker::PhantomData};

use serde::{
    Deserialize, Deserializer,
    de::{
        self, DeserializeSeed, Error as _, IgnoredAny, MapAccess, SeqAccess, Unexpected, Visitor,
    },
};

use super::Key;
pub(crate) use super::plain as serialize;
use crate::json::charge;

pub(crate) fn deserialize<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    from: D,
) -> Result<Vec<T>, D::Error> {
    List { may_be_text: true, entry: PhantomData }.deserialize(from)
}

/// Reads a list.
pub(crate) struct List<T> {
    /// Whether an empty text is the empty list.
    may_be_text: bool,
    entry: PhantomData<T>,
}

impl<T> List<T> {
    /// The list that a response is about.
    pub(crate) fn of_body() -> Self {
        Self { may_be_text: false, entry: PhantomData }
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

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Vec<T>, E> {
        if self.may_be_text && text.trim().is_empty() {
            return Ok(Vec::new());
        }
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

/// Nobody adds to a list that was read, and it may stay for long. Less than a little room costs more
/// time than it is worth.
fn trimmed<T>(mut list: Vec<T>) -> Vec<T> {
    const LITTLE: usize = 512;
    let spare = list.capacity() - list.len();
    if spare > list.len() / 8 && spare * size_of::<T>() > LITTLE {
        list.shrink_to_fit();
    }
    list
}

fn is_index(key: &str) -> bool {
    !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_digit())
}
