/// Replaces control characters, which a terminal would obey, and line breaks.
pub fn printable(text: &str) -> String {
    text.trim().chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}
