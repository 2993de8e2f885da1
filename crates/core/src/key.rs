//! The API key, and how it is kept out of everything that is printed.

use std::{
    borrow::Cow,
    fmt::{self, Debug, Formatter},
};

use bytes::Bytes;
use http::HeaderValue;
use memchr::{memchr, memmem};
use zeroize::Zeroizing;

use crate::error::{Error, InvalidInputError};

/// What stands in a kept body or message where the service had echoed the key.
const REDACTED: &[u8] = b"[key]";

/// A shorter key is no secret, and may be any word of a response: it is not searched for.
const SECRET_LENGTH: usize = 8;

/// A CertCentral API key, sent as the header `X-DC-DEVKEY`.
///
/// No part of it appears in what this crate prints, be it `Debug`, `Display` or an error, nor in a
/// body that an error keeps: where the service echoes it, `[key]` stands instead. (A model is read
/// from a good response as it is; nothing is searched or replaced in the service's data. A key of
/// fewer than eight characters is not searched for either.) It is marked
/// [sensitive](HeaderValue::set_sensitive) for the libraries below.
///
/// All clones, and the requests built with them, share one buffer, which is wiped when the last of
/// them is dropped. Not wiped are copies that were made before, and those in a transport's write
/// buffers. Drop requests as soon as you can, because each holds the key.
///
/// ```
/// let key = certcentral_core::ApiKey::new("0123456789ABCDEF")?;
/// assert_eq!(format!("{key:?}"), "ApiKey([key])");
/// # Ok::<(), certcentral_core::Error>(())
/// ```
#[derive(Clone)]
pub struct ApiKey(HeaderValue);

