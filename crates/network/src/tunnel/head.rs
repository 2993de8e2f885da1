//! The head of a proxy's response, and the interim responses before it.
//!
//! It is read more leniently than HTTP asks for: lines may end in LF alone, and a header that makes
//! no sense is skipped.

use http::StatusCode;
use httparse::{EMPTY_HEADER, Error, Header, ParserConfig, Response, Status};

/// The head of a final response.
#[derive(Debug)]
pub(super) struct Head {
    pub(super) status: StatusCode,
    /// Empty if there is none, or if it is not ASCII.
    pub(super) reason: String,
    /// The authentication schemes that the proxy offers.
    pub(super) schemes: Vec<String>,
    pub(super) length: Length,
    /// Whether there is a length or type of a body. A tunnel has neither.
    pub(super) announces_body: bool,
}

/// Where the body ends.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Length {
    Chunked,
    Known(usize),
    UntilClose,
}

/// Reads a head as it arrives.
#[derive(Debug, Default)]
pub(super) struct HeadReader {
    bytes: Vec<u8>,
    /// How many of the bytes are interim responses.
    interim: usize,
}

/// The bytes of all heads, interim ones included.
const LONGEST: usize = 64 * 1024;

const MOST_HEADERS: usize = 128;

impl HeadReader {
    pub(super) fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// Takes the next bytes. Once the head is complete, returns it, and how many of these bytes belong
    /// to it.
    pub(super) fn read(&mut self, bytes: &[u8]) -> Result<Option<(Head, usize)>, &'static str> {
        let known = self.bytes.len();
        self.bytes.extend_from_slice(bytes);
        loop {
            let rest = self.bytes.get(self.interim..).unwrap_or_default();
            let parsed = parse(rest).map_err(|error| problem(error, rest))?;
            let end = parsed.as_ref().map_or(self.bytes.len(), |(_, length)| self.interim + length);
            if end > LONGEST {
                return Err(TOO_LONG);
            }
            match parsed {
                None => return Ok(None),
                // 101 ends HTTP on the connection, so it is no interim response.
                Some((Head { status, .. }, _))
                    if status.is_informational() && status != StatusCode::SWITCHING_PROTOCOLS =>
                {
                    self.interim = end;
                }
                Some((head, _)) => return Ok(Some((head, end.saturating_sub(known)))),
            }
        }
    }
}

/// Parses the head that `bytes` begin with, if it is complete, and returns its length too.
fn parse(bytes: &[u8]) -> Result<Option<(Head, usize)>, Error> {
    let mut headers = [EMPTY_HEADER; MOST_HEADERS];
    let mut response = Response::new(&mut headers);
    let parsed = ParserConfig::default()
        .allow_multiple_spaces_in_response_status_delimiters(true)
        .allow_spaces_after_header_name_in_responses(true)
        .ignore_invalid_headers_in_responses(true)
        .parse_response(&mut response, bytes)?;
    let Status::Complete(length) = parsed else { return Ok(None) };
    let status = StatusCode::from_u16(response.code.unwrap_or_default());
    let mut head = Head {
        status: status.map_err(|_| Error::Status)?,
        reason: response.reason.unwrap_or_default().to_owned(),
        schemes: Vec::new(),
        length: Length::UntilClose,
        announces_body: false,
    };
    for header in response.headers {
        head.add(header);
    }
    Ok(Some((head, length)))
}

const TOO_LONG: &str = "the head of the response is too long";

fn problem(error: Error, head: &[u8]) -> &'static str {
    match error {
        // SOCKS 5 and 4, and TLS, which begins with an alert or a handshake.
        _ if matches!(head, [0 | 5, ..]) => {
            "it speaks SOCKS, not HTTP; only HTTP proxies are supported"
        }
        _ if matches!(head, [0x15 | 0x16, ..]) => {
            "it speaks TLS, not HTTP; only HTTP proxies are supported"
        }
        Error::TooManyHeaders => TOO_LONG,
        Error::Status => "the response's first line has no status",
        Error::Version | Error::NewLine => "the response is not HTTP",
        _ => "a header of the response is malformed",
    }
}

impl Head {
    fn add(&mut self, header: &Header<'_>) {
        let value = String::from_utf8_lossy(header.value);
        match &*header.name.to_ascii_lowercase() {
            "proxy-authenticate" => {
                self.schemes.extend(schemes(&value));
                self.schemes.truncate(MOST_SCHEMES);
            }
            "content-length" => {
                if let (Length::UntilClose, Ok(length)) = (self.length, value.trim().parse()) {
                    self.length = Length::Known(length);
                }
                self.announces_body = true;
            }
            "transfer-encoding" if value.to_ascii_lowercase().contains("chunked") => {
                self.length = Length::Chunked;
                self.announces_body = true;
            }
            "content-type" => self.announces_body = true,
            _ => {}
        }
    }
}

/// How many schemes are kept. Proxies offer Basic, Bearer, Digest, Kerberos, Negotiate, NTLM.
const MOST_SCHEMES: usize = 8;

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
