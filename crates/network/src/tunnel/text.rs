//! What a proxy wrote, made fit to stand in an error.

/// The characters of an excerpt.
const LONGEST: usize = 200;

/// Returns the beginning of `text` on one line, without HTML's tags and without any character that
/// is not a letter, a digit or ASCII punctuation.
pub(super) fn excerpt(text: &str) -> String {
    let visible: String = without_tags(text)
        .chars()
        .map(|c| if c.is_alphanumeric() || c.is_ascii_punctuation() { c } else { ' ' })
        .collect();
    let line = visible.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(LONGEST).and_then(|(end, _)| line.get(..end)) {
        Some(beginning) => format!("{beginning}…"),
        None => line,
    }
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

/// Returns the content of a chunked body, or of the beginning of one.
pub(super) fn without_chunk_sizes(mut body: &[u8]) -> Vec<u8> {
    let mut content = Vec::new();
    while let Some(end) = body.iter().position(|&byte| byte == b'\n') {
        let (line, rest) = body.split_at_checked(end + 1).unwrap_or_default();
        let size = str::from_utf8(line).ok().and_then(|line| line.split(';').next());
        let Some(size) = size.and_then(|size| usize::from_str_radix(size.trim(), 16).ok()) else {
            break;
        };
        let (chunk, rest) = rest.split_at_checked(size).unwrap_or((rest, b""));
        content.extend(chunk);
        body = rest.trim_ascii_start();
    }
    content
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
            ("a\u{1b}[31mb\u{202e}c\u{2028}d\u{200b}e", "a [31mb c d e"),
            ("", ""),
        ] {
            assert_eq!(excerpt(text), expected);
        }
        assert_eq!(excerpt(&"é".repeat(200)), "é".repeat(200));
        assert_eq!(excerpt(&"é".repeat(201)), "é".repeat(200) + "…");
    }

    #[test]
    fn chunks_are_joined_as_far_as_they_came() {
        for (body, expected) in [
            ("3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n", "abcde"),
            ("A\r\n0123", "0123"),
            ("3\r\nabc\r\n", "abc"),
            ("x\r\nabc\r\n", ""),
            ("ffffffffffffffffffff\r\nabc", ""),
            ("", ""),
        ] {
            assert_eq!(without_chunk_sizes(body.as_bytes()), expected.as_bytes(), "{body:?}");
        }
    }
}
