//! The reader: a serde `Deserializer` for the service's loose forms.
//!
//! The API is consistent in meaning and not in form: a number may come as a text, an absent one as
//! `null` or `""`, an empty object as `[]`. A derived type says what it expects, and [`Reader`] makes
//! that of what stands there. Anything else is an error.

use std::{borrow::Cow, collections::BTreeSet, fmt, iter, marker::PhantomData, mem};

use serde::{
    Deserialize, Deserializer,
    de::{
        DeserializeSeed, Error, Expected, IgnoredAny, IntoDeserializer, MapAccess, SeqAccess,
        Unexpected, Visitor,
        value::{
            BorrowedStrDeserializer, MapAccessDeserializer, MapDeserializer, SeqAccessDeserializer,
            SeqDeserializer,
        },
    },
    forward_to_deserialize_any,
};
use serde_json::{Value, value::RawValue};

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
    path: Vec<String>,
    /// The value of a field that its struct does not name, until [`Fields`] takes it.
    other: Option<Value>,
}

impl State {
    pub(super) fn for_body(length: usize) -> Self {
        // Lists of any length that the service sends take less than this.
        const FREE: usize = 64 * 1024 * 1024;
        Self::new(FREE.max(length.saturating_mul(4)))
    }

    fn new(left: usize) -> Self {
        Self { left, is_spent: false, path: Vec::new(), other: None }
    }

    /// What is left of the budget, to be given back when what was read since then is dropped.
    pub(super) fn left(&self) -> usize {
        self.left
    }

    pub(super) fn give_back(&mut self, left: usize) {
        *self = Self::new(left);
    }

    #[inline]
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
            Step::Entry(index) => format!("[{index}]"),
            Step::Field(name) => format!(".{name}"),
        });
    }

    /// The path of the value that failed, such as `certificates[17].date_created`; empty if the
    /// body as a whole is at fault.
    pub(super) fn path(&self) -> String {
        let steps = self.path.iter().rev().filter(|_| !self.is_spent);
        let path: String = steps.map(String::as_str).collect();
        path.strip_prefix('.').map(str::to_owned).unwrap_or(path)
    }
}

/// One step of a path.
#[derive(Clone, Copy)]
enum Step<'a> {
    Entry(usize),
    Field(&'a str),
}

/// Reads what `from` holds, in any of its forms.
pub(super) struct Reader<'s, D> {
    from: D,
    /// Whether what a type ignores is wanted all the same.
    keeps_ignored: bool,
    /// The room that was charged for. What is in a box has more.
    paid: usize,
    state: &'s mut State,
}

impl<'s, D> Reader<'s, D> {
    #[inline]
    pub(super) fn new(from: D, state: &'s mut State) -> Self {
        Self { from, keeps_ignored: false, paid: 0, state }
    }

    #[inline]
    fn read<'de, V: Visitor<'de>, const FORM: u8>(self, visitor: V) -> Result<V::Value, D::Error>
    where
        D: Deserializer<'de>,
    {
        self.from.deserialize_any(Loose::<V, FORM> { visitor, state: self.state })
    }
}

/// What a type asks for.
const ANY: u8 = 0;
const DECIMAL: u8 = 1;
const ENUM: u8 = 2;
const FLAG: u8 = 3;
const LIST: u8 = 4;
const MAP: u8 = 5;
const TEXT: u8 = 6;
/// A list that cannot be `""`: so are the rows read that a response is about.
const TUPLE: u8 = 7;
const WHOLE: u8 = 8;

impl<'de, D: Deserializer<'de>> Deserializer<'de> for Reader<'_, D> {
    type Error = D::Error;

