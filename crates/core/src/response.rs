//! What a response is: the output of an endpoint, or an error.

mod errors; // the service's own errors in a body

use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, Response, header};
use time::{OffsetDateTime, format_description::well_known::Rfc2822};

use crate::{
    endpoint::Endpoint,
    error::{ApiError, DecodeError, Error, Exchange, RequestContext},
    secret::Secret,
    text::content_encoding,
};

/// Reads a complete response to a request for `endpoint`.
///
/// The secret is taken out of an error, whose `context` is asked for only if there is one.
pub(crate) fn read<E: Endpoint>(
    endpoint: &E,
    response: Response<Bytes>,
    secret: &Secret,
    context: impl FnOnce() -> RequestContext,
) -> Result<E::Output, Error> {
    if !response.status().is_success() {
        return Err(refusal(response, secret, context()).into());
    }
    if is_part(&response) {
        let reason = "it is only a part, and no part was asked for";
        let error = DecodeError::new(&response, "", reason);
        return Err(error.with_context(context(), secret).into());
    }
    // An endpoint whose fields are all optional would see nothing wrong.
    if errors::are_alone(response.body(), secret) {
        return Err(refusal(response, secret, context()).into());
    }
    let error = match endpoint.parse(&response) {
        Ok(output) => return Ok(output),
        Err(error) => error,
    };
    let Some(clean) = secret.redact_body(response.body()) else {
        return Err(error.with_context(context(), secret).into());
    };
    // What the error quotes may be a part of the secret, so it must come from a clean body. The
    // other one, and the error that has it, go before.
    drop(error);
    let clean = response.map(|_| clean);
    let echo = |_| DecodeError::new(&clean, "", "the response echoes the API key");
    let error = endpoint.parse(&clean).map_or_else(|error| error, echo);
    Err(error.with_context(context(), secret).into())
}

/// Whether the response says that it is a part of what was asked for.
fn is_part(response: &Response<Bytes>) -> bool {
    // 207: several outcomes in one. 226: changes to an earlier response.
    matches!(response.status().as_u16(), 206 | 207 | 226)
        || response.headers().contains_key(header::CONTENT_RANGE)
}

/// Reads a response that is no output: its status is not 2xx, or its body has only errors.
fn refusal(response: Response<Bytes>, secret: &Secret, context: RequestContext) -> ApiError {
    let (head, body) = response.into_parts();
    let body = secret.redact_body(&body).unwrap_or(body);
    let redacted = |text| secret.redact_text(text);
    let encoding = content_encoding(&head.headers).map(redacted);
    let mut error = ApiError::new(head.status);
    error.errors = errors::read(&body, secret);
    error.retry_after = retry_after(&head.headers);
    error.location = header_text(&head.headers, &header::LOCATION).map(redacted);
    error.body = body;
    error.exchange = Some(Box::new(Exchange { context, encoding }));
    error
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

fn header_text(headers: &HeaderMap, name: &HeaderName) -> Option<String> {
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
