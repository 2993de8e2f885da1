//! The forms that fields have.

/// Of what is no JSON.
pub static NO_JSON: Schema = &[];

/// An object's fields.
pub type Schema = &'static [Field];

#[derive(Debug)]
pub struct Field {
    pub name: &'static str,
    pub form: Form,
    pub presence: Presence,
}

#[derive(Clone, Copy, Debug)]
pub enum Form {
    Date,
    Flag,
    /// A number above 0.
    Id,
    Int,
    List(&'static Form),
    Object(Schema),
    /// A text of hexadecimal digits.
    Serial,
    Text,
    Timestamp,
    Uint,
    Uint32,
    /// A word of an open enum.
    Word(&'static [&'static str]),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presence {
    /// Where it is absent, it is an empty list, or a flag that is not set.
    Defaulted,
    /// Never there, because it could say that a list is not complete.
    Never,
    /// Where it is absent, it is `null`.
    Optional,
    /// Absent nowhere.
    Required,
}

pub const fn optional(name: &'static str, form: Form) -> Field {
    Field { name, form, presence: Presence::Optional }
}

pub const fn defaulted(name: &'static str, form: Form) -> Field {
    Field { name, form, presence: Presence::Defaulted }
}

pub const fn never(name: &'static str, form: Form) -> Field {
    Field { name, form, presence: Presence::Never }
}

pub const fn required(name: &'static str, form: Form) -> Field {
    Field { name, form, presence: Presence::Required }
}
