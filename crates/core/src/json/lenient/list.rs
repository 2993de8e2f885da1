//! Lists, and objects with numbered keys in their place.

use std::borrow::Cow;

use serde::{
    Deserializer,
    de::{DeserializeSeed, Error, MapAccess, SeqAccess, Unexpected},
};
use serde_json::value::RawValue;

use super::{
    Reader,
    object::{FieldSeed, Name},
    state::{State, room_for_entry},
};

/// The entries of a list.
pub(super) struct Entries<'s, A> {
    pub(super) seq: A,
    pub(super) index: usize,
    pub(super) state: &'s mut State,
}

impl<'de, A: SeqAccess<'de>> SeqAccess<'de> for Entries<'_, A> {
    type Error = A::Error;

    #[inline]
    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, A::Error> {
        self.state.charge(room_for_entry::<T::Value>(self.index == 0))?;
        let index = self.index;
        self.index += 1;
        self.seq.next_element_seed(EntrySeed { seed, index, state: self.state })
    }
}

/// The entries of a list from which one was filtered out: PHP writes `{"0": …, "2": …}`.
pub(super) struct Numbered<'s, A> {
    pub(super) map: A,
    pub(super) is_first: bool,
    pub(super) state: &'s mut State,
}

impl<'de, A: MapAccess<'de>> SeqAccess<'de> for Numbered<'_, A> {
    type Error = A::Error;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, A::Error> {
        let Some(name) = number_of(&mut self.map)? else { return Ok(None) };
        self.state.charge(room_for_entry::<T::Value>(self.is_first))?;
        self.is_first = false;
        let value =
            self.map.next_value_seed(FieldSeed { seed, keeps_ignored: false, state: self.state });
        value.map(Some).inspect_err(|_| self.state.failed_at(format_args!(".{name}")))
    }
}

fn number_of<'de, A: MapAccess<'de>>(map: &mut A) -> Result<Option<Cow<'de, str>>, A::Error> {
    let mut name = Cow::Borrowed("");
    if map.next_key_seed(Name(&mut name))?.is_none() {
        return Ok(None);
    }
    if name.is_empty() || !name.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(A::Error::invalid_type(Unexpected::Map, &"a list"));
    }
    Ok(Some(name))
}

/// Reads an entry of a list by a [`Reader`], and notes its place if it cannot be read. What is wrong
/// between two entries is in neither.
struct EntrySeed<'s, T> {
    seed: T,
    index: usize,
    state: &'s mut State,
}

impl<'de, T: DeserializeSeed<'de>> DeserializeSeed<'de> for EntrySeed<'_, T> {
    type Value = T::Value;

    #[inline]
    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<T::Value, D::Error> {
        let Self { seed, index, state } = self;
        let paid = size_of::<T::Value>();
        let reader = Reader { from, keeps_ignored: false, paid, state: &mut *state };
        seed.deserialize(reader).inspect_err(|_| state.failed_at(format_args!("[{index}]")))
    }
}

/// Whether there is an entry shows only when it is read, and what it is shows later.
pub(super) fn first_of<'de, A: SeqAccess<'de>>(
    seq: &mut A,
    state: &mut State,
) -> Result<Option<&'de RawValue>, A::Error> {
    let first = seq.next_element::<&RawValue>()?;
    if let Some(first) = first {
        // It is read once more, from the start of a text and of `serde_json`'s depth.
        state.charge(first.get().len())?;
        if is_too_deep(first.get()) {
            return Err(A::Error::custom("recursion limit exceeded"));
        }
    }
    Ok(first)
}

/// A list whose first entry was looked at.
pub(super) struct Begun<'de, A> {
    pub(super) first: Option<&'de RawValue>,
    pub(super) seq: A,
}

impl<'de, A: SeqAccess<'de>> SeqAccess<'de> for Begun<'de, A> {
    type Error = A::Error;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, A::Error> {
        let Some(first) = self.first.take() else { return self.seq.next_element_seed(seed) };
        let json = &mut serde_json::Deserializer::from_str(first.get());
        seed.deserialize(json).map(Some).map_err(A::Error::custom)
    }
}

/// Whether JSON that was skipped is deeper than `serde_json` reads, and the stack may be.
fn is_too_deep(json: &str) -> bool {
    let (mut depth, mut is_text, mut is_escaped) = (0_u8, false, false);
    json.bytes().any(|byte| {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' => is_escaped = true,
            b'"' => is_text = !is_text,
            b'[' | b'{' if !is_text => depth += 1,
            b']' | b'}' if !is_text => depth -= 1,
            _ => {}
        }
        depth == 128
    })
}
