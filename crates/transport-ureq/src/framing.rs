//! What is taken out of a response before ureq reads it.
//!
//! - Interim responses (1xx): ureq refuses some that have headers.
//! - The extensions of chunks, and the trailers: ureq refuses a chunk's size line of more than 20
//!   bytes.
//!
//! It is known here whether the last chunk was complete: ureq takes a body that ends in the middle
//! of it for whole.

mod chunks;
#[cfg(test)]
mod tests;

use self::chunks::Chunks;

/// Reads the bytes of one response, and passes on what ureq needs of them.
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
    pub(crate) fn pass(
        &mut self,
        mut input: &[u8],
        output: &mut Vec<u8>,
    ) -> Result<(), &'static str> {
        loop {
            match &mut self.0 {
                State::Chunks(chunks) => {
                    let Some(rest) = chunks.pass(input, output)? else { return Ok(()) };
                    input = rest;
                    self.0 = State::Rest;
                }
                State::Rest => {
                    output.extend_from_slice(input);
                    return Ok(());
                }
                State::Start(_) | State::Interim(_) | State::Head { .. } => {
                    let Some((&byte, rest)) = input.split_first() else { return Ok(()) };
                    input = rest;
                    self.head(byte, output);
                }
            }
        }
    }

    /// Returns whether chunks have begun and the last one is not complete.
    pub(crate) fn lacks_chunks(&self) -> bool {
        matches!(self.0, State::Chunks(_))
    }

    fn head(&mut self, byte: u8, output: &mut Vec<u8>) {
        match &mut self.0 {
            State::Start(held) => {
                // Empty lines before a response are skipped by ureq.
                if held.is_empty() && matches!(byte, b'\r' | b'\n') {
                    return output.push(byte);
                }
                held.push(byte);
                match is_interim(held) {
                    None => {}
                    Some(true) => self.0 = State::Interim(Line(held.clone())),
                    Some(false) => {
                        output.extend_from_slice(held);
                        let line = Line(held.clone());
                        // ureq reads chunks of no other version.
                        self.0 = if held.starts_with(b"HTTP/1.1 ") {
                            State::Head { line, is_chunked: false }
                        } else {
                            State::Rest
                        };
                    }
                }
            }
            State::Interim(line) => {
                if line.end(byte).is_some_and(|line| line.is_empty()) {
                    self.0 = State::default();
                }
            }
            State::Head { line, is_chunked } => {
                output.push(byte);
                let Some(line) = line.end(byte) else { return };
                *is_chunked |= says_chunked(&line);
                if line.is_empty() {
                    self.0 =
                        if *is_chunked { State::Chunks(Chunks::default()) } else { State::Rest };
                }
            }
            State::Chunks(_) | State::Rest => {}
        }
    }
}

/// Whether these bytes begin an interim response, once that is known. 101 is none: it ends HTTP on
/// the connection.
fn is_interim(start: &[u8]) -> Option<bool> {
    const INTERIM: &[u8] = b"HTTP/1.1 1";
    match start.strip_prefix(INTERIM) {
        None => (!INTERIM.starts_with(start)).then_some(false),
        Some([a, b, ..]) => Some(a.is_ascii_digit() && b.is_ascii_digit() && [*a, *b] != *b"01"),
        Some(rest) => rest.iter().any(|byte| !byte.is_ascii_digit()).then_some(false),
    }
}

/// Whether the line is a header that says that the body comes in chunks, as ureq reads it.
fn says_chunked(line: &[u8]) -> bool {
    let line = str::from_utf8(line).ok().filter(|line| line.is_ascii());
    line.and_then(|line| line.split_once(':')).is_some_and(|(name, value)| {
        name.eq_ignore_ascii_case("transfer-encoding")
            && value.split(',').any(|coding| coding.trim().eq_ignore_ascii_case("chunked"))
    })
}

/// A line of a head, as it arrives.
#[derive(Debug, Default)]
struct Line(Vec<u8>);

impl Line {
    /// No header that matters here is longer.
    const LONGEST: usize = 1024;

    /// Takes the next byte. At the end of the line, returns it without its end.
    fn end(&mut self, byte: u8) -> Option<Vec<u8>> {
        if byte != b'\n' {
            if self.0.len() <= Self::LONGEST {
                self.0.push(byte);
            }
            return None;
        }
        let mut line = std::mem::take(&mut self.0);
        if line.last() == Some(&b'\r') {
            line.pop();
        }
        Some(line)
    }
}
