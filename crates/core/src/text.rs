//! Text from outside: what is shown of it, and how much.

use std::fmt::{self, Debug, Display, Formatter, Write};

use http::{HeaderMap, header::CONTENT_ENCODING};

/// Shows bytes from outside in one line of a log: the first 512 of them, with what is not UTF-8
/// replaced and with control, invisible and reordering characters escaped.
///
/// The errors of this crate show so what a server wrote. For the errors of a transport, and for
/// bodies that you log.
///
/// ```
/// let body = b"<h1>Bad Gateway</h1>\n\x1b[0m";
/// assert_eq!(certcentral_core::excerpt(body).to_string(), r"<h1>Bad Gateway</h1>\n\u{1b}[0m");
/// ```
pub fn excerpt(bytes: &[u8]) -> impl Display + Debug {
    Excerpt(bytes)
}

/// See [`excerpt`].
pub(crate) struct Excerpt<'a>(pub(crate) &'a [u8]);

/// Shows anything that prints text from outside, in the same way. What comes after the first 512
/// bytes is not even formatted.
pub(crate) struct Excerpted<T>(pub(crate) T);

const SHOWN: usize = 512;

impl Display for Excerpt<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        for chunk in beginning(self.0).utf8_chunks() {
            chunk.valid().chars().try_for_each(|c| escape(c, f))?;
            if !chunk.invalid().is_empty() {
                f.write_char(char::REPLACEMENT_CHARACTER)?;
            }
        }
        if self.0.len() > SHOWN {
            write!(f, "… ({} bytes in all)", self.0.len())?;
        }
        Ok(())
    }
}

impl Debug for Excerpt<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "\"{self}\"")
    }
}

impl<T: Display> Display for Excerpted<T> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let mut line = Line { to: f, left: SHOWN, is_cut: false };
        let written = write!(line, "{}", self.0);
        if line.is_cut { f.write_str("…") } else { written }
    }
}

impl<T: Display> Debug for Excerpted<T> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "\"{self}\"")
    }
}

/// Whether what `Display` prints is shown as it is. A long text is not even formatted.
pub(crate) fn is_plain(value: impl Display) -> bool {
    write!(Plain { left: SHOWN }, "{value}").is_ok()
}

/// Whether what `Debug` prints is fit for one line. It may be longer, because errors that others
/// look into have more to tell than their message.
pub(crate) fn is_line(value: impl Debug) -> bool {
    write!(Plain { left: 16 * SHOWN }, "{value:?}").is_ok()
}

/// Takes no more text than this, and none that would not be shown as it is.
struct Plain {
    left: usize,
}

impl Write for Plain {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.left = self.left.checked_sub(text.len()).ok_or(fmt::Error)?;
        if text.chars().all(is_shown) { Ok(()) } else { Err(fmt::Error) }
    }
}

struct Line<'a, W> {
    to: &'a mut W,
    left: usize,
    is_cut: bool,
}

impl<W: Write> Write for Line<'_, W> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for c in text.chars() {
            match self.left.checked_sub(c.len_utf8()) {
                Some(left) => self.left = left,
                None => self.is_cut = true,
            }
            if self.is_cut {
                return Err(fmt::Error);
            }
            escape(c, self.to)?;
        }
        Ok(())
    }
}

/// The first 512 bytes, or fewer, so that no character is cut.
fn beginning(bytes: &[u8]) -> &[u8] {
    let is_start = |&at: &usize| bytes.get(at).is_none_or(|byte| byte & 0xc0 != 0x80);
    let end = (SHOWN - 3..=SHOWN).rev().find(is_start).unwrap_or(SHOWN);
    bytes.get(..end).unwrap_or(bytes)
}

fn escape(c: char, to: &mut impl Write) -> fmt::Result {
    if is_shown(c) { to.write_char(c) } else { write!(to, "{}", c.escape_default()) }
}

/// Whether a character can be seen, and leaves the others where they are. The last ones are
/// letters and symbols that have no ink.
fn is_shown(c: char) -> bool {
    const BLANK: [char; 6] =
        ['\u{115f}', '\u{1160}', '\u{2800}', '\u{3164}', '\u{ffa0}', '\u{1d159}'];
    matches!(c, '"' | '\'' | '\\') || c.escape_debug().len() == 1 && !BLANK.contains(&c)
}

/// Strips the byte-order marks that a body may begin with; PHP can send several.
pub(crate) fn strip_bom(mut body: &[u8]) -> &[u8] {
    while let Some(rest) = body.strip_prefix("\u{feff}".as_bytes()) {
        body = rest;
    }
    body
}

