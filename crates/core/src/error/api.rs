//! The service's own errors, and how their bodies and headers are read.

use std::{
    error::Error as StdError,
    fmt::{self, Debug, Display, Formatter},
    time::Duration,
};

use bytes::Bytes;
use http::{HeaderMap, StatusCode, header};
use serde_json::Value;
use time::{OffsetDateTime, format_description::well_known::Rfc2822};

use super::{CHECK_BASE_URL, Origin, excerpt::Excerpt};
use crate::key::ApiKey;

/// An answer other than 2xx.
///
/// Whatever the body was, the status is here; whatever of it could be read as the service's
/// error list is in `errors`; and all of it is in `body`.
///
/// ```
/// use certcentral_core::{Api, ApiKey, Error, ListReissues, OrderId};
///
/// let api = Api::new(ApiKey::new("0123456789ABCDEF")?);
/// let refusal = http::Response::builder().status(403).body(
///     r#"{"errors": [{"code": "access_denied|missing_permission", "message": "No."}]}"#.into(),
/// );
/// let refusal = refusal.expect("a status and a body make a response");
/// let Err(Error::Api(error)) = api.parse_response(&ListReissues::new(OrderId(7)), refusal) else {
///     panic!("403 is an error");
/// };
/// assert_eq!(error.status, 403);
/// assert_eq!(error.errors[0].code, "access_denied|missing_permission");
/// # Ok::<(), certcentral_core::Error>(())
/// ```
#[derive(Clone)]
#[non_exhaustive]
pub struct ApiError {
    /// The answer's status.
    pub status: StatusCode,
    /// Every error that the body lists; empty if the body is not the service's JSON, or longer
    /// than 1 MiB.
    pub errors: Vec<ErrorDetail>,
    /// How long the service asked to be left alone: `Retry-After` in seconds, or as a date read
    /// against the answer's own `Date`. Assumed from HTTP: no `Retry-After` is documented.
    pub retry_after: Option<Duration>,
    /// Where a redirect points. It is never followed, because the key would follow too.
    pub location: Option<String>,
    /// The whole body, with any occurrence of the key replaced by `[key]`.
    pub body: Bytes,
    // Boxed, because every `Result` of the crate carries the room.
    pub(super) origin: Box<Origin>,
}

/// One entry of the service's error list.
#[derive(Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct ErrorDetail {
    /// The service's code, its parts dotted by `|` or `:`, such as
    /// `access_denied|missing_permission` (documented); empty if there was none.
    pub code: String,
    /// The service's words; empty if there were none.
    pub message: String,
}

/// Larger bodies are kept, but not searched for codes: what stands in front of the service may
/// send anything, and parsed JSON can take many times the room of its text.
const LARGEST_ERROR_LIST: usize = 1024 * 1024;

impl ApiError {
    pub(crate) fn read(response: http::Response<Bytes>, key: &ApiKey, origin: Origin) -> Self {
        let (head, body) = response.into_parts();
        let body = key.redact_body(&body).unwrap_or(body);
        Self {
            status: head.status,
            errors: error_list(&body),
            retry_after: retry_after(&head.headers),
            location: header_text(&head.headers, &header::LOCATION).map(|to| key.redact_text(to)),
            body,
            origin: Box::new(origin),
        }
    }

    /// Whether an attempt answered so may be repeated; 429 has rules of its own.
    pub(crate) fn is_transient(&self) -> bool {
        matches!(self.status.as_u16(), 408 | 500 | 502 | 503 | 504)
    }

    /// Whether this seems to be the answer of something else, or of the service to a wrong path.
    fn is_foreign(&self) -> bool {
        let wrong_path = self.errors.iter().any(|error| error.code == "not_found|route");
        let from_a_proxy = self.is_transient() || self.status.is_server_error();
        wrong_path || (self.errors.is_empty() && !from_a_proxy && self.status != 429)
    }
}

impl Display for ApiError {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{} answered {}", self.origin.url, self.status)?;
        if self.errors.is_empty() {
            if !self.body.is_empty() {
                write!(f, ": {}", Excerpt(&self.body))?;
            }
        } else {
            let errors: Vec<_> = self.errors.iter().map(ErrorDetail::to_string).collect();
            write!(f, ": {}", Excerpt(errors.join("; ").as_bytes()))?;
        }
        if let Some(location) = &self.location {
            let location = Excerpt(location.as_bytes());
            write!(f, "; it points to {location}, and redirects are not followed")?;
        }
        if self.is_foreign() {
            write!(f, "; {CHECK_BASE_URL}")?;
        }
        if let Some(wait) = self.retry_after {
            write!(f, "; try again after {} s", wait.as_secs())?;
        }
        Ok(())
    }
}

