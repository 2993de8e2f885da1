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
    #[inline(never)]
    fn failed_at(&mut self, step: fmt::Arguments<'_>) {
        self.path.push(step.to_string());
    }

    /// The path of the value that failed, such as `certificates[17].date_created`; empty if the
    /// body as a whole is at fault.
    pub(super) fn path(&self) -> String {
        let steps = self.path.iter().rev().filter(|_| !self.is_spent);
        let path: String = steps.map(String::as_str).collect();
        path.strip_prefix('.').map(str::to_owned).unwrap_or(path)
    }
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

/// Defines the methods by which a type asks for a form and for nothing else.
macro_rules! forms {
    ($($method:ident: $form:ident,)*) => {$(
        #[inline]
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
            self.read::<V, $form>(visitor)
        }
    )*};
}

impl<'de, D: Deserializer<'de>> Deserializer<'de> for Reader<'_, D> {
    type Error = D::Error;

    forms! {
        deserialize_any: ANY,
        deserialize_bool: FLAG,
        deserialize_i8: WHOLE,
        deserialize_i16: WHOLE,
        deserialize_i32: WHOLE,
        deserialize_i64: WHOLE,
        deserialize_i128: WHOLE,
        deserialize_u8: WHOLE,
        deserialize_u16: WHOLE,
        deserialize_u32: WHOLE,
        deserialize_u64: WHOLE,
        deserialize_u128: WHOLE,
        deserialize_f32: DECIMAL,
        deserialize_f64: DECIMAL,
        deserialize_str: TEXT,
        deserialize_string: TEXT,
        deserialize_seq: LIST,
        deserialize_map: MAP,
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

    #[inline]
    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        names: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        let Self { from, paid, state, .. } = self;
        // `deserialize_map` would be less code, but its error quotes a text of any length.
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
        self.some(Scalar::of(Unexpected::Bool(flag)))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<V::Value, E> {
        self.some(Scalar::of(Unexpected::Signed(number)))
    }

    #[inline]
    fn visit_u64<E: Error>(self, number: u64) -> Result<V::Value, E> {
        self.some(number.into_deserializer())
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<V::Value, E> {
        self.some(Scalar::of(Unexpected::Float(number)))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<V::Value, E> {
        if is_blank(text) {
            self.visit_unit()
        } else {
            self.some(Scalar::of(Unexpected::Str(text)))
        }
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
        match first_of(&mut seq, self.state)? {
            Some(first) => self.some(SeqAccessDeserializer::new(Begun { first: Some(first), seq })),
            None => self.visitor.visit_none(),
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<V::Value, A::Error> {
        self.some(MapAccessDeserializer::new(map))
    }
}

/// Whether there is an entry shows only when it is read, and what it is shows later.
fn first_of<'de, A: SeqAccess<'de>>(
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

/// What is rarely there. A deserializer for each would have every type compiled for it once more.
struct Scalar<'a, E> {
    value: Unexpected<'a>,
    error: PhantomData<E>,
}

impl<'a, E> Scalar<'a, E> {
    fn of(value: Unexpected<'a>) -> Self {
        Self { value, error: PhantomData }
    }
}

impl<'de, E: Error> Deserializer<'de> for Scalar<'_, E> {
    type Error = E;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, E> {
        match self.value {
            Unexpected::Bool(flag) => visitor.visit_bool(flag),
            Unexpected::Signed(number) => visitor.visit_i64(number),
            Unexpected::Float(number) => visitor.visit_f64(number),
            Unexpected::Str(text) => visitor.visit_str(text),
            other => Err(E::invalid_type(other, &visitor)),
        }
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit
        unit_struct newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
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
struct Fields<'s, 'de, A> {
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
struct Pairs<'s, 'de, A> {
    map: A,
    /// The last name that was read.
    name: Option<Cow<'de, str>>,
    /// Those before it.
    seen: BTreeSet<Cow<'de, str>>,
    state: &'s mut State,
}

impl<'s, A> Pairs<'s, '_, A> {
    fn new(map: A, state: &'s mut State) -> Self {
        Self { map, name: None, seen: BTreeSet::new(), state }
    }
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for Pairs<'_, 'de, A> {
    type Error = A::Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, A::Error> {
        let mut name = Cow::Borrowed("");
        if self.map.next_key_seed(Name(&mut name))?.is_none() {
            return Ok(None);
        }
        self.state.charge(room_for_pair(self.name.is_none()))?;
        self.seen.extend(self.name.take());
        if self.seen.contains(&name) {
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
        let index = self.index;
        self.index += 1;
        self.seq.next_element_seed(EntrySeed { seed, index, state: self.state })
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

/// Reads the value of a field by a [`Reader`].
struct FieldSeed<'s, T> {
    seed: T,
    keeps_ignored: bool,
    state: &'s mut State,
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

/// Reads a name, and leaves it there.
pub(super) struct Name<'n, 'de>(pub(super) &'n mut Cow<'de, str>);

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

/// The names by which `serde_json` asks for a value as it stands, and gives a number as text, where
/// some crate has asked it for `arbitrary_precision`.
const RAW_VALUE: &str = "$serde_json::private::RawValue";
const NUMBER: &str = "$serde_json::private::Number";

/// The number that a map stands for.
fn number_in<'de, A: MapAccess<'de>>(
    mut map: A,
    expected: &dyn Expected,
) -> Result<String, A::Error> {
    let mut name = Cow::Borrowed("");
    match map.next_key_seed(Name(&mut name))? {
        Some(()) if name == NUMBER => map.next_value(),
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
