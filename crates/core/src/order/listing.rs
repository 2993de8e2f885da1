//! The outer form of the list of reissues, whatever its rows are read into.

use std::{fmt, marker::PhantomData};

use serde::{
    Deserialize, Deserializer,
    de::{DeserializeSeed, Error as _, IgnoredAny, MapAccess, SeqAccess, Unexpected, Visitor},
};
use serde_json::{Map, Value};

use crate::wire;

/// An answer whose rows are read into `R`.
pub(super) struct Listing<R> {
    pub(super) certificates: Vec<R>,
    /// Every other field.
    pub(super) extra: Map<String, Value>,
}

impl<'de, R: Deserialize<'de>> Deserialize<'de> for Listing<R> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        ReadListing { expected_rows: 0, row: PhantomData }.deserialize(from)
    }
}

/// Reads a [`Listing`] with room for its rows from the start.
pub(super) struct ReadListing<R> {
    expected_rows: usize,
    row: PhantomData<R>,
}

impl<R> ReadListing<R> {
    /// For a list that is all of `body`: a list that grows while it is read can take three times
    /// its room.
    pub(super) fn sized_for(body: &[u8]) -> Self {
        // Every row is an object, the whole is one, and few rows have objects in them.
        let (blocks, rest) = body.as_chunks::<128>(); // so few that their counts fit into a byte
        let braces = |part: &[u8]| part.iter().map(|&byte| u8::from(byte == b'{')).sum::<u8>();
        let objects: usize = blocks.iter().map(|block| usize::from(braces(block))).sum();
        let rows = (objects + usize::from(braces(rest))).saturating_sub(1);
        // A body of nothing but braces gets no more room than it takes itself.
        Self { expected_rows: rows.min(body.len() / size_of::<R>().max(1)), row: PhantomData }
    }
}

impl<R> Clone for ReadListing<R> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<R> Copy for ReadListing<R> {}

impl<'de, R: Deserialize<'de>> DeserializeSeed<'de> for ReadListing<R> {
    type Value = Listing<R>;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Listing<R>, D::Error> {
        from.deserialize_any(self)
    }
}

impl<'de, R: Deserialize<'de>> Visitor<'de> for ReadListing<R> {
    type Value = Listing<R>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object with the list `certificates`")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Listing<R>, A::Error> {
        match seq.next_element::<IgnoredAny>()? {
            None => Ok(Listing { certificates: Vec::new(), extra: Map::new() }),
            Some(_) => Err(A::Error::invalid_type(Unexpected::Seq, &self)),
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Listing<R>, A::Error> {
        let mut certificates = None;
        let mut extra = Map::new();
        while let Some(name) = map.next_key::<String>()? {
            if name != "certificates" {
                wire::add_field(&mut extra, name, map.next_value()?)?;
            } else if certificates.is_some() {
                return Err(A::Error::duplicate_field("certificates"));
            } else {
                let rows = wire::List::with_room(self.expected_rows);
                certificates = Some(map.next_value_seed(rows)?);
            }
        }
        match certificates {
            // Fields without the list are some other answer, not an empty one.
            None if !extra.is_empty() => Err(A::Error::missing_field("certificates")),
            certificates => Ok(Listing { certificates: certificates.unwrap_or_default(), extra }),
        }
    }
}
