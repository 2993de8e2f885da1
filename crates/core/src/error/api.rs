//! The service's own errors, and how their bodies and headers are read.

use std::{
    error::Error as StdError,
    fmt::{self, Debug, Display, Formatter},
    time::Duration,
};

use bytes::Bytes;
use http::{HeaderMap, StatusCode, header};
use time::{OffsetDateTime, format_description::well_known::Rfc2822};

use super::{
    NOT_FROM_SERVICE, Origin, PAGE,
    body::{Body, content_encoding},
    details,
    excerpt::{Excerpt, Excerpted},
};

/// A response whose status is not 2xx.
///
/// Whatever the body was, the status is here. Whatever of it could be read as the service's error
/// list is in `errors`, and all of it is in `body`.
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
    /// Every error that the body lists; empty if the body is not the service's JSON.
    pub errors: Vec<ErrorDetail>,
    /// How long to wait before the next request: `Retry-After` in seconds, or as a date read
    /// against the response's own `Date`. Assumed from HTTP: no `Retry-After` is documented.
    pub retry_after: Option<Duration>,
    /// Where a redirect points. It is never followed, because the key would follow too.
    pub location: Option<String>,
    /// The body, with any occurrence of the key replaced by `[key]`.
    pub body: Bytes,
    // Boxed, because every `Result` of the crate carries the room.
    exchange: Option<Box<Exchange>>,
}

/// Where the response came from, and how.
#[derive(Clone)]
struct Exchange {
    origin: Origin,
    /// The response's `Content-Encoding`, if it had one.
    encoding: Option<String>,
}

/// One entry of the service's error list.
#[derive(Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct ErrorDetail {
    /// The service's code, its parts separated by `|` or `:`, such as
    /// `access_denied|missing_permission`; empty if there was none.
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

    pub(crate) fn read(response: http::Response<Bytes>, origin: Origin) -> Self {
        let key = &origin.key;
        let (head, body) = response.into_parts();
        let body = key.redact_body(&body).unwrap_or(body);
        let encoding = content_encoding(&head.headers).map(|encoding| key.redact_text(encoding));
        Self {
            status: head.status,
            errors: details::read(&body),
            retry_after: retry_after(&head.headers),
            location: header_text(&head.headers, &header::LOCATION).map(|to| key.redact_text(to)),
            body,
            exchange: Some(Box::new(Exchange { origin, encoding })),
        }
    }

    pub(crate) fn is_transient(&self) -> bool {
        matches!(self.status.as_u16(), 408 | 429 | 500 | 502 | 503 | 504)
    }

    /// Whether the response does not tell what became of the request. A redirect says that nothing
    /// was done here, but for those with which servers say where to look at what was done; a 4xx is
    /// a refusal. RFC 9110 has a status beyond 599 treated as 5xx.
    pub(super) fn leaves_it_open(&self) -> bool {
        match self.status.as_u16() {
            302 | 303 | 408 => true,
            300..=499 => false,
            _ => true,
        }
    }

    /// Whether the service itself wrote the response: it names the reason with one of its codes,
    /// which a firewall's page or another server's JSON does not.
    pub(super) fn is_by_service(&self) -> bool {
        self.errors.iter().any(ErrorDetail::is_by_service)
    }

    pub(super) fn has_code(&self, code: &str) -> bool {
        self.errors.iter().any(|error| error.has_code(code))
    }

    /// What to do about it, where the status and the words of the service do not say so.
    fn advice(&self) -> Option<&'static str> {
        let may_be_a_proxy = self.status.is_server_error() || self.is_transient();
        // 304 points nowhere: it answers a question that was not asked.
        if self.status.is_redirection() && self.status != StatusCode::NOT_MODIFIED {
            Some("redirects are not followed; check the base URL")
        } else if self.has_code("not_found|route") {
            Some("there is no such route; check the base URL, which usually ends in /services/v2")
        } else if self.is_by_service() || may_be_a_proxy || self.excerpt().is_cut_off() {
            None
        } else if self.excerpt().is_page() {
            Some(PAGE)
        } else if self.errors.is_empty() || matches!(self.status.as_u16(), 401 | 403 | 404) {
            Some(NOT_FROM_SERVICE)
        } else {
            None
        }
    }

    pub(super) fn origin(&self) -> Option<&Origin> {
        self.exchange.as_ref().map(|exchange| &exchange.origin)
    }

    fn excerpt(&self) -> Body<'_> {
        let encoding = self.exchange.as_ref().and_then(|exchange| exchange.encoding.as_deref());
        Body { bytes: &self.body, encoding }
    }
}

