//! A chunked body (RFC 9112, 7.1): the extensions and trailers are dropped.

use std::io::Write as _;

/// Filters a chunked body down to its plainest form.
#[derive(Debug, Default)]
pub(super) struct Chunks {
    state: State,
    /// The bytes of extensions and trailers so far.
    dropped: usize,
}

/// More than anybody sends. Without a limit, they could go on for ever.
const MOST_DROPPED: usize = 64 * 1024;

#[derive(Clone, Copy, Debug)]
enum State {
    /// In a chunk's size. `None` before its first digit.
    Size(Option<u64>),
    /// In the white space after a size.
    AfterSize(u64),
    Extension(u64),
    /// At the LF after a size.
    SizeEnd(u64),
    /// In a chunk, with this number of bytes left.
    Data(u64),
    /// At the CR after a chunk.
    DataCr,
    /// At the LF after a chunk.
    DataLf,
    /// At the beginning of a trailer, or at the end of them all.
    TrailerStart,
    Trailer,
    /// At the last LF.
    End,
}

impl Default for State {
    fn default() -> Self {
        Self::Size(None)
    }
}

impl Chunks {
    /// Appends to `output` what ureq is to read of `input`. Returns what follows the body, once that
    /// is complete.
    pub(super) fn filter<'a>(
        &mut self,
        mut input: &'a [u8],
        output: &mut Vec<u8>,
    ) -> Result<Option<&'a [u8]>, &'static str> {
        loop {
            if let State::Data(left) = &mut self.state {
                let length = usize::try_from(*left).unwrap_or(usize::MAX).min(input.len());
                let (data, rest) = input.split_at(length);
                output.extend_from_slice(data);
                *left -= length as u64;
                if *left > 0 {
                    return Ok(None);
                }
                input = rest;
                self.state = State::DataCr;
            }
            let Some((&byte, rest)) = input.split_first() else { return Ok(None) };
            input = rest;
            if matches!((self.state, byte), (State::End, b'\n')) {
                output.extend_from_slice(b"\r\n");
                return Ok(Some(input));
            }
            self.state = self.next(byte, output)?;
        }
    }

    /// Takes a byte that is not a chunk's content.
    fn next(&mut self, byte: u8, output: &mut Vec<u8>) -> Result<State, &'static str> {
        Ok(match (self.state, byte) {
            (State::Size(size), b'0'..=b'9' | b'a'..=b'f' | b'A'..=b'F') => {
                let digit = char::from(byte).to_digit(16).unwrap_or_default();
                let larger = size.unwrap_or_default().checked_mul(16);
                State::Size(Some(larger.ok_or("a chunk's size is too large")? + u64::from(digit)))
            }
            (State::Size(Some(size)) | State::AfterSize(size), b' ' | b'\t') => {
                self.drop_byte()?;
                State::AfterSize(size)
            }
            (State::Size(Some(size)) | State::AfterSize(size), b';') => State::Extension(size),
            (State::Size(Some(size)) | State::AfterSize(size) | State::Extension(size), b'\r') => {
                State::SizeEnd(size)
            }
            (State::Extension(size), byte) if byte != b'\n' => {
                self.drop_byte()?;
                State::Extension(size)
            }
            (State::SizeEnd(size), b'\n') => {
                // A Vec takes all.
                let _ = write!(output, "{size:x}\r\n");
                if size == 0 { State::TrailerStart } else { State::Data(size) }
            }
            (State::DataCr, b'\r') => State::DataLf,
            (State::DataLf, b'\n') => {
                output.extend_from_slice(b"\r\n");
                State::Size(None)
            }
            (State::TrailerStart, b'\r') => State::End,
            (State::Trailer, b'\n') => State::TrailerStart,
            (State::TrailerStart | State::Trailer, byte) if byte != b'\n' => {
                self.drop_byte()?;
                State::Trailer
            }
            (State::Size(_) | State::AfterSize(_) | State::SizeEnd(_), _) => {
                return Err("a chunk's size is malformed");
            }
            (State::DataCr | State::DataLf, _) => return Err("a chunk is longer than its size"),
            _ => return Err("the end of a chunked body is malformed"),
        })
    }

    fn drop_byte(&mut self) -> Result<(), &'static str> {
        self.dropped += 1;
        let is_too_much = self.dropped > MOST_DROPPED;
        if is_too_much { Err("the extensions of chunks are too long") } else { Ok(()) }
    }
}