    #[inline]
    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        self.read::<V, ANY>(visitor)
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        self.read::<V, FLAG>(visitor)
    }

    fn deserialize_i8<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        self.read::<V, WHOLE>(visitor)
    }

    fn deserialize_i16<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        self.read::<V, WHOLE>(visitor)
    }

    fn deserialize_i32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        self.read::<V, WHOLE>(visitor)
    }

    fn deserialize_i64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        self.read::<V, WHOLE>(visitor)
    }

    fn deserialize_u8<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        self.read::<V, WHOLE>(visitor)
    }

    fn deserialize_u16<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        self.read::<V, WHOLE>(visitor)
    }

    fn deserialize_u32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        self.read::<V, WHOLE>(visitor)
    }

    fn deserialize_u64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        self.read::<V, WHOLE>(visitor)
    }

    fn deserialize_i128<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        self.read::<V, WHOLE>(visitor)
    }

    fn deserialize_u128<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        self.read::<V, WHOLE>(visitor)
    }

    fn deserialize_f32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        self.read::<V, DECIMAL>(visitor)
    }

    fn deserialize_f64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        self.read::<V, DECIMAL>(visitor)
    }

    #[inline]
    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        self.read::<V, TEXT>(visitor)
    }

    #[inline]
    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        self.read::<V, TEXT>(visitor)
    }

    #[inline]
    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        self.from.deserialize_any(Maybe { visitor, paid: self.paid, state: self.state })
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

    #[inline]
    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        self.read::<V, LIST>(visitor)
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, _: usize, to: V) -> Result<V::Value, D::Error> {
        self.read::<V, TUPLE>(to)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: usize,
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        self.read::<V, TUPLE>(visitor)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        self.read::<V, MAP>(visitor)
    }

    #[inline]
    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        names: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        let Self { from, paid, state, .. } = self;
        from.deserialize_any(Struct { visitor, names, paid, state })
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        self.read::<V, ENUM>(visitor)
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        if !self.keeps_ignored {
            return self.from.deserialize_ignored_any(visitor);
        }
        let other = Value::deserialize(Reader::new(self.from, &mut *self.state))?;
        self.state.other = Some(other);
        visitor.visit_unit()
    }

    forward_to_deserialize_any! { char bytes byte_buf unit unit_struct identifier }
}

/// Makes what a type asks for of what stands there.
struct Loose<'s, V, const FORM: u8> {
    visitor: V,
    state: &'s mut State,
}

impl<'de, V: Visitor<'de>, const FORM: u8> Loose<'_, V, FORM> {
    /// Reads a text that is not what it must be at the first glance.
    #[cold]
    fn visit_odd<E: Error>(self, text: &str) -> Result<V::Value, E> {
        let text = text.trim();
        match (FORM, text.parse::<i64>(), text.parse::<f64>()) {
            (FLAG, Ok(flag @ 0..=1), _) => self.visitor.visit_bool(flag == 1),
            (FLAG, ..) if matches!(text, "false" | "true") => {
                self.visitor.visit_bool(text == "true")
            }
            (WHOLE, Ok(number), _) => self.visitor.visit_i64(number),
            (WHOLE, _, Ok(number)) if number.fract() == 0.0 => self.visit_f64(number),
            (DECIMAL, _, Ok(number)) if number.is_finite() => self.visitor.visit_f64(number),
            _ => Err(refused(text, &self)),
        }
    }
}

