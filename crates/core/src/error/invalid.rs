//! Input that cannot be used.

use std::{
    error::Error as StdError,
    fmt::{self, Display, Formatter},
};

use super::source::{BoxError, write_reason};

/// Something that was given to this library cannot be used. The message says what to do.
#[derive(Debug)]
pub struct InvalidInputError {
    message: String,
    source: Option<BoxError>,
}

impl InvalidInputError {
    /// Returns an error that says `message`.
    pub fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), source: None }
    }

    /// Returns an error that says `message`, with the error behind it.
    pub fn with_source(
        message: impl Into<String>,
        source: impl Into<Box<dyn StdError + Send + Sync>>,
    ) -> Self {
        Self { message: message.into(), source: Some(source.into()) }
    }

    pub(super) fn message(&self) -> &str {
        &self.message
    }
}

impl Display for InvalidInputError {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        write_reason(f, self.source())
    }
}

impl StdError for InvalidInputError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}
