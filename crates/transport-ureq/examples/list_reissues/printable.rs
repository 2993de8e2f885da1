//! Text of the service's, made safe to print.

/// It goes to a terminal, which must not obey it, and on one line.
pub(crate) fn printable(text: &str) -> String {
    text.trim().chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}