impl<'de, V: Visitor<'de>, const FORM: u8> Visitor<'de> for Loose<'_, V, FORM> {
    type Value = V::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match FORM {
            FLAG => f.write_str("0 or 1"),
            LIST | TUPLE => f.write_str("a list"),
            MAP => f.write_str("an object"),
            _ => self.visitor.expecting(f),
        }
    }

    fn visit_bool<E: Error>(self, flag: bool) -> Result<V::Value, E> {
        match FORM {
            ANY | FLAG => self.visitor.visit_bool(flag),
            _ => Err(E::invalid_type(Unexpected::Bool(flag), &self)),
        }
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<V::Value, E> {
        match FORM {
            ANY | DECIMAL | WHOLE => self.visitor.visit_i64(number),
            TEXT => self.visitor.visit_string(number.to_string()),
            _ => Err(E::invalid_type(Unexpected::Signed(number), &self)),
        }
    }

    #[inline]
    fn visit_u64<E: Error>(self, number: u64) -> Result<V::Value, E> {
        match FORM {
            ANY | DECIMAL | WHOLE => self.visitor.visit_u64(number),
            FLAG if number < 2 => self.visitor.visit_bool(number == 1),
            TEXT => self.visitor.visit_string(number.to_string()),
            _ => Err(E::invalid_type(Unexpected::Unsigned(number), &self)),
        }
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<V::Value, E> {
        const INEXACT: f64 = 9_007_199_254_740_992.0; // from here on it may stand for another number
        match FORM {
            ANY | DECIMAL => self.visitor.visit_f64(number),
            WHOLE if number.fract() == 0.0 && number.abs() < INEXACT => {
                let digits = number.to_string().parse();
                digits.map_err(E::custom).and_then(|number| self.visitor.visit_i64(number))
            }
            _ => Err(E::invalid_type(Unexpected::Float(number), &self)),
        }
    }

    #[inline]
    fn visit_str<E: Error>(self, text: &str) -> Result<V::Value, E> {
        match (FORM, text) {
            (ANY | TEXT, _) => self.visitor.visit_str(text),
            (ENUM, _) => {
                self.state.charge(size_of::<V::Value>())?;
                self.visitor.visit_enum(text.into_deserializer())
            }
            (FLAG | LIST | MAP, _) if is_blank(text) => self.visit_unit(),
            (WHOLE, _) => match text.parse() {
                Ok(number) => self.visitor.visit_u64(number),
                Err(_) => self.visit_odd(text),
            },
            _ => self.visit_odd(text),
        }
    }

    #[inline]
    fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<V::Value, E> {
        match FORM {
            ANY | TEXT => self.visitor.visit_borrowed_str(text),
            _ => self.visit_str(text),
        }
    }

    fn visit_unit<E: Error>(self) -> Result<V::Value, E> {
        match FORM {
            // What is not there can be a word, such as a status.
            ANY | TEXT => self.visitor.visit_unit(),
            FLAG => self.visitor.visit_bool(false),
            LIST | TUPLE => self.visitor.visit_seq(SeqDeserializer::new(iter::empty::<()>())),
            MAP => self.visitor.visit_map(MapDeserializer::new(iter::empty::<((), ())>())),
            _ => Err(E::invalid_type(Unexpected::Unit, &self)),
        }
    }

    #[inline]
    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<V::Value, A::Error> {
        match FORM {
            ANY | LIST | TUPLE => {
                self.visitor.visit_seq(Entries { seq, index: 0, state: self.state })
            }
            MAP if seq.next_element::<IgnoredAny>()?.is_none() => self.visit_unit(),
            _ => Err(A::Error::invalid_type(Unexpected::Seq, &self)),
        }
    }

    #[inline]
    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<V::Value, A::Error> {
        match FORM {
            ANY | MAP => self.visitor.visit_map(Pairs::new(map, self.state)),
            DECIMAL | WHOLE => {
                let digits = number_in(map, &self)?;
                self.visit_str(&digits)
            }
            ENUM => {
                self.state.charge(size_of::<V::Value>())?;
                self.visitor.visit_enum(MapAccessDeserializer::new(Pairs::new(map, self.state)))
            }
            LIST | TUPLE => {
                self.visitor.visit_seq(Numbered { map, is_first: true, state: self.state })
            }
            _ => Err(A::Error::invalid_type(Unexpected::Map, &self)),
        }
    }
}

/// A value that may be absent: `null` and `""` are, and so is `[]`, the empty object.
struct Maybe<'s, V> {
    visitor: V,
    paid: usize,
    state: &'s mut State,
}

impl<'de, V: Visitor<'de>> Maybe<'_, V> {
    #[inline]
    fn some<D: Deserializer<'de>>(self, from: D) -> Result<V::Value, D::Error> {
        let Self { visitor, paid, state } = self;
        visitor.visit_some(Reader { from, keeps_ignored: false, paid, state })
    }
}

