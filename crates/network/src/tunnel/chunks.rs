//! Chunked bodies, as far as they came.

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
