//! The reader: a serde `Deserializer` for the service's loose forms.
//!
//! The API is consistent in meaning and not in form: a number may come as a text, an absent one as
//! `null` or `""`, an empty object as `[]`. A derived type says what it expects, and [`Reader`] makes
//! that of what stands there. Anything else is an error.

use std::{
    borrow::Cow,
    fmt::{self, Write as _},
    iter,
    marker::PhantomData,
    mem,
};

use serde::{
    Deserialize, Deserializer,
    de::{
        DeserializeSeed, Error, Expected, IgnoredAny, IntoDeserializer, MapAccess, SeqAccess,
        Unexpected, Visitor,
        value::{MapAccessDeserializer, MapDeserializer, SeqAccessDeserializer, SeqDeserializer},
    },
    forward_to_deserialize_any,
};
use serde_json::{Map, Value, map::Entry, value::RawValue};

/// Reads an id that may be absent: the service's 0 is none.
pub(crate) fn nonzero<'de, D: Deserializer<'de>, T: From<u64>>(
    from: D,
) -> Result<Option<T>, D::Error> {
    let id = Option::<u64>::deserialize(from)?;
    Ok(id.filter(|&id| id != 0).map(T::from))
}

/// What a reading may still take from the heap, and where it failed.
///
/// A value can take many times the memory of its text: `{}` is two bytes, and a map with one entry
/// takes hundreds. So what is added to a list or a map is charged against a budget that the length
/// of the body sets.
pub(super) struct State {
    left: usize,
    is_spent: bool,
    /// From the value that failed to the root.
    path: Vec<Step<'static>>,
}

enum Step<'a> {
    Entry(usize),
    Field(Cow<'a, str>),
}

impl State {
    pub(super) fn for_body(length: usize) -> Self {
        // Lists of any length that the service sends take less than this.
        const FREE: usize = 64 * 1024 * 1024;
        Self { left: FREE.max(length.saturating_mul(4)), is_spent: false, path: Vec::new() }
    }

    /// What is left of the budget, to be given back when what was read since then is dropped.
    pub(super) fn left(&self) -> usize {
        self.left
    }

    pub(super) fn give_back(&mut self, left: usize) {
        *self = Self { left, is_spent: false, path: Vec::new() };
    }

    pub(super) fn charge<E: Error>(&mut self, bytes: usize) -> Result<(), E> {
        match self.left.checked_sub(bytes) {
            Some(left) => self.left = left,
            None => return Err(self.spent()),
        }
        Ok(())
    }

    #[cold]
    fn spent<E: Error>(&mut self) -> E {
        (self.left, self.is_spent) = (0, true);
        E::custom(
            "too many values for the length of the body; reading them would take too much memory",
        )
    }

    #[cold]
    fn failed_at(&mut self, step: Step<'_>) {
        self.path.push(match step {
            Step::Entry(index) => Step::Entry(index),
            Step::Field(name) => Step::Field(Cow::Owned(name.into_owned())),
        });
    }

    /// The path of the value that failed, such as `certificates[17].date_created`; empty if the
    /// body as a whole is at fault.
    pub(super) fn path(&self) -> String {
        let mut path = String::new();
        for step in self.path.iter().rev().filter(|_| !self.is_spent) {
            let dot = if path.is_empty() { "" } else { "." };
            let _ = match step {
                Step::Entry(index) => write!(path, "[{index}]"),
                Step::Field(name) => write!(path, "{dot}{name}"),
            };
        }
        path
    }
}

/// Reads what `from` holds, in any of its forms.
pub(super) struct Reader<'s, D> {
    from: D,
    state: &'s mut State,
}

impl<'s, D> Reader<'s, D> {
    pub(super) fn new(from: D, state: &'s mut State) -> Self {
        Self { from, state }
    }
}

impl<'de, D: Deserializer<'de>> Deserializer<'de> for Reader<'_, D> {
    type Error = D::Error;

