//! The head of a proxy's response, and the interim responses before it.
//!
//! It is read more leniently than HTTP asks for: lines may end in LF alone, and a header that makes
//! no sense is skipped.

use std::mem;

use http::StatusCode;

/// The bytes of all heads, interim ones included.
const LONGEST: usize = 64 * 1024;

#[derive(Debug, Default)]
pub(super) struct Head {
    /// The line that is being read, without its end.
    line: Vec<u8>,
    size: usize,
    is_complete: bool,
    pub(super) status: Option<StatusCode>,
    pub(super) reason: Vec<u8>,
    /// The authentication schemes that the proxy offers.
    pub(super) schemes: Vec<String>,
    pub(super) length: Length,
}

/// Where the body ends.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) enum Length {
    Chunked,
    Known(usize),
    #[default]
    UntilClose,
}

impl Head {
    /// Returns the status of the final response, once its head is complete.
    pub(super) fn final_status(&self) -> Option<StatusCode> {
        self.status.filter(|_| self.is_complete)
    }

    /// Takes the next bytes, up to the end of the final response's head, and returns how many.
    pub(super) fn read(&mut self, bytes: &[u8]) -> Result<usize, &'static str> {
        for (index, &byte) in bytes.iter().enumerate() {
            self.size += 1;
            if self.size > LONGEST {
                return Err("the head of the response is too long");
            }
            if byte != b'\n' {
                self.line.push(byte);
                self.check_start()?;
                continue;
            }
            let line = mem::take(&mut self.line);
            self.end_line(line.strip_suffix(b"\r").unwrap_or(&line))?;
            if self.is_complete {
                return Ok(index + 1);
            }
        }
        Ok(bytes.len())
    }

    /// Refuses what is not HTTP at its first bytes, because it may have no line that ends.
    fn check_start(&self) -> Result<(), &'static str> {
        let start = self.line.iter().zip(b"HTTP/");
        let is_http = start.into_iter().all(|(a, b)| a.eq_ignore_ascii_case(b));
        if self.status.is_none() && !is_http && self.line != b"\r" {
            return Err("the response is not HTTP");
        }
        Ok(())
    }

    fn end_line(&mut self, line: &[u8]) -> Result<(), &'static str> {
        match self.status {
            // Empty lines before a response are skipped.
            None if line.is_empty() => {}
            None => {
                let (status, reason) =
                    status_line(line).ok_or("the response's first line has no status")?;
                self.status = Some(status);
                self.reason = reason.to_vec();
            }
            Some(status) if line.is_empty() => {
                // 101 ends HTTP on the connection, so it is no interim response.
                if status.is_informational() && status != StatusCode::SWITCHING_PROTOCOLS {
                    *self = Self { size: self.size, ..Self::default() };
                } else {
                    self.is_complete = true;
                }
            }
            Some(_) => self.header(line),
        }
        Ok(())
    }

    fn header(&mut self, line: &[u8]) {
        let line = String::from_utf8_lossy(line);
        let Some((name, value)) = line.split_once(':') else { return };
        let (name, value) = (name.trim(), value.trim());
        if name.eq_ignore_ascii_case("proxy-authenticate") {
            self.schemes.extend(schemes(value));
            self.schemes.truncate(MOST_SCHEMES);
        } else if name.eq_ignore_ascii_case("content-length") {
            if let (Length::UntilClose, Ok(length)) = (self.length, value.parse()) {
                self.length = Length::Known(length);
            }
        } else if name.eq_ignore_ascii_case("transfer-encoding")
            && value.to_ascii_lowercase().contains("chunked")
        {
            self.length = Length::Chunked;
        }
    }
}

/// How many schemes are kept. Proxies offer Basic, Bearer, Digest, Kerberos, Negotiate, NTLM.
const MOST_SCHEMES: usize = 8;

/// `HTTP/1.1 200 Connection established`: the status and the reason phrase.
fn status_line(line: &[u8]) -> Option<(StatusCode, &[u8])> {
    let space = line.iter().position(|&byte| byte == b' ')?;
    let rest = line.get(space..)?.trim_ascii_start();
    let (status, reason) = rest.split_at_checked(3)?;
    let is_whole = reason.is_empty() || reason.starts_with(b" ");
    let status = StatusCode::from_bytes(status).ok().filter(|_| is_whole)?;
    Some((status, reason.trim_ascii()))
}

/// The schemes in the value of a `Proxy-Authenticate` header.
///
/// Commas separate challenges from each other, and also a challenge's parameters: an element that
/// begins with `name=` is a parameter.
fn schemes(value: &str) -> impl Iterator<Item = String> {
    let mut is_quoted = false;
    let elements = value.split(move |c| {
        is_quoted ^= c == '"';
        c == ',' && !is_quoted
    });
    elements.filter_map(|element| {
        let element = element.trim();
        let end = element.find(|c: char| !is_token(c)).unwrap_or(element.len());
        let (scheme, rest) = element.split_at_checked(end)?;
        let is_scheme = (1..=MAX_SCHEME).contains(&end) && !rest.trim_start().starts_with('=');
        is_scheme.then(|| scheme.to_owned())
    })
}

/// The longest registered scheme, SCRAM-SHA-256, has 13 characters.
const MAX_SCHEME: usize = 30;

fn is_token(c: char) -> bool {
    c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c)
}

#[cfg(test)]
mod tests {
    use super::schemes;

    #[test]
    fn schemes_are_told_from_parameters() {
        for (value, expected) in [
            ("Basic realm=\"proxy\"", &["Basic"][..]),
            ("Negotiate, NTLM, Basic realm=\"a, Digest b\"", &["Negotiate", "NTLM", "Basic"]),
            ("Digest realm=\"x\", nonce=\"y\", qop = \"auth\"", &["Digest"]),
            ("Negotiate TlRMTVNTUAACAAAA==", &["Negotiate"]),
            ("basic", &["basic"]),
            ("", &[]),
            (", ,\u{1b}[31m, =", &[]),
        ] {
            assert_eq!(schemes(value).collect::<Vec<_>>(), expected, "{value}");
        }
    }
}