impl<'de, V: Visitor<'de>> Visitor<'de> for Maybe<'_, V> {
    type Value = V::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.visitor.expecting(f)
    }

    fn visit_bool<E: Error>(self, flag: bool) -> Result<V::Value, E> {
        self.some(flag.into_deserializer())
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<V::Value, E> {
        self.some(number.into_deserializer())
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<V::Value, E> {
        self.some(number.into_deserializer())
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<V::Value, E> {
        self.some(number.into_deserializer())
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<V::Value, E> {
        if is_blank(text) { self.visit_unit() } else { self.some(text.into_deserializer()) }
    }

    #[inline]
    fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<V::Value, E> {
        if is_blank(text) {
            self.visit_unit()
        } else {
            self.some(BorrowedStrDeserializer::new(text))
        }
    }

    fn visit_unit<E: Error>(self) -> Result<V::Value, E> {
        self.visitor.visit_none()
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<V::Value, A::Error> {
        // Whether there is an entry shows only when it is read, and what it is shows later.
        let Some(first) = seq.next_element::<&RawValue>()? else {
            return self.visitor.visit_none();
        };
        // It is read once more, from the start of a text and of `serde_json`'s depth.
        self.state.charge(first.get().len())?;
        if is_too_deep(first.get()) {
            return Err(A::Error::custom("recursion limit exceeded"));
        }
        self.some(SeqAccessDeserializer::new(Begun { first: Some(first), seq }))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<V::Value, A::Error> {
        self.some(MapAccessDeserializer::new(map))
    }
}

/// An object whose fields have the names of a struct's.
struct Struct<'s, V> {
    visitor: V,
    names: &'static [&'static str],
    paid: usize,
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
        self.state.charge(size_of::<V::Value>().saturating_sub(self.paid))?;
        let keeps_others = self.names.ends_with(&[EXTRA]);
        let (name, others) = (Cow::Borrowed(""), Vec::new());
        self.visitor.visit_map(Fields { map, name, keeps_others, others, state: self.state })
    }
}

/// The last field of a struct, if it is for the fields that the struct does not name.
pub(super) const EXTRA: &str = "extra";

/// The fields of a struct. What it ignores is collected, and given to it at the end as [`EXTRA`].
struct Fields<'s, 'de, A> {
    map: A,
    /// The last name that was read.
    name: Cow<'de, str>,
    /// Whether others are collected: the struct has a field for them, and has not got it yet.
    keeps_others: bool,
    others: Vec<(String, Value)>,
    state: &'s mut State,
}

impl<'de, A: MapAccess<'de>> Fields<'_, 'de, A> {
    #[cold]
    #[inline(never)]
    fn keep(&mut self, value: Value) -> Result<(), A::Error> {
        // They stand in a list that grows, and then in a map beside it.
        let in_list = 2 * size_of::<(String, Value)>();
        self.state.charge(room_for_pair(self.others.is_empty()) + in_list)?;
        self.others.push((mem::take(&mut self.name).into_owned(), value));
        Ok(())
    }

    /// Reads others that were written as [`EXTRA`].
    #[cold]
    #[inline(never)]
    fn take_apart(&mut self) -> Result<(), A::Error> {
        let (seed, step) = (PhantomData::<Value>, Step::Field(EXTRA));
        let at = At { seed, step, keeps_ignored: false, state: self.state };
        match self.map.next_value_seed(at)? {
            Value::Object(fields) => self.others.extend(fields),
            value => self.others.push((EXTRA.to_owned(), value)),
        }
        Ok(())
    }

    #[cold]
    #[inline(never)]
    fn give_others<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<T::Value, A::Error> {
        let mut others = mem::take(&mut self.others);
        others.sort_by(|(one, _), (other, _)| one.cmp(other));
        let mut neighbors = others.iter().zip(others.iter().skip(1));
        if let Some(((name, _), _)) = neighbors.find(|((one, _), (next, _))| one == next) {
            return Err(comes_twice(name));
        }
        let others = MapAccessDeserializer::new(MapDeserializer::new(others.into_iter()));
        seed.deserialize(others).map_err(|e: serde_json::Error| A::Error::custom(e))
    }
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for Fields<'_, 'de, A> {
    type Error = A::Error;

    #[inline]
    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, A::Error> {
        loop {
            if let Some(other) = self.state.other.take() {
                self.keep(other)?;
            }
            match self.map.next_key_seed(Name)? {
                Some(name) if name == EXTRA && self.keeps_others => self.take_apart()?,
                Some(name) => {
                    self.name = name;
                    return seed.deserialize((&*self.name).into_deserializer()).map(Some);
                }
                None if self.keeps_others && !self.others.is_empty() => {
                    self.keeps_others = false;
                    return seed.deserialize(EXTRA.into_deserializer()).map(Some);
                }
                None => return Ok(None),
            }
        }
    }

    #[inline]
    fn next_value_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<T::Value, A::Error> {
        if !self.keeps_others && !self.others.is_empty() {
            return self.give_others(seed);
        }
        let (step, keeps_ignored) = (Step::Field(&self.name), self.keeps_others);
        self.map.next_value_seed(At { seed, step, keeps_ignored, state: self.state })
    }
}

/// The pairs of an object whose fields have any names. One that comes twice is an error, because
/// only one of its values could be kept.
struct Pairs<'s, 'de, A> {
    map: A,
    name: Cow<'de, str>,
    seen: BTreeSet<Cow<'de, str>>,
    state: &'s mut State,
}

impl<'s, A> Pairs<'s, '_, A> {
    fn new(map: A, state: &'s mut State) -> Self {
        Self { map, name: Cow::Borrowed(""), seen: BTreeSet::new(), state }
    }
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for Pairs<'_, 'de, A> {
    type Error = A::Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, A::Error> {
        let Some(name) = self.map.next_key_seed(Name)? else { return Ok(None) };
        self.state.charge(room_for_pair(self.seen.is_empty()))?;
        if !self.seen.insert(name.clone()) {
            return Err(comes_twice(&name));
        }
        self.name = name;
        let name = (&*self.name).into_deserializer();
        seed.deserialize(Reader::new(name, self.state)).map(Some)
    }

    fn next_value_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<T::Value, A::Error> {
        self.state.charge(size_of::<T::Value>())?;
        let step = Step::Field(&self.name);
        self.map.next_value_seed(At { seed, step, keeps_ignored: false, state: self.state })
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

    #[inline]
    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, A::Error> {
        self.state.charge(room_for_entry::<T::Value>(self.index == 0))?;
        let step = Step::Entry(self.index);
        self.index += 1;
        let at = At { seed, step, keeps_ignored: false, state: self.state };
        self.seq.next_element_seed(at)
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
        let step = Step::Field(&name);
        let at = At { seed, step, keeps_ignored: false, state: self.state };
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
    seq: A,
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

/// Reads a value by a [`Reader`], and says where it was if it cannot be read.
struct At<'s, 'a, T> {
    seed: T,
    step: Step<'a>,
    keeps_ignored: bool,
    state: &'s mut State,
}

impl<'de, T: DeserializeSeed<'de>> DeserializeSeed<'de> for At<'_, '_, T> {
    type Value = T::Value;

    #[inline]
    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<T::Value, D::Error> {
        let Self { seed, step, keeps_ignored, state } = self;
        let paid = size_of::<T::Value>();
        let value = seed.deserialize(Reader { from, keeps_ignored, paid, state: &mut *state });
        if value.is_err() {
            state.failed_at(step);
        }
        value
    }
}

/// Reads a name.
pub(super) struct Name;

impl<'de> DeserializeSeed<'de> for Name {
    type Value = Cow<'de, str>;

    #[inline]
    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Self::Value, D::Error> {
        from.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for Name {
    type Value = Cow<'de, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a field name")
    }

    #[inline]
    fn visit_borrowed_str<E>(self, name: &'de str) -> Result<Self::Value, E> {
        Ok(Cow::Borrowed(name))
    }

    fn visit_str<E>(self, name: &str) -> Result<Self::Value, E> {
        Ok(Cow::Owned(name.to_owned()))
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

#[cold]
pub(super) fn comes_twice<E: Error>(name: &str) -> E {
    E::custom(format_args!("duplicate field `{}`", shortened(name).escape_debug()))
}

#[cold]
pub(super) fn refused<E: Error>(text: &str, expected: &dyn Expected) -> E {
    E::invalid_value(Unexpected::Str(&shortened(text)), expected)
}

/// The beginning of a text, which may be as long as the body.
fn shortened(text: &str) -> String {
    text.chars().take(80).collect()
}

/// Whether a text says no more than the empty one.
pub(super) fn is_blank(text: &str) -> bool {
    match text.as_bytes() {
        [] => true,
        [b'!'..=b'~', ..] => false,
        _ => text.trim().is_empty(),
    }
}