impl Debug for ApiError {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let errors: Vec<_> = self.errors.iter().map(ErrorDetail::to_string).collect();
        f.debug_struct("ApiError")
            .field("status", &self.status)
            .field("errors", &Excerpt(errors.join("; ").as_bytes()))
            .field("retry_after", &self.retry_after)
            .field("location", &self.location.as_deref().map(|to| Excerpt(to.as_bytes())))
            .field("body", &Excerpt(&self.body))
            .field("origin", &self.origin)
            .finish()
    }
}

impl StdError for ApiError {}

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

/// Reads `{"errors": […]}` (documented), and the forms that sibling endpoints have been observed
/// to send: one object in place of the list, and `error` in place of `errors`, text included.
fn error_list(body: &[u8]) -> Vec<ErrorDetail> {
    if body.len() > LARGEST_ERROR_LIST {
        return Vec::new();
    }
    let text = String::from_utf8_lossy(body);
    let Ok(Value::Object(mut fields)) = serde_json::from_str(&text) else {
        return Vec::new();
    };
    ["errors", "error"]
        .into_iter()
        .filter_map(|name| fields.remove(name))
        .flat_map(|value| match value {
            Value::Array(entries) => entries,
            entry => vec![entry],
        })
        .filter_map(error_detail)
        .collect()
}

fn error_detail(entry: Value) -> Option<ErrorDetail> {
    let (code, message) = match entry {
        Value::Object(mut fields) => (text(fields.remove("code")), text(fields.remove("message"))),
        entry => (String::new(), text(Some(entry))),
    };
    (!code.is_empty() || !message.is_empty()).then_some(ErrorDetail { code, message })
}

fn text(value: Option<Value>) -> String {
    match value {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text,
        Some(other) => other.to_string(),
    }
}

fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let value = header_text(headers, &header::RETRY_AFTER)?;
    let value = value.trim();
    if !value.is_empty() && value.bytes().all(|b| b.is_ascii_digit()) {
        // More seconds than fit are as good as for ever.
        return Some(Duration::from_secs(value.parse().unwrap_or(u64::MAX)));
    }
    let date = |text: &str| OffsetDateTime::parse(text.trim(), &Rfc2822).ok();
    let wait = date(value)? - date(&header_text(headers, &header::DATE)?)?;
    Some(wait.try_into().unwrap_or(Duration::ZERO))
}

fn header_text(headers: &HeaderMap, name: &header::HeaderName) -> Option<String> {
    let value = headers.get(name)?;
    Some(String::from_utf8_lossy(value.as_bytes()).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wait(retry_after: &str, date: Option<&str>) -> Option<Duration> {
        let mut headers = HeaderMap::new();
        headers.insert("retry-after", retry_after.parse().unwrap());
        if let Some(date) = date {
            headers.insert("date", date.parse().unwrap());
        }
        super::retry_after(&headers)
    }

    #[test]
    fn retry_after_is_read_in_seconds_and_as_a_date() {
        let date = Some("Sun, 06 Nov 1994 08:49:37 GMT");
        let seconds = |n| Some(Duration::from_secs(n));
        assert_eq!(wait("5", None), seconds(5));
        assert_eq!(wait(" 0 ", None), seconds(0));
        assert_eq!(wait("18446744073709551615", None), seconds(u64::MAX));
        assert_eq!(wait("99999999999999999999999", None), seconds(u64::MAX));
        assert_eq!(wait("Sun, 06 Nov 1994 08:50:07 GMT", date), seconds(30));
        assert_eq!(wait("Sun, 06 Nov 1994 08:00:00 GMT", date), seconds(0));
        assert_eq!(wait("Fri, 31 Dec 9999 23:59:59 GMT", date), seconds(252_618_189_022));
    }

    #[test]
    fn retry_after_that_says_nothing_is_nothing() {
        for value in ["", "-1", "1.5", "soon", "Sun, 06 Nov 1994 08:50:07 GMT", "99 Foo 1994"] {
            assert_eq!(wait(value, None), None, "{value}");
        }
    }
}
