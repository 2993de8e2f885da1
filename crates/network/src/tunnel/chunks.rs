//! What a proxy wrote, made fit to stand in an error.

/// The bytes of an excerpt.
const LONGEST: usize = 160;

/// Returns the beginning of `text` on one line, without HTML's tags and without any character that
/// is not a letter, a digit or ASCII punctuation.
pub(super) fn excerpt(text: &str) -> String {
    let visible = without_tags(text).replace(|c| !is_visible(c), " ");
    let line = visible.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.len() <= LONGEST {
        return line;
    }
    let end = (0..=LONGEST).rev().find(|&at| line.is_char_boundary(at)).unwrap_or_default();
    format!("{}…", line.get(..end).unwrap_or_default())
}

fn is_visible(c: char) -> bool {
    // These are letters, but empty ones.
    const FILLERS: [char; 4] = ['\u{115f}', '\u{1160}', '\u{3164}', '\u{ffa0}'];
    c.is_ascii_punctuation() || c.is_alphanumeric() && !FILLERS.contains(&c)
}

fn without_tags(html: &str) -> String {
    let mut text = String::new();
    let mut rest = html;
    while let Some((before, tag)) = rest.split_once('<') {
        text.push_str(before);
        text.push(' ');
        rest = after_tag(tag);
    }
    text + rest
}

/// Returns what follows a tag, and its content if that is not shown.
fn after_tag(tag: &str) -> &str {
    const HIDDEN: [(&str, &str); 3] =
        [("!--", "-->"), ("script", "</script>"), ("style", "</style>")];
    let hidden = HIDDEN.iter().find(|(start, _)| {
        tag.get(..start.len()).is_some_and(|tag| tag.eq_ignore_ascii_case(start))
    });
    let (at, end) = match hidden {
        Some((_, end)) => (tag.to_ascii_lowercase().find(end), *end),
        None => (tag.find('>'), ">"),
    };
    at.and_then(|at| tag.get(at + end.len()..)).unwrap_or_default()
}

/// A chunked body, or the beginning of one.
pub(super) struct Joined {
    pub(super) content: Vec<u8>,
    /// Whether the last chunk is there, or no chunk can follow.
    pub(super) is_complete: bool,
}

/// Returns the content of a chunked body as far as it came.
pub(super) fn joined_chunks(mut body: &[u8]) -> Joined {
    let mut content = Vec::new();
    while let Some(end) = body.iter().position(|&byte| byte == b'\n') {
        let (line, rest) = body.split_at_checked(end + 1).unwrap_or_default();
        let size = str::from_utf8(line).ok().and_then(|line| line.split(';').next());
        let size = size.and_then(|size| usize::from_str_radix(size.trim(), 16).ok());
        let Some(size @ 1..) = size else {
            return Joined { content, is_complete: true };
        };
        let (chunk, rest) = rest.split_at_checked(size).unwrap_or((rest, b""));
        content.extend(chunk);
        body = rest.trim_ascii_start();
    }
    Joined { content, is_complete: false }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_excerpt_is_one_short_line_of_plain_text() {
        for (text, expected) in [
            ("Blocked by policy 42.\r\n", "Blocked by policy 42."),
            ("<h1>No!</h1><p>Ask\nIT", "No! Ask IT"),
            (
                "<STYLE a>h1 {}</STYLE><!-- <b>x -->Zugriff verweigert für Gäste",
                "Zugriff verweigert für Gäste",
            ),
            ("<script>if (1 < 2) {}</script>a<img alt='x", "a"),
            ("a\u{1b}[31mb\u{202e}c\u{2028}d\u{200b}e\u{3164}f", "a [31mb c d e f"),
            ("", ""),
        ] {
            assert_eq!(excerpt(text), expected);
        }
        assert_eq!(excerpt(&"é".repeat(80)), "é".repeat(80));
        assert_eq!(excerpt(&"é".repeat(81)), "é".repeat(80) + "…");
        assert_eq!(excerpt(&format!("x{}", "é".repeat(80))), format!("x{}…", "é".repeat(79)));
    }

    #[test]
    fn chunks_are_joined_as_far_as_they_came() {
        for (body, expected, is_complete) in [
            ("3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n", "abcde", true),
            ("5\r\n0\r\n\r\n\r\n0\r\n\r\n", "0\r\n\r\n", true),
            ("5\r\n0\r\n\r\n", "0\r\n\r\n", false),
            ("A\r\n0123", "0123", false),
            ("3\r\nabc\r\n", "abc", false),
            ("3\r\nabc\r\n0", "abc", false),
            ("x\r\nabc\r\n", "", true),
            ("ffffffffffffffffffff\r\nabc", "", true),
            ("", "", false),
        ] {
            let joined = joined_chunks(body.as_bytes());
            assert_eq!(joined.content, expected.as_bytes(), "{body:?}");
            assert_eq!(joined.is_complete, is_complete, "{body:?}");
        }
    }
}
