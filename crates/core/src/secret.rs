//! The API key's bytes, and how they are taken out of text from outside.

use std::{
    borrow::Cow,
    fmt::{self, Debug, Formatter},
};

use bytes::Bytes;
use http::HeaderValue;
use memchr::memmem;
use zeroize::Zeroizing;

/// What stands in a kept body or message where the service had echoed the secret.
const REDACTED: &str = "[key]";

/// A shorter one is no secret, and may be any word of a response: it is not searched for.
const SECRET_LENGTH: usize = 8;

/// A value that must not be seen. Clones share one buffer.
#[derive(Clone)]
pub(crate) struct Secret(HeaderValue);

impl Secret {
    /// Marks `value` as sensitive for the libraries below.
    pub(crate) fn new(mut value: HeaderValue) -> Self {
        value.set_sensitive(true);
        Self(value)
    }

    /// The secret as a header value that shares the one buffer.
    pub(crate) fn header(&self) -> &HeaderValue {
        &self.0
    }

    /// `text` with every occurrence of the secret replaced.
    pub(crate) fn redact_text(&self, text: String) -> String {
        match self.redact(text.as_bytes()) {
            Cow::Borrowed(_) => text,
            Cow::Owned(clean) => String::from_utf8_lossy(&clean).into_owned(),
        }
    }

    /// `body` with every occurrence of the secret replaced, if there is any.
    pub(crate) fn redact_body(&self, body: &[u8]) -> Option<Bytes> {
        match self.redact(body) {
            Cow::Borrowed(_) => None,
            Cow::Owned(clean) => Some(clean.into()),
        }
    }

    /// Whether `text` shows the secret.
    pub(crate) fn is_in(&self, text: &str) -> bool {
        matches!(self.redact(text.as_bytes()), Cow::Owned(_))
    }

    /// Looks for the secret as it is, as JSON quotes it, and as PHP does, which escapes `/` too.
    fn redact<'a>(&self, text: &'a [u8]) -> Cow<'a, [u8]> {
        let secret = self.0.as_bytes();
        let mut clean = Cow::Borrowed(text);
        if secret.len() < SECRET_LENGTH {
            return clean;
        }
        // The longest form first: the end of another may be a part of it.
        for escaped in [&b"\"\\/"[..], b"\"\\"] {
            if secret.iter().any(|byte| escaped.contains(byte)) {
                clean = without(clean, &with_escapes(secret, escaped));
            }
        }
        without(clean, secret)
    }
}

impl Debug for Secret {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(REDACTED)
    }
}

/// `secret` with a backslash before each of these bytes.
fn with_escapes(secret: &[u8], escaped: &[u8]) -> Zeroizing<Vec<u8>> {
    // Twice the room, so that no copy is left behind by growing.
    let mut text = Zeroizing::new(Vec::with_capacity(2 * secret.len()));
    for byte in secret {
        if escaped.contains(byte) {
            text.push(b'\\');
        }
        text.push(*byte);
    }
    text
}

/// `text` with `[key]` wherever `secret` is.
fn without<'a>(text: Cow<'a, [u8]>, secret: &[u8]) -> Cow<'a, [u8]> {
    let mut clean = Vec::new();
    let mut kept = 0; // what has been copied or replaced
    for at in memmem::find_iter(&text, secret) {
        clean.extend_from_slice(text.get(kept..at).unwrap_or_default());
        clean.extend_from_slice(REDACTED.as_bytes());
        kept = at + secret.len();
    }
    if kept == 0 {
        return text;
    }
    clean.extend_from_slice(text.get(kept..).unwrap_or_default());
    Cow::Owned(clean)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn redacted(secret: &str, text: &str) -> String {
        Secret::new(secret.parse().unwrap()).redact_text(text.to_owned())
    }

    #[test]
    fn every_occurrence_is_replaced() {
        assert_eq!(
            redacted("S3cretKey", "S3cretKey, S3cretKeyS3cretKey S3cretKe"),
            "[key], [key][key] S3cretKe"
        );
        assert_eq!(redacted("S3cretKey", "nothing here"), "nothing here");
    }

    #[test]
    fn it_is_found_as_it_is_as_in_json_and_as_php_writes_it() {
        for text in [r#"1234a/b"c\"#, r#"1234a/b\"c\\"#, r#"1234a\/b\"c\\"#] {
            let text = format!(r#"{{"k":"{text}"}}"#);
            assert_eq!(redacted(r#"1234a/b"c\"#, &text), r#"{"k":"[key]"}"#);
        }
        assert_eq!(redacted(r"\\\\\\\\", r"plain \\\\\\\\ here"), "plain [key] here");
        assert_eq!(redacted("a/b/c/d/", r"a\/b\/c\/d\/ a/b/c/d/"), "[key] [key]");
    }

    #[test]
    fn a_short_one_is_no_secret() {
        assert_eq!(redacted("1234567", "1234567"), "1234567");
        assert_eq!(redacted("12345678", "12345678"), "[key]");
    }
}