impl ApiKey {
    /// Takes a key as CertCentral shows it; a `String` is taken over without a copy.
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`] if the key is empty or holds anything but visible ASCII: a line break
    /// at the end of a file or a stray space is refused here, not by the service.
    pub fn new(key: impl Into<String>) -> Result<Self, Error> {
        let key = Zeroizing::new(key.into().into_bytes());
        if key.is_empty() {
            return Err(InvalidInputError::new("the API key is empty").into());
        }
        if !key.iter().all(u8::is_ascii_graphic) {
            return Err(InvalidInputError::new(
                "the API key holds a space, a line break or another character that is not \
                 visible ASCII; trim what was read from a file or a variable",
            )
            .into());
        }
        let mut header = HeaderValue::from_maybe_shared(Bytes::from_owner(key))
            .map_err(|_| InvalidInputError::new("the API key does not fit into an HTTP header"))?;
        header.set_sensitive(true);
        Ok(Self(header))
    }

    /// The key as a header value that shares the one buffer.
    pub(crate) fn header(&self) -> &HeaderValue {
        &self.0
    }

    /// `text` with every occurrence of the key replaced.
    pub(crate) fn redact_text(&self, text: String) -> String {
        match self.redact(text.as_bytes()) {
            Cow::Borrowed(_) => text,
            Cow::Owned(clean) => String::from_utf8_lossy(&clean).into_owned(),
        }
    }

    /// `body` with every occurrence of the key replaced, if there is any.
    pub(crate) fn redact_body(&self, body: &Bytes) -> Option<Bytes> {
        match self.redact(body) {
            Cow::Borrowed(_) => None,
            Cow::Owned(clean) => Some(clean.into()),
        }
    }

    /// Whether `text` shows the key.
    pub(crate) fn is_in(&self, text: &str) -> bool {
        matches!(self.redact(text.as_bytes()), Cow::Owned(_))
    }

    fn redact<'a>(&self, text: &'a [u8]) -> Cow<'a, [u8]> {
        let key = self.0.as_bytes();
        if key.len() < SECRET_LENGTH || text.len() < key.len() {
            return Cow::Borrowed(text);
        }
        // What is escaped first: of a key that ends in a backslash it is the longer form.
        match redact_escaped(key, text) {
            Some(clean) => Cow::Owned(redact_plain(key, &clean).unwrap_or(clean)),
            None => redact_plain(key, text).map_or(Cow::Borrowed(text), Cow::Owned),
        }
    }
}

impl Debug for ApiKey {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str("ApiKey([key])")
    }
}

/// `text` without the key as it is, if it is there.
fn redact_plain(key: &[u8], text: &[u8]) -> Option<Vec<u8>> {
    let mut found = memmem::find_iter(text, key).peekable();
    found.peek()?;
    let mut clean = Vec::with_capacity(text.len());
    let mut kept = 0; // what has been copied or replaced
    for at in found {
        clean.extend_from_slice(text.get(kept..at).unwrap_or_default());
        clean.extend_from_slice(REDACTED);
        kept = at + key.len();
    }
    clean.extend_from_slice(text.get(kept..).unwrap_or_default());
    Some(clean)
}

/// `text` without the key as JSON may escape it, if it is there.
///
/// It is looked for in what the text stands for, because one pass over that finds a key in any
/// mixture of escapes, in time that is linear even for a key that repeats itself.
fn redact_escaped(key: &[u8], text: &[u8]) -> Option<Vec<u8>> {
    memchr(b'\\', text)?;
    let plain = unescaped(text);
    let mut found = memmem::find_iter(&plain, key).peekable();
    found.peek()?;
    let mut clean = Vec::with_capacity(text.len());
    let mut rest = text;
    let mut passed = 0; // characters of `plain`
    for at in found {
        let (before, tail) = split_characters(rest, at - passed);
        clean.extend_from_slice(before);
        clean.extend_from_slice(REDACTED);
        (_, rest) = split_characters(tail, key.len());
        passed = at + key.len();
    }
    clean.extend_from_slice(rest);
    Some(clean)
}

/// What `text` stands for where it is JSON.
fn unescaped(text: &[u8]) -> Vec<u8> {
    let mut plain = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((byte, tail)) = next_character(rest) {
        plain.push(byte);
        rest = tail;
    }
    plain
}

/// Splits off what stands for the first `count` characters.
fn split_characters(text: &[u8], count: usize) -> (&[u8], &[u8]) {
    let mut rest = text;
    for _ in 0..count {
        let Some((_, tail)) = next_character(rest) else { break };
        rest = tail;
    }
    text.split_at(text.len() - rest.len())
}

/// The byte that the beginning of `text` stands for, and what follows.
fn next_character(text: &[u8]) -> Option<(u8, &[u8])> {
    match text {
        [b'\\', tail @ ..] => Some(escaped(tail)),
        [byte, tail @ ..] => Some((*byte, tail)),
        [] => None,
    }
}

/// The byte that `text` behind a backslash stands for, and what follows.
fn escaped(text: &[u8]) -> (u8, &[u8]) {
    // Behind a second backslash it is JSON in a text of JSON.
    let number = text.strip_prefix(b"\\").unwrap_or(text);
    match (numbered(number), text) {
        (Some(found), _) => found,
        (None, [byte @ (b'"' | b'\\' | b'/'), tail @ ..]) => (*byte, tail),
        (None, _) => (b'\\', text),
    }
}

/// The byte that `u00` and two hexadecimal digits stand for, and what follows.
fn numbered(text: &[u8]) -> Option<(u8, &[u8])> {
    let [b'u', b'0', b'0', high, low, tail @ ..] = text else { return None };
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    Some((16 * digit(*high)? + digit(*low)?, tail))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn redacted(key: &str, text: &str) -> String {
        ApiKey::new(key).unwrap().redact_text(text.to_owned())
    }

    #[test]
    fn only_visible_ascii_is_a_key() {
        for bad in ["", " ", "a b", "key\n", "\tkey", "schlüssel", "k\u{7f}"] {
            let error = ApiKey::new(bad).unwrap_err().to_string();
            assert!(error.contains("API key"), "{error}");
        }
        let every_visible: String = ('!'..='~').collect();
        assert_eq!(ApiKey::new(every_visible.as_str()).unwrap().header(), &every_visible);
    }

    #[test]
    fn every_occurrence_is_replaced_escaped_ones_too() {
        assert_eq!(
            redacted("S3cretKey", "S3cretKey, S3cretKeyS3cretKey S3cretKe"),
            "[key], [key][key] S3cretKe"
        );
        assert_eq!(redacted("1234a/b\"c\\", r#"{"k":"1234a\/b\"c\\"}"#), r#"{"k":"[key]"}"#);
        assert_eq!(redacted("ABABABAB", &r"\u0041\u0042".repeat(4)), "[key]");
        assert_eq!(redacted("ABABABAB", r"ABABABA\u0042 ABABABAA"), "[key] ABABABAA");
        assert_eq!(redacted(r"\\\\\\\\", r"plain \\\\\\\\ here"), "plain [key] here");
        assert_eq!(redacted("S3cretKey", "nothing here"), "nothing here");
        assert_eq!(redacted("S3cretKey", r"\\u0053\\u0033cretKey"), "[key]", "JSON within JSON");
    }

    #[test]
    fn what_is_next_to_the_key_stays_as_it_is() {
        for escaped in ["S3cretKey", r"\u0053\u0033\u0063ret\u004B\u0065\u0079", r"S3cret\u004bey"]
        {
            for (before, after) in
                [("", ""), ("S3cret", "S3cretKe"), (r"\n", r"\/"), (r"\u005", "")]
            {
                let text = [before, escaped, after, escaped, after].concat();
                let clean = [before, "[key]", after, "[key]", after].concat();
                assert_eq!(redacted("S3cretKey", &text), clean);
            }
        }
    }

    #[test]
    fn a_short_key_is_no_secret() {
        assert_eq!(redacted("1234567", "1234567"), "1234567");
        assert_eq!(redacted("12345678", "12345678"), "[key]");
    }

    #[test]
    fn all_requests_share_the_one_buffer_that_is_wiped() {
        let given = "S3cretKey".to_owned();
        let buffer = given.as_ptr();
        let key = ApiKey::new(given).unwrap();
        for header in [key.header().clone(), key.clone().header().clone()] {
            assert_eq!(header.as_bytes().as_ptr(), buffer, "no copy is made that is not wiped");
            assert!(header.is_sensitive());
        }
    }
}