impl Display for ApiError {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let url = self.origin().map_or("the service", |origin| &origin.url);
        write!(f, "{url} returned {}", self.status)?;
        if !self.errors.is_empty() {
            write!(f, ": {}", Excerpted(List(&self.errors)))?;
        }
        if let Some(location) = &self.location {
            write!(f, "; it points to {}", Excerpt(location.as_bytes()))?;
        }
        if let Some(advice) = self.advice() {
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
            .field("origin", &self.origin())
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
    fn is_by_service(&self) -> bool {
        let code = self.code.split(['|', ':']).next().unwrap_or_default();
        code.starts_with(|c: char| c.is_ascii_lowercase())
            && code.bytes().all(|b| b == b'_' || b.is_ascii_lowercase() || b.is_ascii_digit())
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

struct List<'a>(&'a [ErrorDetail]);

impl Display for List<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        for (index, detail) in self.0.iter().enumerate() {
            write!(f, "{}{detail}", if index > 0 { "; " } else { "" })?;
        }
        Ok(())
    }
}

/// The longest `Retry-After`, in seconds or as a date.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let date = header_text(headers, &header::DATE).and_then(|date| http_date(&date));
    let waits = headers.get_all(header::RETRY_AFTER).iter().filter_map(|value| {
        let value = String::from_utf8_lossy(value.as_bytes());
        let value = value.trim();
        if !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()) {
            // More seconds than fit are as good as for ever.
            return Some(Duration::from_secs(value.parse().unwrap_or(u64::MAX)));
        }
        let wait = http_date(value)? - date?;
        Some(wait.try_into().unwrap_or(Duration::ZERO))
    });
    waits.max()
}

/// Reads a date in any of the three forms of RFC 9110, 5.6.7:
/// `Sun, 06 Nov 1994 08:49:37 GMT`, `Sunday, 06-Nov-94 08:49:37 GMT`, `Sun Nov  6 08:49:37 1994`.
fn http_date(text: &str) -> Option<OffsetDateTime> {
    let parse = |text: &str| OffsetDateTime::parse(text, &Rfc2822).ok();
    let text = text.trim();
    let words: Vec<_> = text.split([' ', '-']).filter(|word| !word.is_empty()).collect();
    match (parse(text), &words[..]) {
        (Some(date), _) => Some(date),
        (None, [_, month, day, time, year]) => {
            parse(&format!("{day:0>2} {month} {year} {time} GMT"))
        }
        (None, [_, day, month, year, time, zone]) if year.len() == 2 => {
            // What seems to be more than 50 years ahead was in the last century.
            let century = if *year < "77" { "20" } else { "19" };
            parse(&format!("{day} {month} {century}{year} {time} {zone}"))
        }
        (None, _) => None,
    }
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
        let date = Some("Sunday, 06-Nov-94 08:49:37 GMT");
        assert_eq!(wait("Sun Nov  6 08:50:07 1994", date), seconds(30));
        assert_eq!(
            wait("Sunday, 06-Nov-94 08:49:47 GMT", Some("Sun Nov  6 08:49:37 1994")),
            seconds(10)
        );
        assert_eq!(wait("Fri, 31 Dec 9999 23:59:59 GMT", date), seconds(252_618_189_022));
    }

    #[test]
    fn retry_after_that_says_nothing_is_nothing() {
        for value in ["", "-1", "1.5", "soon", "Sun, 06 Nov 1994 08:50:07 GMT", "99 Foo 1994"] {
            assert_eq!(wait(value, None), None, "{value}");
        }
    }
}
