//! Removes from a response what ureq would refuse, and notices a chunked body that ends early.
//!
//! - Interim responses (1xx): ureq refuses some that have headers.
//! - The extensions of chunks, and the trailers: ureq refuses a chunk's size line of more than 20
//!   bytes.
//! - Real servers end chunked bodies early, and ureq takes one that ends within its last chunk for
//!   complete: a certificate chain that is cut between two certificates would pass.

mod chunks;
#[cfg(test)]
mod tests;

use std::mem;

use self::chunks::Chunks;

/// Filters the bytes of one response.
#[derive(Debug, Default)]
pub(crate) struct Framing(State);

#[derive(Debug)]
enum State {
    /// The first bytes, as far as they may begin an interim response. They have not been passed on.
    Start(Vec<u8>),
    /// In the head of an interim response.
    Interim(Line),
    Head {
        line: Line,
        is_http10: bool,
        is_chunked: bool,
    },
    Chunks(Chunks),
    /// The rest is passed on as it is.
    Rest,
}

impl Default for State {
    fn default() -> Self {
        Self::Start(Vec::new())
    }
}

impl Framing {
    /// Appends to `output` what ureq is to read of `input`. The error says what is malformed.
    pub(crate) fn filter(
        &mut self,
        mut input: &[u8],
        output: &mut Vec<u8>,
    ) -> Result<(), &'static str> {
        while !input.is_empty() {
            match &mut self.0 {
                State::Start(held) => match input {
                    // Empty lines before a response are skipped by ureq.
                    [byte @ (b'\r' | b'\n'), rest @ ..] if held.is_empty() => {
                        output.push(*byte);
                        input = rest;
                    }
                    _ => {
                        let Some(state) = begin(held, input, output) else { return Ok(()) };
                        self.0 = state;
                    }
                },
                State::Interim(line) => {
                    let (part, rest) = split_line(input);
                    input = rest;
                    if line.end(part, <[u8]>::is_empty) == Some(true) {
                        self.0 = State::default();
                    }
                }
                State::Head { line, is_http10, is_chunked } => {
                    let (part, rest) = split_line(input);
                    input = rest;
                    output.extend_from_slice(part);
                    let read = |line: &[u8]| (line.is_empty(), says_chunked(line));
                    let Some((is_last, says_chunked)) = line.end(part, read) else { continue };
                    *is_chunked |= says_chunked;
                    if *is_http10 && *is_chunked {
                        // ureq would take the chunks for the body (RFC 9112, 6.1).
                        return Err("a chunked body in HTTP/1.0");
                    }
                    if is_last {
                        self.0 = if *is_chunked {
                            State::Chunks(Chunks::default())
                        } else {
                            State::Rest
                        };
                    }
                }
                State::Chunks(chunks) => {
                    let Some(rest) = chunks.filter(input, output)? else { return Ok(()) };
                    input = rest;
                    self.0 = State::Rest;
                }
                State::Rest => {
                    output.extend_from_slice(input);
                    return Ok(());
                }
            }
        }
        Ok(())
    }

    /// Returns whether all that follows is passed on as it is.
    pub(crate) fn is_over(&self) -> bool {
        matches!(self.0, State::Rest)
    }

    /// Returns whether chunks have begun and the last one is not complete.
    pub(crate) fn lacks_chunks(&self) -> bool {
        matches!(self.0, State::Chunks(_))
    }
}

/// Returns what begins with the `held` bytes and `input`, once that is known. `input` is then read
/// from its beginning; until then, it is held too.
fn begin(held: &mut Vec<u8>, input: &[u8], output: &mut Vec<u8>) -> Option<State> {
    let known = held.len();
    held.extend(input.iter().take(LONGEST_START - known));
    let is_interim = is_interim(held)?;
    let is_http10 = held.starts_with(b"HTTP/1.0");
    let may_have_chunks = is_http10 || held.starts_with(b"HTTP/1.1 ");
    held.truncate(known);
    if !is_interim {
        output.extend_from_slice(held);
    }
    let line = Line(mem::take(held));
    Some(match (is_interim, may_have_chunks) {
        (true, _) => State::Interim(line),
        (false, true) => State::Head { line, is_http10, is_chunked: false },
        (false, false) => State::Rest,
    })
}

/// How many bytes tell an interim response from others.
const LONGEST_START: usize = INTERIM.len() + 2;

const INTERIM: &[u8] = b"HTTP/1.1 1";

/// Whether these bytes begin an interim response, once that is known. 101 is none: it ends HTTP on
/// the connection.
fn is_interim(start: &[u8]) -> Option<bool> {
    match start.strip_prefix(INTERIM) {
        None => (!INTERIM.starts_with(start)).then_some(false),
        Some([a, b, ..]) => Some(a.is_ascii_digit() && b.is_ascii_digit() && [*a, *b] != *b"01"),
        Some(rest) => rest.iter().any(|byte| !byte.is_ascii_digit()).then_some(false),
    }
}

/// Whether the line is a header that says that the body comes in chunks, as ureq reads it.
fn says_chunked(line: &[u8]) -> bool {
    const NAME: &[u8] = b"transfer-encoding:";
    let value =
        line.split_at_checked(NAME.len()).filter(|(name, _)| name.eq_ignore_ascii_case(NAME));
    value.and_then(|(_, value)| str::from_utf8(value).ok()).is_some_and(|value| {
        value.is_ascii()
            && value.split(',').any(|coding| coding.trim().eq_ignore_ascii_case("chunked"))
    })
}

/// Splits `input` behind its first line, or returns all of it if that has no end.
fn split_line(input: &[u8]) -> (&[u8], &[u8]) {
    let end = input.iter().position(|byte| *byte == b'\n');
    input.split_at(end.map_or(input.len(), |end| end + 1))
}

/// A line of a head, as far as it has arrived.
#[derive(Debug, Default)]
struct Line(Vec<u8>);

impl Line {
    /// No header that matters here is longer. The rest of a longer one is not kept.
    const LONGEST: usize = 1024;

    /// Takes the next part of the line. If that is the last one, reads the line without its end.
    fn end<T>(&mut self, part: &[u8], read: impl FnOnce(&[u8]) -> T) -> Option<T> {
        let kept = part.get(..Self::LONGEST - self.0.len()).unwrap_or(part);
        if !part.ends_with(b"\n") {
            self.0.extend_from_slice(kept);
            return None;
        }
        let mut line = mem::take(&mut self.0);
        if line.is_empty() {
            return Some(read(without_end(kept)));
        }
        line.extend_from_slice(kept);
        Some(read(without_end(&line)))
    }
}

fn without_end(line: &[u8]) -> &[u8] {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    line.strip_suffix(b"\r").unwrap_or(line)
}