    /// Reads a value as it is.
    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        self.from.deserialize_any(Any { visitor, state: self.state })
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        self.from.deserialize_any(Flag(visitor))
    }

    fn deserialize_i8<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        self.from.deserialize_any(Whole(visitor))
    }

    fn deserialize_i16<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        self.from.deserialize_any(Whole(visitor))
    }

    fn deserialize_i32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        self.from.deserialize_any(Whole(visitor))
    }

    fn deserialize_i64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        self.from.deserialize_any(Whole(visitor))
    }

    fn deserialize_u8<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        self.from.deserialize_any(Whole(visitor))
    }

    fn deserialize_u16<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        self.from.deserialize_any(Whole(visitor))
    }

    fn deserialize_u32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        self.from.deserialize_any(Whole(visitor))
    }

    fn deserialize_u64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        self.from.deserialize_any(Whole(visitor))
    }

    fn deserialize_i128<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        self.from.deserialize_any(Whole(visitor))
    }

    fn deserialize_u128<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        self.from.deserialize_any(Whole(visitor))
    }

    fn deserialize_f32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        self.from.deserialize_any(Decimal(visitor))
    }

    fn deserialize_f64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        self.from.deserialize_any(Decimal(visitor))
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        self.from.deserialize_any(Text(visitor))
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        self.from.deserialize_any(Text(visitor))
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        self.from.deserialize_any(Maybe { visitor, state: self.state })
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        if name == RAW_VALUE {
            self.from.deserialize_newtype_struct(name, visitor)
        } else {
            visitor.visit_newtype_struct(self)
        }
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        self.from.deserialize_any(List { visitor, state: self.state, may_be_text: true })
    }

    /// As a sequence, but `""` is none: so are the rows read that a response is about.
    fn deserialize_tuple<V: Visitor<'de>>(
        self,
        _: usize,
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        self.from.deserialize_any(List { visitor, state: self.state, may_be_text: false })
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        length: usize,
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        self.deserialize_tuple(length, visitor)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        self.from.deserialize_any(Object { visitor, state: self.state })
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        names: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        self.from.deserialize_any(Struct { visitor, names, state: self.state })
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        self.from.deserialize_any(Variant { visitor, state: self.state })
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        self.from.deserialize_ignored_any(visitor)
    }

    forward_to_deserialize_any! { char bytes byte_buf unit unit_struct identifier }
}

/// Passes a value on as it is, and charges for what is in it.
struct Any<'s, V> {
    visitor: V,
    state: &'s mut State,
}