/// What an error says of the body that it is about.
pub(crate) struct Body<'a> {
    pub(crate) bytes: &'a [u8],
    /// The response's `Content-Encoding`, if it had one.
    pub(crate) encoding: Option<&'a str>,
}

impl Body<'_> {
    /// The encoding that makes the body unreadable: none was asked for.
    pub(crate) fn encoding(&self) -> Option<&str> {
        self.encoding.filter(|encoding| !encoding.trim().eq_ignore_ascii_case("identity"))
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.text().is_empty()
    }

    /// Whether it is a page that a browser would show.
    pub(crate) fn is_page(&self) -> bool {
        self.text().first() == Some(&b'<')
    }

    /// Whether it could be what an endpoint reads.
    pub(crate) fn is_json(&self) -> bool {
        matches!(self.text(), [b'{' | b'[', ..] | b"null")
    }

    /// Whether it begins as JSON, and does not end so.
    pub(crate) fn is_cut_off(&self) -> bool {
        matches!(self.text(), [b'{' | b'[', .., last] if !matches!(last, b'}' | b']'))
    }

    /// Without what may stand before a text.
    fn text(&self) -> &[u8] {
        strip_bom(self.bytes).trim_ascii()
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
pub(crate) fn content_encoding(headers: &HeaderMap) -> Option<String> {
    let values = headers.get_all(CONTENT_ENCODING).iter();
    let values: Vec<_> = values.map(|value| String::from_utf8_lossy(value.as_bytes())).collect();
    (!values.is_empty()).then(|| values.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn foreign_bytes_are_cut_and_escaped() {
        assert_eq!(
            Excerpt(b"a \"b\" \n\x1b[0m \xff").to_string(),
            "a \"b\" \\n\\u{1b}[0m \u{fffd}"
        );
        assert_eq!(Excerpt(&[b'x'; 512]).to_string(), "x".repeat(512));
        assert_eq!(Excerpt(&[b'x'; 513]).to_string(), "x".repeat(512) + "… (513 bytes in all)");
        let bytes = format!("x{}", "é".repeat(256));
        let whole = format!("x{}… (513 bytes in all)", "é".repeat(255));
        assert_eq!(Excerpt(bytes.as_bytes()).to_string(), whole);
    }

    #[test]
    fn invisible_and_reordering_characters_are_escaped() {
        // Unicode's `Default_Ignorable_Code_Point`, `Bidi_Control`, separators and blanks.
        let invisible = [
            0x0..=0x1f,
            0x7f..=0xa0,
            0xad..=0xad,
            0x34f..=0x34f,
            0x61c..=0x61c,
            0x115f..=0x1160,
            0x1680..=0x1680,
            0x17b4..=0x17b5,
            0x180b..=0x180f,
            0x2000..=0x200f,
            0x2028..=0x202f,
            0x205f..=0x206f,
            0x2800..=0x2800,
            0x3000..=0x3000,
            0x3164..=0x3164,
            0xfe00..=0xfe0f,
            0xfeff..=0xfeff,
            0xffa0..=0xffa0,
            0xfff0..=0xfffb,
            0x1_bca0..=0x1_bca3,
            0x1_d159..=0x1_d159,
            0x1_d173..=0x1_d17a,
            0xe_0000..=0xe_0fff,
        ];
        for c in invisible.into_iter().flatten().filter_map(char::from_u32) {
            let shown = Excerpt(c.to_string().as_bytes()).to_string();
            assert_eq!(shown, c.escape_default().to_string());
            assert_eq!(Excerpted(c).to_string(), shown);
            assert!(!is_plain(c) && !is_line(format_args!("{c}")));
        }
        for text in ["Zürich 東京 Ελλάς €", "it's \"quoted\" \\"] {
            assert_eq!(Excerpt(text.as_bytes()).to_string(), text);
            assert!(is_plain(text));
        }
    }

    #[test]
    fn what_is_long_is_not_plain() {
        assert!(is_plain("x".repeat(512)) && !is_plain("x".repeat(513)));
        let debug = |length| is_line(format_args!("{}", "x".repeat(length)));
        assert!(debug(8192) && !debug(8193));
    }

    #[test]
    fn long_text_is_cut_at_a_character() {
        assert_eq!(Excerpted("é".repeat(256)).to_string(), "é".repeat(256));
        assert_eq!(Excerpted("é".repeat(257)).to_string(), "é".repeat(256) + "…");
        assert_eq!(
            Excerpted(format!("x{}", "é".repeat(256))).to_string(),
            format!("x{}…", "é".repeat(255))
        );
    }

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
