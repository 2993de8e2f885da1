//! Refusals: the service's own errors, and responses of others whose status is not 2xx.

use std::{
    error::Error as StdError,
    fmt::{self, Debug, Display, Formatter},
    time::Duration,
};

use bytes::Bytes;
use http::StatusCode;

use super::{RequestContext, advice};
use crate::text::{Body, Excerpt, Excerpted};

/// A response whose status is not 2xx, or that has errors of the service and nothing else.
///
/// `status` is always set. `errors` holds what could be parsed; `body` holds everything.
///
/// ```
/// use certcentral_core::{Api, ApiKey, Error, ListReissues, OrderId};
///
/// let api = Api::new(ApiKey::new("0123456789ABCDEF")?);
/// let response = http::Response::builder().status(403).body(
///     r#"{"errors": [{"code": "access_denied|missing_permission", "message": "No."}]}"#.into(),
/// )?;
/// let Err(Error::Api(error)) = api.parse_response(&ListReissues::new(OrderId(7)), response) else {
///     panic!("403 is an error");
/// };
/// assert_eq!(error.status, 403);
/// assert_eq!(error.errors[0].code, "access_denied|missing_permission");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
#[non_exhaustive]
pub struct ApiError {
    /// The response's status.
    pub status: StatusCode,
    /// Every error that the body lists, also as JSON in a JSON text. If the body is plain text with one
    /// of the service's codes in it, that code. Else empty.
    pub errors: Vec<ErrorDetail>,
    /// How long to wait before the next request: `Retry-After` in seconds, or as a date read
    /// against the response's own `Date`. Assumed from HTTP: no `Retry-After` is documented.
    pub retry_after: Option<Duration>,
    /// Where a redirect points. It is never followed, because the key would follow too.
    pub location: Option<String>,
    /// The body, with any occurrence of the key replaced by `[key]`.
    pub body: Bytes,
    // Boxed, because every `Result` of the crate carries the room.
    pub(crate) exchange: Option<Box<Exchange>>,
}

/// Where the response came from, and how.
#[derive(Clone)]
pub(crate) struct Exchange {
    pub(crate) context: RequestContext,
    /// The response's `Content-Encoding`, if it had one.
    pub(crate) encoding: Option<String>,
}

/// One entry of the service's error list.
#[derive(Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct ErrorDetail {
    /// The service's code, its parts separated by `|` or `:`, such as
    /// `access_denied|missing_permission`. If the entry has none, the first one in its message; else
    /// empty.
    pub code: String,
    /// The service's words; empty if there were none.
    pub message: String,
}

impl ApiError {
    /// Returns an error with this status and nothing else, for a test of your code.
    ///
    /// ```
    /// use certcentral_core::{ApiError, Error, ErrorDetail, http::StatusCode};
    ///
    /// let mut error = ApiError::new(StatusCode::NOT_FOUND);
    /// error.errors = vec![ErrorDetail::new("not_found|order", "No such order.")];
    /// assert!(Error::from(error).is_not_found());
    /// ```
    pub fn new(status: StatusCode) -> Self {
        Self {
            status,
            errors: Vec::new(),
            retry_after: None,
            location: None,
            body: Bytes::new(),
            exchange: None,
        }
    }

    pub(crate) fn is_transient(&self) -> bool {
        // The key's refusal has been seen with 500.
        matches!(self.status.as_u16(), 408 | 429 | 500 | 502 | 503 | 504)
            && !self.has_code(ACCESS_DENIED)
    }

    /// Whether the response does not tell what became of the request. A redirect says that nothing
    /// was done here, but for those with which servers say where to look at what was done; a 4xx is
    /// a refusal. RFC 9110 has a status beyond 599 treated as 5xx.
    pub(super) fn outcome_unknown(&self) -> bool {
        match self.status.as_u16() {
            _ if self.has_code(ACCESS_DENIED) => false,
            302 | 303 | 408 => true,
            300..=499 => false,
            _ => true,
        }
    }

    /// Whether the service itself wrote the response: it names the reason with one of its codes,
    /// which a firewall's page or another server's JSON does not.
    pub(super) fn has_service_code(&self) -> bool {
        self.errors.iter().any(ErrorDetail::has_service_code)
    }

    pub(super) fn is_access_denied(&self) -> bool {
        let is_status = matches!(self.status, StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN);
        is_status && self.has_service_code() || self.has_code(ACCESS_DENIED)
    }

