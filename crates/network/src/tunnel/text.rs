//! Excerpts of a proxy's response for error messages.

use certcentral_core::excerpt;

/// The bytes of a quotation. What is longer would crowd out the rest of an error.
const LONGEST: usize = 160;

/// Returns the beginning of `text` on one line, without HTML's tags: the pages of some proxies begin
/// with more style than an excerpt has room for.
pub(super) fn quotation(text: &str) -> String {
    let line = without_tags(text).split_whitespace().collect::<Vec<_>>().join(" ");
    let line = excerpt(line.as_bytes()).to_string();
    if line.len() <= LONGEST {
        return line;
    }
    let end = (0..=LONGEST).rev().find(|&at| line.is_char_boundary(at)).unwrap_or_default();
    format!("{}…", line.get(..end).unwrap_or_default())
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quotation_is_one_short_line_of_plain_text() {
        for (text, expected) in [
            ("Blocked by policy 42.\r\n", "Blocked by policy 42."),
            ("<h1>No!</h1><p>Ask\nIT", "No! Ask IT"),
            (
                "<STYLE a>h1 {}</STYLE><!-- <b>x -->Zugriff verweigert für Gäste",
                "Zugriff verweigert für Gäste",
            ),
            ("<script>if (1 < 2) {}</script>a<img alt='x", "a"),
            ("a\u{1b}[31mb\u{202e}c", r"a\u{1b}[31mb\u{202e}c"),
            ("", ""),
        ] {
            assert_eq!(quotation(text), expected);
        }
        assert_eq!(quotation(&"é".repeat(80)), "é".repeat(80));
        assert_eq!(quotation(&"é".repeat(81)), "é".repeat(80) + "…");
        assert_eq!(quotation(&format!("x{}", "é".repeat(80))), format!("x{}…", "é".repeat(79)));
    }
}
