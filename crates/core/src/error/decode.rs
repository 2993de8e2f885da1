//! Answers that are not what was asked for.

use std::{
    error::Error as StdError,
    fmt::{self, Debug, Display, Formatter},
};

use bytes::Bytes;
use http::StatusCode;

use super::excerpt::Excerpt;
use crate::key::{ApiKey, BoxError};

/// A 2xx answer that cannot be read as the endpoint's output: a broken or foreign body, or a
/// documented field that holds nonsense.
///
/// Nothing of such an answer is returned as data, because an inventory must never mistake a
/// broken answer for "no reissues". The body is kept here.
pub struct DecodeError(Box<Parts>);

// Boxed, because every `Result` of the crate would carry the room.
struct Parts {
    path: String,
    status: StatusCode,
    body: Bytes,
    attempts: u32,
    source: BoxError,
}

impl DecodeError {
    /// Reports that `response` went wrong at `path` (`certificates[17].date_created`; empty for
    /// the answer as a whole) because of `source`. For authors of an [`Endpoint`](crate::Endpoint).
    pub fn new(
        response: &http::Response<Bytes>,
        path: impl Into<String>,
        source: impl Into<Box<dyn StdError + Send + Sync>>,
    ) -> Self {
        Self(Box::new(Parts {
            path: path.into(),
            status: response.status(),
            body: response.body().clone(),
            attempts: 0,
            source: source.into(),
        }))
    }

    /// Where in the body it went wrong, such as `certificates[17].date_created`; empty if the
    /// body as a whole is not what was expected.
    pub fn path(&self) -> &str {
        &self.0.path
    }

    /// The answer's status, a 2xx.
    pub fn status(&self) -> StatusCode {
        self.0.status
    }

    /// The whole body, with any occurrence of the key replaced by `[key]`.
    pub fn body(&self) -> &Bytes {
        &self.0.body
    }

    pub(super) fn attempts(&self) -> u32 {
        self.0.attempts
    }

    pub(super) fn set_attempts(&mut self, attempts: u32) {
        self.0.attempts = attempts;
    }

    pub(crate) fn redacted(self, key: &ApiKey) -> Self {
        let Parts { path, status, body, attempts, source } = *self.0;
        Self(Box::new(Parts {
            path: key.redact_text(path),
            status,
            body: key.redact_body(body),
            attempts,
            source: key.redact_source(source),
        }))
    }
}

impl Display for DecodeError {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "the service answered {}, but not with what was asked for", self.status())?;
        if !self.path().is_empty() {
            write!(f, ": at {}", Excerpt(self.path().as_bytes()))?;
        }
        write!(f, "; the body begins with: {}", Excerpt(self.body()))
    }
}

impl Debug for DecodeError {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.debug_struct("DecodeError")
            .field("path", &Excerpt(self.path().as_bytes()))
            .field("status", &self.status())
            .field("body", &Excerpt(self.body()))
            .field("attempts", &self.attempts())
            .field("source", &Excerpt(self.0.source.to_string().as_bytes()))
            .finish()
    }
}

impl StdError for DecodeError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        Some(&*self.0.source)
    }
}