    pub(super) fn is_not_found(&self) -> bool {
        let is_it = match self.status {
            StatusCode::NOT_FOUND => self.has_service_code(),
            status => status.is_success() && self.has_code("not_found"),
        };
        is_it && !self.has_code("not_found|route")
    }

    pub(super) fn has_code(&self, code: &str) -> bool {
        self.errors.iter().any(|error| error.has_code(code))
    }

    /// The codes that are words of the service, and nothing that somebody else may have written.
    pub(super) fn public_message(&self) -> String {
        let codes: Vec<_> = self.errors.iter().filter_map(ErrorDetail::public_code).collect();
        if codes.is_empty() {
            return "DigiCert sent an unexpected response".to_owned();
        }
        format!("DigiCert refused the request: {}", Excerpted(codes.join(", ")))
    }

    pub(super) fn context(&self) -> Option<&RequestContext> {
        self.exchange.as_ref().map(|exchange| &exchange.context)
    }

    pub(super) fn excerpt(&self) -> Body<'_> {
        let encoding = self.exchange.as_ref().and_then(|exchange| exchange.encoding.as_deref());
        Body { bytes: &self.body, encoding }
    }
}

impl Display for ApiError {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let url = self.context().map_or("the service", |context| &context.url);
        write!(f, "{url} returned {}", self.status)?;
        if !self.errors.is_empty() {
            write!(f, ": {}", Excerpted(List(&self.errors)))?;
        }
        if let Some(location) = &self.location {
            write!(f, "; it points to {}", Excerpt(location.as_bytes()))?;
        }
        if let Some(advice) = advice::of_refusal(self) {
            write!(f, "; {advice}")?;
        }
        if let Some(wait) = self.retry_after {
            write!(f, "; retry after {} s", wait.as_secs())?;
        }
        if self.errors.is_empty() && !self.body.is_empty() {
            write!(f, "; {}", self.excerpt())?;
        }
        Ok(())
    }
}

impl Debug for ApiError {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.debug_struct("ApiError")
            .field("status", &self.status)
            .field("errors", &Excerpted(List(&self.errors)))
            .field("retry_after", &self.retry_after)
            .field("location", &self.location.as_deref().map(|to| Excerpt(to.as_bytes())))
            .field("body", &Excerpt(&self.body))
            .field("context", &self.context())
            .finish_non_exhaustive()
    }
}

impl StdError for ApiError {}

impl ErrorDetail {
    /// Returns an entry with this code and message.
    pub fn new(code: impl Into<String>, message: impl Into<String>) -> Self {
        Self { code: code.into(), message: message.into() }
    }

    /// Whether the code is one of the service's: words in small letters, such as `not_found|order`.
    /// Others number their errors or write `NotFound`.
    fn has_service_code(&self) -> bool {
        self.code.split(['|', ':']).next().is_some_and(is_word)
    }

    /// A code of the service. What comes behind its first word may be anything, such as an address, and
    /// is left out unless it is words too.
    fn public_code(&self) -> Option<&str> {
        let mut parts = self.code.split(['|', ':']);
        let word = parts.next().filter(|word| is_word(word))?;
        let are_words = parts.flat_map(|part| part.split('.')).all(is_word);
        Some(if are_words { &self.code } else { word })
    }

    /// Returns whether this is the entry's code, or its beginning up to a `|` or `:`.
    fn has_code(&self, code: &str) -> bool {
        let rest = self.code.strip_prefix(code).filter(|_| !code.is_empty());
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['|', ':']))
    }
}

impl Display for ErrorDetail {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let (code, message) = (Excerpt(self.code.as_bytes()), Excerpt(self.message.as_bytes()));
        match (self.code.is_empty(), self.message.is_empty()) {
            (false, false) => write!(f, "{code} ({message})"),
            (false, true) => write!(f, "{code}"),
            (true, _) => write!(f, "{message}"),
        }
    }
}

impl Debug for ErrorDetail {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.debug_struct("ErrorDetail")
            .field("code", &Excerpt(self.code.as_bytes()))
            .field("message", &Excerpt(self.message.as_bytes()))
            .finish()
    }
}

/// Before the `|` of codes with which the service refuses a key, or an action of the key.
const ACCESS_DENIED: &str = "access_denied";

fn is_word(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_lowercase())
        && text.bytes().all(|b| b == b'_' || b.is_ascii_lowercase() || b.is_ascii_digit())
}

struct List<'a>(&'a [ErrorDetail]);

impl Display for List<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        for (index, detail) in self.0.iter().enumerate() {
            write!(f, "{}{detail}", if index > 0 { "; " } else { "" })?;
        }
        Ok(())
    }
}
