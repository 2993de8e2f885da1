//! How bytes that came from outside are shown.

use std::fmt::{self, Debug, Display, Formatter, Write as _};

/// Bytes from outside, made fit for one line of a log: the first 512 of them, control characters
/// escaped, what is not UTF-8 replaced.
pub(super) struct Excerpt<'a>(pub(super) &'a [u8]);

const SHOWN: usize = 512;

impl Display for Excerpt<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        for chunk in self.0.get(..SHOWN).unwrap_or(self.0).utf8_chunks() {
            for c in chunk.valid().chars() {
                if c.is_control() {
                    write!(f, "{}", c.escape_default())?;
                } else {
                    f.write_char(c)?;
                }
            }
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
}
