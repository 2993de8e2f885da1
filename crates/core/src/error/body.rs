//! What is said of a body.

use std::fmt::{self, Display, Formatter};

use http::{HeaderMap, header::CONTENT_ENCODING};

use super::excerpt::{Excerpt, beginning};
use crate::json::unmarked;

/// What an error says of the body that it is about.
pub(super) struct Body<'a> {
    pub(super) bytes: &'a [u8],
    /// The response's `Content-Encoding`, if it had one.
    pub(super) encoding: Option<&'a str>,
}

impl Body<'_> {
    /// The encoding that makes the body unreadable: none was asked for.
    pub(super) fn encoding(&self) -> Option<&str> {
        self.encoding.filter(|encoding| !encoding.trim().eq_ignore_ascii_case("identity"))
    }

    pub(super) fn is_empty(&self) -> bool {
        self.text().is_empty()
    }

    /// Whether it is a page that a browser would show.
    pub(super) fn is_page(&self) -> bool {
        self.text().first() == Some(&b'<')
    }

    /// Whether it could be what an endpoint reads.
    pub(super) fn is_json(&self) -> bool {
        matches!(self.text(), [b'{' | b'[', ..] | b"null")
    }

    /// Whether it begins as JSON, and does not end so.
    pub(super) fn is_cut_off(&self) -> bool {
        matches!(self.text(), [b'{' | b'[', .., last] if !matches!(last, b'}' | b']'))
    }

    /// Without what may stand before a text.
    fn text(&self) -> &[u8] {
        unmarked(self.bytes).trim_ascii()
    }
}

impl Display for Body<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        if let Some(encoding) = self.encoding() {
            let encoding = Excerpt(encoding.as_bytes());
            return write!(f, "the body is encoded ({encoding}), which was not asked for");
        }
        if self.is_empty() {
            return f.write_str("the body is empty");
        }
        if is_text(self.bytes) {
            return write!(f, "the body begins with: {}", Excerpt(self.text()));
        }
        write!(f, "the body is not text, but {} bytes that begin with", self.bytes.len())?;
        self.bytes.iter().take(8).try_for_each(|byte| write!(f, " {byte:02x}"))
    }
}

/// Whether bytes are a text, perhaps in another encoding: few of them are control characters.
fn is_text(bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(beginning(bytes));
    let is_odd = |c: &char| *c == '\u{fffd}' || c.is_control() && !c.is_ascii_whitespace();
    4 * text.chars().filter(is_odd).count() <= text.chars().count()
}

/// The response's `Content-Encoding`, if it has one.
pub(super) fn content_encoding(headers: &HeaderMap) -> Option<String> {
    let values = headers.get_all(CONTENT_ENCODING).iter();
    let values: Vec<_> = values.map(|value| String::from_utf8_lossy(value.as_bytes())).collect();
    (!values.is_empty()).then(|| values.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_is_described_as_what_it_is() {
        let said = |bytes: &[u8], encoding| Body { bytes, encoding }.to_string();
        assert_eq!(said(b"", None), "the body is empty");
        assert_eq!(said(b"\xef\xbb\xbf \r\n", None), "the body is empty");
        assert_eq!(said("\u{feff}<p>é</p>".as_bytes(), None), "the body begins with: <p>é</p>");
        assert_eq!(
            said(b"caf\xe9, cr\xe8me", None),
            "the body begins with: caf\u{fffd}, cr\u{fffd}me"
        );
        assert_eq!(said(b"{}", Some("Identity")), "the body begins with: {}");
        let gzip = b"\x1f\x8b\x08\0\0\0\0\0\0\x03\xab\xae\x05\0";
        assert_eq!(
            said(gzip, None),
            "the body is not text, but 14 bytes that begin with 1f 8b 08 00 00 00 00 00"
        );
        let encoded = "the body is encoded (gzip), which was not asked for";
        assert_eq!(said(gzip, Some("gzip")), encoded);
        let utf16: Vec<u8> = "{}".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert!(said(&utf16, None).starts_with("the body is not text"));
    }
}
