//! Words that may be joined by new ones: statuses and the like.

use std::fmt::{self, Debug, Display, Formatter};

use serde::de::{self, Visitor};

/// A word that this version does not know, as the service sent it.
///
/// It is made by `From<&str>` of the enum that has it only, so that one word has one value.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OtherWord(Box<str>);

impl OtherWord {
    pub(crate) fn new(word: &str) -> Self {
        Self(word.into())
    }

    /// Returns the service's word.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Debug for OtherWord {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        Debug::fmt(&self.0, f)
    }
}

impl Display for OtherWord {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// Defines an enum of the service's words, with `Other` for those that this version does not know.
macro_rules! open_enum {
    (
        $(#[$doc:meta])*
        pub enum $name:ident {
            $($(#[$variant_doc:meta])* $variant:ident = $word:literal,)+
        }
    ) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum $name {
            $($(#[$variant_doc])* $variant,)+
            /// A word that this version does not know; empty where the service sent `null`.
            Other($crate::OtherWord),
        }

        impl $name {
            /// Returns the service's word.
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $word,)+
                    Self::Other(word) => word.as_str(),
                }
            }
        }

        impl From<&str> for $name {
            fn from(word: &str) -> Self {
                match word {
                    $($word => Self::$variant,)+
                    other => Self::Other($crate::OtherWord::new(other)),
                }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                to.serialize_str(self.as_str())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                from.deserialize_str($crate::json::open_enum::Word(|word| Self::from(word)))
            }
        }
    };
}
pub(crate) use open_enum;

/// Reads a word without a copy of it; `null` is the empty one.
pub(crate) struct Word<T>(pub(crate) fn(&str) -> T);

impl<T> Visitor<'_> for Word<T> {
    type Value = T;

    fn expecting(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str("a word")
    }

    #[inline]
    fn visit_str<E: de::Error>(self, word: &str) -> Result<T, E> {
        Ok(self.0(word))
    }

    fn visit_unit<E: de::Error>(self) -> Result<T, E> {
        Ok(self.0(""))
    }
}