impl<'de, V: Visitor<'de>> Visitor<'de> for Any<'_, V> {
    type Value = V::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.visitor.expecting(f)
    }

    fn visit_bool<E: Error>(self, flag: bool) -> Result<V::Value, E> {
        self.visitor.visit_bool(flag)
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<V::Value, E> {
        self.visitor.visit_i64(number)
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<V::Value, E> {
        self.visitor.visit_u64(number)
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<V::Value, E> {
        self.visitor.visit_f64(number)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<V::Value, E> {
        self.visitor.visit_str(text)
    }

    fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<V::Value, E> {
        self.visitor.visit_borrowed_str(text)
    }

    fn visit_unit<E: Error>(self) -> Result<V::Value, E> {
        self.visitor.visit_unit()
    }

    fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<V::Value, A::Error> {
        self.visitor.visit_seq(Entries { seq, index: 0, state: self.state })
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<V::Value, A::Error> {
        self.visitor.visit_map(Pairs::new(map, self.state))
    }
}

/// A yes or no: `1`, `0`, `true`, `false`, or one of them in a text. `null` and `""` are no.
struct Flag<V>(V);

impl<'de, V: Visitor<'de>> Visitor<'de> for Flag<V> {
    type Value = V::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.expecting(f)
    }

    fn visit_bool<E: Error>(self, flag: bool) -> Result<V::Value, E> {
        self.0.visit_bool(flag)
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<V::Value, E> {
        match number {
            0 | 1 => self.0.visit_bool(number == 1),
            _ => Err(E::invalid_value(Unexpected::Unsigned(number), &"0 or 1")),
        }
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<V::Value, E> {
        match text.trim() {
            "" | "0" | "false" => self.0.visit_bool(false),
            "1" | "true" => self.0.visit_bool(true),
            _ => Err(refused(text, &"0 or 1")),
        }
    }

    fn visit_unit<E: Error>(self) -> Result<V::Value, E> {
        self.0.visit_bool(false)
    }
}

/// A whole number, with `.0` behind it or without, or one in a text.
struct Whole<V>(V);

impl<'de, V: Visitor<'de>> Visitor<'de> for Whole<V> {
    type Value = V::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.expecting(f)
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<V::Value, E> {
        self.0.visit_i64(number)
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<V::Value, E> {
        self.0.visit_u64(number)
    }

    #[cold]
    fn visit_f64<E: Error>(self, number: f64) -> Result<V::Value, E> {
        const INEXACT: f64 = 9_007_199_254_740_992.0; // from here on it may stand for another number
        if number.fract() == 0.0 && number.abs() < INEXACT {
            let digits = number.to_string().parse();
            digits.map_err(E::custom).and_then(|number| self.0.visit_i64(number))
        } else {
            Err(E::invalid_type(Unexpected::Float(number), &self))
        }
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<V::Value, E> {
        let digits = text.trim();
        match (digits.parse(), digits.parse(), digits.parse::<f64>()) {
            (Ok(number), ..) => self.0.visit_u64(number),
            (_, Ok(number), _) => self.0.visit_i64(number),
            (.., Ok(number)) if number.fract() == 0.0 => self.visit_f64(number),
            _ => Err(refused(text, &self)),
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<V::Value, A::Error> {
        let digits = number_in(map, &self)?;
        self.visit_str(&digits)
    }
}

/// A number of any kind, or one in a text.
struct Decimal<V>(V);

impl<'de, V: Visitor<'de>> Visitor<'de> for Decimal<V> {
    type Value = V::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.expecting(f)
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<V::Value, E> {
        self.0.visit_i64(number)
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<V::Value, E> {
        self.0.visit_u64(number)
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<V::Value, E> {
        self.0.visit_f64(number)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<V::Value, E> {
        match text.trim().parse::<f64>() {
            Ok(number) if number.is_finite() => self.0.visit_f64(number),
            _ => Err(refused(text, &self)),
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<V::Value, A::Error> {
        let digits = number_in(map, &self)?;
        self.visit_str(&digits)
    }
}

/// A text, or the digits of a whole number.
struct Text<V>(V);

impl<'de, V: Visitor<'de>> Visitor<'de> for Text<V> {
    type Value = V::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.expecting(f)
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<V::Value, E> {
        self.0.visit_string(number.to_string())
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<V::Value, E> {
        self.0.visit_string(number.to_string())
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<V::Value, E> {
        self.0.visit_str(text)
    }

    fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<V::Value, E> {
        self.0.visit_borrowed_str(text)
    }

    /// What is not there can be a word, such as a status.
    fn visit_unit<E: Error>(self) -> Result<V::Value, E> {
        self.0.visit_unit()
    }
}

/// A value that may be absent: `null` and `""` are, and so is `[]`, the empty object.
struct Maybe<'s, V> {
    visitor: V,
    state: &'s mut State,
}

impl<'de, V: Visitor<'de>> Maybe<'_, V> {
    fn visit_scalar<E: Error>(self, scalar: Scalar<'_, 'de>) -> Result<V::Value, E> {
        self.visitor.visit_some(Reader::new(Given(scalar, PhantomData), self.state))
    }
}

impl<'de, V: Visitor<'de>> Visitor<'de> for Maybe<'_, V> {
    type Value = V::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.visitor.expecting(f)
    }

    fn visit_bool<E: Error>(self, flag: bool) -> Result<V::Value, E> {
        self.visit_scalar(Scalar::Bool(flag))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<V::Value, E> {
        self.visit_scalar(Scalar::Signed(number))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<V::Value, E> {
        self.visit_scalar(Scalar::Unsigned(number))
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<V::Value, E> {
        self.visit_scalar(Scalar::Float(number))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<V::Value, E> {
        if is_blank(text) {
            self.visitor.visit_none()
        } else {
            self.visit_scalar(Scalar::Text(text))
        }
    }

    fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<V::Value, E> {
        if is_blank(text) {
            self.visitor.visit_none()
        } else {
            self.visit_scalar(Scalar::Borrowed(text))
        }
    }

    fn visit_unit<E: Error>(self) -> Result<V::Value, E> {
        self.visitor.visit_none()
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<V::Value, A::Error> {
        // Whether there is an entry shows only when it is read, and what it is shows later.
        match seq.next_element::<&RawValue>()? {
            None => self.visitor.visit_none(),
            Some(first) => {
                // It is read once more, from the start of a text and of `serde_json`'s depth.
                self.state.charge(first.get().len())?;
                if is_too_deep(first.get()) {
                    return Err(A::Error::custom("recursion limit exceeded"));
                }
                let seq = SeqAccessDeserializer::new(Begun { first: Some(first), rest: seq });
                self.visitor.visit_some(Reader::new(seq, self.state))
            }
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<V::Value, A::Error> {
        self.visitor.visit_some(Reader::new(MapAccessDeserializer::new(map), self.state))
    }
}

/// A value that was read, as a `Deserializer`.
struct Given<'a, 'de, E>(Scalar<'a, 'de>, PhantomData<E>);

enum Scalar<'a, 'de> {
    Bool(bool),
    Borrowed(&'de str),
    Float(f64),
    Signed(i64),
    Text(&'a str),
    Unsigned(u64),
}

impl<'de, E: Error> Deserializer<'de> for Given<'_, 'de, E> {
    type Error = E;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, E> {
        match self.0 {
            Scalar::Bool(flag) => visitor.visit_bool(flag),
            Scalar::Borrowed(text) => visitor.visit_borrowed_str(text),
            Scalar::Float(number) => visitor.visit_f64(number),
            Scalar::Signed(number) => visitor.visit_i64(number),
            Scalar::Text(text) => visitor.visit_str(text),
            Scalar::Unsigned(number) => visitor.visit_u64(number),
        }
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option
        unit unit_struct newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

/// The word of an enum, or an object with what belongs to it.
struct Variant<'s, V> {
    visitor: V,
    state: &'s mut State,
}

impl<'de, V: Visitor<'de>> Visitor<'de> for Variant<'_, V> {
    type Value = V::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.visitor.expecting(f)
    }

    fn visit_str<E: Error>(self, word: &str) -> Result<V::Value, E> {
        self.state.charge(size_of::<V::Value>())?;
        self.visitor.visit_enum(word.into_deserializer())
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<V::Value, A::Error> {
        self.state.charge(size_of::<V::Value>())?;
        self.visitor.visit_enum(MapAccessDeserializer::new(Pairs::new(map, self.state)))
    }
}

/// A list. `null` and `{}` are the empty one, and an object with numbered keys is one with gaps.
struct List<'s, V> {
    visitor: V,
    state: &'s mut State,
    /// Whether `""` is the empty list too.
    may_be_text: bool,
}

impl<'de, V: Visitor<'de>> Visitor<'de> for List<'_, V> {
    type Value = V::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_unit<E: Error>(self) -> Result<V::Value, E> {
        self.visitor.visit_seq(SeqDeserializer::new(iter::empty::<()>()))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<V::Value, E> {
        if self.may_be_text && is_blank(text) {
            self.visit_unit()
        } else {
            Err(refused(text, &self))
        }
    }

    fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<V::Value, A::Error> {
        self.visitor.visit_seq(Entries { seq, index: 0, state: self.state })
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<V::Value, A::Error> {
        self.visitor.visit_seq(Numbered { map, is_first: true, state: self.state })
    }
}

/// An object whose fields have any names. `null`, `""` and `[]` are the empty one.
struct Object<'s, V> {
    visitor: V,
    state: &'s mut State,
}

impl<'de, V: Visitor<'de>> Visitor<'de> for Object<'_, V> {
    type Value = V::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_unit<E: Error>(self) -> Result<V::Value, E> {
        self.visitor.visit_map(MapDeserializer::new(iter::empty::<((), ())>()))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<V::Value, E> {
        if is_blank(text) { self.visit_unit() } else { Err(refused(text, &self)) }
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<V::Value, A::Error> {
        match seq.next_element::<IgnoredAny>()? {
            None => self.visit_unit(),
            Some(_) => Err(A::Error::invalid_type(Unexpected::Seq, &self)),
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<V::Value, A::Error> {
        self.visitor.visit_map(Pairs::new(map, self.state))
    }
}

/// An object whose fields have the names of a struct's.
struct Struct<'s, V> {
    visitor: V,
    names: &'static [&'static str],
    state: &'s mut State,
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
        // It may be in a box, of which a list or map that holds it has but the pointer.
        self.state.charge(size_of::<V::Value>())?;
        let (names, keeps_others) = match self.names.split_last() {
            Some((&EXTRA, names)) => (names, true),
            _ => (self.names, false),
        };
        self.visitor.visit_map(Fields {
            map,
            names: Names { all: names, next: 0 },
            due: Cow::Borrowed(""),
            keeps_others,
            others: Map::new(),
            state: self.state,
        })
    }
}

/// The last field of a struct, if it is for the fields that the struct does not name.
const EXTRA: &str = "extra";

/// The fields of a struct. Others are collected, and come behind them as [`EXTRA`].
struct Fields<'s, 'de, A> {
    map: A,
    names: Names,
    /// The name of the field whose value is next.
    due: Cow<'de, str>,
    /// Whether others are to be collected: the struct has a field for them, and has not got it yet.
    keeps_others: bool,
    others: Map<String, Value>,
    state: &'s mut State,
}

impl<'de, A: MapAccess<'de>> Fields<'_, 'de, A> {
    #[cold]
    fn keep(&mut self, name: Cow<'de, str>) -> Result<(), A::Error> {
        self.state.charge(room_for_pair(self.others.is_empty()))?;
        let step = Step::Field(Cow::Borrowed(&*name));
        let value = self.map.next_value_seed(At { seed: Untyped, step, state: self.state })?;
        add(&mut self.others, name.into_owned(), value)
    }
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for Fields<'_, 'de, A> {
    type Error = A::Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, A::Error> {
        loop {
            let Some(name) = self.map.next_key_seed(Name)? else {
                if self.others.is_empty() || !self.keeps_others {
                    return Ok(None);
                }
                self.keeps_others = false;
                return seed.deserialize(EXTRA.into_deserializer()).map(Some);
            };
            // The derive looks for the name once more: a place in its list would be wrong where a
            // field has an alias.
            self.due = match self.names.find(&name) {
                Some(known) => Cow::Borrowed(known),
                None if self.keeps_others => {
                    self.keep(name)?;
                    continue;
                }
                None => name,
            };
            return seed.deserialize((&*self.due).into_deserializer()).map(Some);
        }
    }

    fn next_value_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<T::Value, A::Error> {
        if !self.others.is_empty() && !self.keeps_others {
            let others = Value::Object(mem::take(&mut self.others));
            return seed.deserialize(others).map_err(A::Error::custom);
        }
        let step = Step::Field(Cow::Borrowed(&*self.due));
        self.map.next_value_seed(At { seed, step, state: self.state })
    }
}

/// The names of a struct's fields. The service sends fields in the order in which it documents them,
/// which is that of the struct, so the search begins behind the last name that was found.
struct Names {
    all: &'static [&'static str],
    next: usize,
}

impl Names {
    fn find(&mut self, name: &str) -> Option<&'static str> {
        let (before, behind) = self.all.split_at_checked(self.next)?;
        let distance = behind.iter().chain(before).position(|known| *known == name)?;
        let place = (self.next + distance) % self.all.len();
        self.next = place + 1;
        self.all.get(place).copied()
    }
}

/// The pairs of an object whose fields have any names.
struct Pairs<'s, 'de, A> {
    map: A,
    name: Cow<'de, str>,
    is_first: bool,
    state: &'s mut State,
}

impl<'s, A> Pairs<'s, '_, A> {
    fn new(map: A, state: &'s mut State) -> Self {
        Self { map, name: Cow::Borrowed(""), is_first: true, state }
    }
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for Pairs<'_, 'de, A> {
    type Error = A::Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, A::Error> {
        let Some(name) = self.map.next_key_seed(Name)? else { return Ok(None) };
        self.name = name;
        let name = match &self.name {
            Cow::Borrowed(name) => Scalar::Borrowed(name),
            Cow::Owned(name) => Scalar::Text(name),
        };
        seed.deserialize(Reader::new(Given(name, PhantomData), self.state)).map(Some)
    }

    fn next_value_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<T::Value, A::Error> {
        self.state.charge(room_for_pair(self.is_first) + size_of::<T::Value>())?;
        self.is_first = false;
        let step = Step::Field(Cow::Borrowed(&*self.name));
        self.map.next_value_seed(At { seed, step, state: self.state })
    }
}

/// A node of a map has room for several pairs, and may have but one.
fn room_for_pair(is_first: bool) -> usize {
    if is_first { 1024 } else { 160 }
}

/// The entries of a list.
struct Entries<'s, A> {
    seq: A,
    index: usize,
    state: &'s mut State,
}

impl<'de, A: SeqAccess<'de>> SeqAccess<'de> for Entries<'_, A> {
    type Error = A::Error;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, A::Error> {
        let at = At { seed, step: Step::Entry(self.index), state: self.state };
        let entry = self.seq.next_element_seed(at)?;
        if entry.is_some() {
            self.state.charge(room_for_entry::<T::Value>(self.index == 0))?;
            self.index += 1;
        }
        Ok(entry)
    }
}

/// The entries of a list from which one was filtered out: PHP writes `{"0": …, "2": …}`.
struct Numbered<'s, A> {
    map: A,
    is_first: bool,
    state: &'s mut State,
}

impl<'de, A: MapAccess<'de>> SeqAccess<'de> for Numbered<'_, A> {
    type Error = A::Error;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, A::Error> {
        let Some(name) = self.map.next_key_seed(Name)? else { return Ok(None) };
        if name.is_empty() || !name.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(A::Error::invalid_type(Unexpected::Map, &"a list"));
        }
        self.state.charge(room_for_entry::<T::Value>(self.is_first))?;
        self.is_first = false;
        let at = At { seed, step: Step::Field(name), state: self.state };
        self.map.next_value_seed(at).map(Some)
    }
}

/// A list that grows has up to twice the room that it needs, and begins with four times.
fn room_for_entry<T>(is_first: bool) -> usize {
    (if is_first { 4 } else { 2 }) * size_of::<T>()
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

/// A list whose first entry was looked at.
struct Begun<'de, A> {
    first: Option<&'de RawValue>,
    rest: A,
}

impl<'de, A: SeqAccess<'de>> SeqAccess<'de> for Begun<'de, A> {
    type Error = A::Error;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, A::Error> {
        let Some(first) = self.first.take() else { return self.rest.next_element_seed(seed) };
        let json = &mut serde_json::Deserializer::from_str(first.get());
        seed.deserialize(json).map(Some).map_err(A::Error::custom)
    }
}

/// Reads a value by a [`Reader`], and says where it was if it cannot be read.
struct At<'s, 'a, T> {
    seed: T,
    step: Step<'a>,
    state: &'s mut State,
}

impl<'de, T: DeserializeSeed<'de>> DeserializeSeed<'de> for At<'_, '_, T> {
    type Value = T::Value;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<T::Value, D::Error> {
        let value = self.seed.deserialize(Reader::new(from, self.state));
        if value.is_err() {
            self.state.failed_at(self.step);
        }
        value
    }
}

/// Reads a name.
struct Name;

impl<'de> DeserializeSeed<'de> for Name {
    type Value = Cow<'de, str>;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Self::Value, D::Error> {
        from.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for Name {
    type Value = Cow<'de, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a field name")
    }

    fn visit_borrowed_str<E>(self, name: &'de str) -> Result<Self::Value, E> {
        Ok(Cow::Borrowed(name))
    }

    fn visit_str<E>(self, name: &str) -> Result<Self::Value, E> {
        Ok(Cow::Owned(name.to_owned()))
    }
}

/// Reads any value as it is. A name that comes twice is an error, because only one of its values
/// could be kept.
pub(super) struct Untyped;

impl<'de> DeserializeSeed<'de> for Untyped {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Value, D::Error> {
        from.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Untyped {
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
        while let Some(value) = seq.next_element_seed(Untyped)? {
            values.push(value);
        }
        Ok(values.into())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let mut fields = Map::new();
        while let Some(name) = map.next_key::<String>()? {
            if name == NUMBER && fields.is_empty() {
                let digits: String = map.next_value()?;
                return digits.parse().map(Value::Number).map_err(A::Error::custom);
            }
            let value = map.next_value_seed(Untyped)?;
            insert(&mut fields, name, value)?;
        }
        Ok(fields.into())
    }
}

/// Adds an unknown field to others. What was written as [`EXTRA`] is taken apart again.
pub(super) fn add<E: Error>(
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

fn insert<E: Error>(fields: &mut Map<String, Value>, name: String, value: Value) -> Result<(), E> {
    match fields.entry(name) {
        Entry::Vacant(place) => {
            place.insert(value);
            Ok(())
        }
        Entry::Occupied(place) => {
            let name = shortened(place.key());
            Err(E::custom(format_args!("duplicate field `{}`", name.escape_debug())))
        }
    }
}

/// The names by which `serde_json` asks for a value as it stands, and gives a number as text, where
/// some crate has asked it for `arbitrary_precision`.
const RAW_VALUE: &str = "$serde_json::private::RawValue";
const NUMBER: &str = "$serde_json::private::Number";

/// The number that a map stands for.
fn number_in<'de, A: MapAccess<'de>>(
    mut map: A,
    expected: &dyn Expected,
) -> Result<String, A::Error> {
    match map.next_key_seed(Name)? {
        Some(name) if name == NUMBER => map.next_value(),
        _ => Err(A::Error::invalid_type(Unexpected::Map, expected)),
    }
}

pub(super) fn refused<E: Error>(text: &str, expected: &dyn Expected) -> E {
    E::invalid_value(Unexpected::Str(&shortened(text)), expected)
}

/// The beginning of a text, which may be as long as the body.
pub(super) fn shortened(text: &str) -> String {
    text.chars().take(80).collect()
}

/// Whether a text says no more than the empty one.
pub(super) fn is_blank(text: &str) -> bool {
    text.trim_start().is_empty()
}
