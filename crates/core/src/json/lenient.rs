//! The reader: a serde `Deserializer` for the service's loose forms.
//!
//! The API is consistent in meaning and not in form: a number may come as a text, an absent one as
//! `null` or `""`, an empty object as `[]`. A derived type says what it expects, and [`Reader`] makes
//! that of what stands there. Anything else is an error.

mod list; // its entries, and what stands in their place
mod object; // its fields
mod state; // the budget of memory, and the path of an error

use std::{borrow::Cow, fmt, iter, marker::PhantomData};

use serde::{
    Deserialize, Deserializer,
    de::{
        Error, Expected, IgnoredAny, IntoDeserializer, MapAccess, SeqAccess, Unexpected, Visitor,
        value::{
            BorrowedStrDeserializer, MapAccessDeserializer, MapDeserializer, SeqAccessDeserializer,
            SeqDeserializer,
        },
    },
    forward_to_deserialize_any,
};
use serde_json::Value;

use self::{
    list::{Begun, Entries, Numbered, first_of},
    object::{Pairs, Struct},
};
pub(super) use self::{
    object::{Name, add},
    state::State,
};

/// Reads an id that may be absent: the service's 0 is none.
pub(crate) fn nonzero<'de, D: Deserializer<'de>, T: From<u64>>(
    from: D,
) -> Result<Option<T>, D::Error> {
    let id = Option::<u64>::deserialize(from)?;
    Ok(id.filter(|&id| id != 0).map(T::from))
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
