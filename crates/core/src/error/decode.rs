//! Successful responses that cannot be read.

use std::{
    error::Error as StdError,
    fmt::{self, Debug, Display, Formatter},
    str::Utf8Error,
};

use bytes::Bytes;
use http::StatusCode;

use super::{
    RequestContext, advice,
    source::{BoxError, cleaned, write_reason},
};
use crate::{
    secret::Secret,
    text::{Body, Excerpt, Excerpted, content_encoding},
};

/// A 2xx response that cannot be read as the endpoint's output: a body that is broken or not from
/// the service, or a documented field whose value cannot be read.
///
/// Nothing of such a response is returned as data, because an inventory must never mistake a
/// broken response for "no reissues". The body is kept. Where one row of many is unreadable,
/// [`Reissues::salvage`](crate::Reissues::salvage) reads the others out of it.
pub struct DecodeError(Box<Parts>);

// Boxed, because every `Result` of the crate would carry the room.
struct Parts {
    path: String,
    /// None where only a body was given.
    status: Option<StatusCode>,
    content_encoding: Option<String>,
    body: Bytes,
    context: Option<RequestContext>,
    source: BoxError,
    is_incomplete: bool,
}

impl DecodeError {
    /// Reports what is wrong with `response`, for an [`Endpoint`](crate::Endpoint) that
    /// [`decode_json`](crate::decode_json) alone does not read.
    ///
    /// `path` is where it went wrong, such as `certificates[17].date_created`; empty for the body
    /// as a whole.
    ///
    /// ```
    /// use certcentral_core::DecodeError;
    ///
    /// fn parse(response: &http::Response<bytes::Bytes>) -> Result<String, DecodeError> {
    ///     let pem = str::from_utf8(response.body()).map_err(|e| DecodeError::new(response, "", e))?;
    ///     if !pem.starts_with("-----BEGIN CERTIFICATE-----") {
    ///         return Err(DecodeError::new(response, "", "the body is not a PEM certificate"));
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
        let Self(mut parts) = Self::of_body(response.body().clone(), source);
        parts.path = Excerpted(path.into()).to_string();
        parts.status = Some(response.status());
        parts.content_encoding = content_encoding(response.headers());
        Self(parts)
    }

    /// Says that the body ends too early, as that of a server whose backend died. A
    /// [`Call`](crate::Call) that is repeatable makes another attempt then.
    ///
    /// JSON that ends in the middle is known to, and need not be marked.
    #[must_use]
    pub fn incomplete(mut self) -> Self {
        self.0.is_incomplete = true;
        self
    }

    /// Returns whether the body ends too early: see [`incomplete`](Self::incomplete).
    pub fn is_incomplete(&self) -> bool {
        let source = &self.0.source;
        let ends_in_json = || source.downcast_ref().is_some_and(serde_json::Error::is_eof);
        let ends_in_character =
            || source.downcast_ref().is_some_and(|error: &Utf8Error| error.error_len().is_none());
        // Nothing at all is not the beginning of something.
        let is_blank = self.body().trim_ascii().is_empty();
        self.0.is_incomplete || !is_blank && (ends_in_json() || ends_in_character())
    }

    /// Reports what is wrong with a body as a whole, whatever response it came with.
    pub(crate) fn of_body(body: Bytes, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self(Box::new(Parts {
            path: String::new(),
            status: None,
            content_encoding: None,
            body,
            context: None,
            source: cleaned(source.into(), None),
            is_incomplete: false,
        }))
    }

    /// Adds the request that the response is for, and takes the secret out of what is kept.
    pub(crate) fn with_context(self, context: RequestContext, secret: &Secret) -> Self {
        let is_incomplete = self.is_incomplete();
        let Parts { path, status, content_encoding, body, source, .. } = *self.0;
        Self(Box::new(Parts {
            path: secret.redact_text(path),
            status,
            content_encoding: content_encoding.map(|encoding| secret.redact_text(encoding)),
            body: secret.redact_body(&body).unwrap_or(body),
            context: Some(context),
            source: cleaned(source, Some(secret)),
            is_incomplete,
        }))
    }

    /// Returns where in the body it went wrong, such as `certificates[17].date_created`; empty if
    /// the body as a whole is not what was expected. It is short and fit for a log, whatever names
    /// a server may have given to its fields.
    pub fn path(&self) -> &str {
        &self.0.path
    }

    /// Returns the response's status, a 2xx; `200 OK` if only a body was given, as to
    /// [`Reissues::salvage`](crate::Reissues::salvage).
    pub fn status(&self) -> StatusCode {
        self.0.status.unwrap_or(StatusCode::OK)
    }

    /// Returns the whole body, with any occurrence of the key replaced by `[key]`.
    pub fn body(&self) -> &Bytes {
        &self.0.body
    }

    /// Returns the response's `Content-Encoding`, if it had one. None is asked for, and none is
    /// decoded.
    pub fn content_encoding(&self) -> Option<&str> {
        self.0.content_encoding.as_deref()
    }

    pub(super) fn context(&self) -> Option<&RequestContext> {
        self.0.context.as_ref()
    }

    /// Whether it is not even JSON.
    pub(super) fn is_of_syntax(&self) -> bool {
        self.0.source.downcast_ref().is_some_and(serde_json::Error::is_syntax)
    }

    pub(super) fn excerpt(&self) -> Body<'_> {
        Body { bytes: self.body(), encoding: self.content_encoding() }
    }
}

impl Display for DecodeError {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str("unexpected response body")?;
        if let Some(context) = self.context() {
            write!(f, " from {}", context.url)?;
        }
        if let Some(status) = self.0.status {
            write!(f, " ({status})")?;
        }
        if !self.path().is_empty() {
            write!(f, " at {}", self.path())?;
        }
        write_reason(f, self.source())?;
        if let Some(advice) = advice::of_body(self) {
            write!(f, "; {advice}")?;
        }
        write!(f, "; {}", self.excerpt())
    }
}

impl Debug for DecodeError {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.debug_struct("DecodeError")
            .field("path", &self.path())
            .field("status", &self.0.status)
            .field("content_encoding", &self.content_encoding().map(|e| Excerpt(e.as_bytes())))
            .field("body", &Excerpt(self.body()))
            .field("context", &self.0.context)
            .field("source", &Excerpt(self.0.source.to_string().as_bytes()))
            .finish()
    }
}

impl StdError for DecodeError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        Some(&*self.0.source)
    }
}
