//! Answers that are not what was asked for.

use std::{
    error::Error as StdError,
    fmt::{self, Debug, Display, Formatter},
};

use bytes::Bytes;
use http::StatusCode;

use super::{CHECK_BASE_URL, Origin, excerpt::Excerpt};
use crate::key::{ApiKey, BoxError};

/// A 2xx answer that cannot be read as the endpoint's output: a broken or foreign body, or a
/// documented field that holds nonsense.
///
/// Nothing of such an answer is returned as data, because an inventory must never mistake a
/// broken answer for "no reissues". The body is kept here; where one row of many is unreadable,
/// [`Reissues::salvage`](crate::Reissues::salvage) reads the others out of it.
pub struct DecodeError(Box<Parts>);

// Boxed, because every `Result` of the crate would carry the room.
struct Parts {
    path: String,
    status: StatusCode,
    body: Bytes,
    origin: Origin,
    source: BoxError,
}

impl DecodeError {
    /// Reports that `response` went wrong at `path` (`certificates[17].date_created`; empty for
    /// the answer as a whole) because of `source`. For authors of an [`Endpoint`](crate::Endpoint)
    /// that is not read by [`decode_json`](crate::decode_json) alone:
    ///
    /// ```
    /// use certcentral_core::DecodeError;
    ///
    /// fn parse(response: &http::Response<bytes::Bytes>) -> Result<String, DecodeError> {
    ///     let pem = str::from_utf8(response.body()).map_err(|e| DecodeError::new(response, "", e))?;
    ///     if !pem.starts_with("-----BEGIN CERTIFICATE-----") {
    ///         return Err(DecodeError::new(response, "", "this is no certificate in PEM"));
    ///     }
    ///     Ok(pem.to_owned())
    /// }
    /// assert!(parse(&http::Response::new("<html>".into())).is_err());
    /// ```
    pub fn new(
        response: &http::Response<Bytes>,
        path: impl Into<String>,
        source: impl Into<Box<dyn StdError + Send + Sync>>,
    ) -> Self {
        Self(Box::new(Parts {
            path: path.into(),
            status: response.status(),
            body: response.body().clone(),
            origin: Origin::new(String::new()),
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

    pub(super) fn origin(&self) -> &Origin {
        &self.0.origin
    }

    pub(super) fn origin_mut(&mut self) -> &mut Origin {
        &mut self.0.origin
    }

    /// The same error, about the exchange `origin` and without the key.
    pub(crate) fn about(self, origin: Origin, key: &ApiKey) -> Self {
        let Parts { path, status, body, source, .. } = *self.0;
        Self(Box::new(Parts {
            path: key.redact_text(path),
            status,
            // An endpoint may have reported another body than the one that arrived.
            body: key.redact_body(&body).unwrap_or(body),
            origin,
            source: key.redact_source(source),
        }))
    }
}

impl Display for DecodeError {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let answerer = match self.origin().url.as_str() {
            "" => "the service",
            url => url,
        };
        write!(f, "{answerer} answered {}, but not with what was asked for", self.status())?;
        if !self.path().is_empty() {
            write!(f, ": at {}", Excerpt(self.path().as_bytes()))?;
        }
        if self.body().trim_ascii_start().starts_with(b"<") {
            write!(f, "; {CHECK_BASE_URL}")?;
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
            .field("origin", self.origin())
            .field("source", &Excerpt(self.0.source.to_string().as_bytes()))
            .finish()
    }
}

impl StdError for DecodeError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        Some(&*self.0.source)
    }
}
