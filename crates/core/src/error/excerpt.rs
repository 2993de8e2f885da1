//! How text from outside is shown.

use std::fmt::{self, Debug, Display, Formatter, Write};

/// Bytes from outside, made fit for one line of a log: the first 512 of them, with what is not
/// UTF-8 replaced and with control, invisible and reordering characters escaped.
pub(super) struct Excerpt<'a>(pub(super) &'a [u8]);

/// Anything that prints text from outside, made fit in the same way. What comes after the first
/// 512 bytes is not even formatted.
pub(super) struct Excerpted<T>(pub(super) T);

const SHOWN: usize = 512;

impl Display for Excerpt<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        for chunk in self.0.get(..SHOWN).unwrap_or(self.0).utf8_chunks() {
            escape(chunk.valid(), f)?;
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

/// Whether `text` is shown as it is.
pub(super) fn is_plain(text: &str) -> bool {
    text.len() <= SHOWN && text.chars().all(is_shown)
}

struct Line<'a, W> {
    to: &'a mut W,
    left: usize,
    is_cut: bool,
}

impl<W: Write> Write for Line<'_, W> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let fits = (0..=text.len().min(self.left)).rev().find(|&at| text.is_char_boundary(at));
        let fits = fits.unwrap_or_default();
        let (shown, rest) = text.split_at(fits);
        escape(shown, self.to)?;
        self.left -= shown.len();
        self.is_cut |= !rest.is_empty();
        if self.is_cut { Err(fmt::Error) } else { Ok(()) }
    }
}

fn escape(text: &str, to: &mut impl Write) -> fmt::Result {
    text.chars().try_for_each(|c| {
        if is_shown(c) { to.write_char(c) } else { write!(to, "{}", c.escape_default()) }
    })
}

/// Whether a character can be seen, and leaves the others where they are. The last five are
/// letters and a symbol that have no ink.
fn is_shown(c: char) -> bool {
    matches!(c, '"' | '\'' | '\\')
        || c.escape_debug().len() == 1
            && !matches!(c, '\u{115f}' | '\u{1160}' | '\u{2800}' | '\u{3164}' | '\u{ffa0}')
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
    }

    #[test]
    fn invisible_and_reordering_characters_are_escaped() {
        for c in "\u{0}\u{7f}\u{85}\u{ad}\u{61c}\u{200b}\u{200f}\u{2028}\u{2029}\u{202e}\u{2060}\
                  \u{2067}\u{3164}\u{fe0f}\u{feff}\u{e0041}"
            .chars()
        {
            let shown = Excerpt(c.to_string().as_bytes()).to_string();
            assert_eq!(shown, c.escape_default().to_string());
            assert_eq!(Excerpted(c).to_string(), shown);
        }
        for text in ["Zürich 東京 Ελλάς €", "it's \"quoted\" \\"] {
            assert_eq!(Excerpt(text.as_bytes()).to_string(), text);
            assert!(is_plain(text));
        }
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
}
