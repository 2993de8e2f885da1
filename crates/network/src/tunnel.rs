//! The CONNECT request, and the proxy's response to it, without I/O.

mod chunks; // a body in chunks
mod head; // the head of a response
mod text; // what an error quotes

use std::{
    error::Error as StdError,
    fmt::{self, Debug, Formatter},
    io::{self, ErrorKind},
    mem,
    time::Duration,
};

use http::{HeaderValue, StatusCode};

use self::{
    chunks::joined_chunks,
    head::{Head, HeadReader, Length},
    text::quotation,
};
use crate::{
    TlsError,
    proxy_error::{Name, ProxyError, Refusal},
};

/// A request to a proxy for a tunnel, and the response as it arrives.
///
/// The transport sends [`request`](Self::request), then hands what it reads to
/// [`read`](Self::read) until that returns something else than [`Progress::More`].
///
/// ```
/// use std::io::{Read, Write};
///
/// use certcentral_network::{Progress, Proxy, ProxyError};
///
/// fn open(
///     proxy: &Proxy,
///     target: &http::Uri,
///     socket: &mut (impl Read + Write),
/// ) -> Result<(), ProxyError> {
///     let mut tunnel = proxy.tunnel(target);
///     if let Err(error) = socket.write_all(tunnel.request()) {
///         return Err(tunnel.end(error));
///     }
///     loop {
///         // One byte at a time, so that nothing is taken of what comes through the tunnel.
///         let byte = &mut [0];
///         if let Err(error) = socket.read_exact(byte) {
///             return Err(tunnel.end(error));
///         }
///         match tunnel.read(byte) {
///             Progress::More => {}
///             Progress::Open { .. } => return Ok(()),
///             Progress::Failed(error) => return Err(error),
///         }
///     }
/// }
/// ```
pub struct Tunnel {
    proxy: Name,
    request: Vec<u8>,
    credentials: Option<HeaderValue>,
    reader: HeadReader,
    /// Once it is complete.
    head: Option<Head>,
    /// The beginning of a refusal's body.
    body: Vec<u8>,
    /// Whether the response that opened the tunnel announces a body.
    opened_with_body: bool,
}

/// What the bytes read so far amount to.
#[derive(Debug)]
pub enum Progress {
    /// All bytes were used, and the response goes on.
    More,
    /// The tunnel is open. Bytes after the first `used` came through it.
    Open {
        /// The number of bytes that belong to the proxy's response.
        used: usize,
    },
    /// The proxy refused, or does not speak HTTP.
    Failed(ProxyError),
}

/// No more of a refusal's body is read.
const LONGEST_BODY: usize = 8 * 1024;
/// A body mostly comes with its head.
const PATIENCE: Duration = Duration::from_millis(500);

impl Tunnel {
    pub(crate) fn new(proxy: Name, request: Vec<u8>, credentials: Option<HeaderValue>) -> Self {
        Self {
            proxy,
            request,
            credentials,
            reader: HeadReader::default(),
            head: None,
            body: Vec::new(),
            opened_with_body: false,
        }
    }

    /// Returns the bytes to send.
    pub fn request(&self) -> &[u8] {
        &self.request
    }

    /// Takes the next bytes of the response.
    ///
    /// Interim responses (1xx) are skipped. Any 2xx opens the tunnel, whatever its headers are.
    pub fn read(&mut self, bytes: &[u8]) -> Progress {
        let (head, body) = match self.head.take() {
            Some(head) => (head, bytes),
            None => match self.reader.read(bytes) {
                Err(problem) => return Progress::Failed(self.failed(problem)),
                Ok(None) => return Progress::More,
                Ok(Some((head, used))) if head.status.is_success() => {
                    self.opened_with_body = head.announces_body;
                    return Progress::Open { used };
                }
                Ok(Some((head, used))) => (head, bytes.get(used..).unwrap_or_default()),
            },
        };
        let limit = body_limit(&head);
        self.body.extend(body.iter().take(limit.saturating_sub(self.body.len())));
        let is_complete = self.body.len() == limit
            || head.length == Length::Chunked && joined_chunks(&self.body).is_complete;
        if is_complete {
            return Progress::Failed(self.refused(head));
        }
        self.head = Some(head);
        Progress::More
    }

    /// Returns how long to wait for the rest of the response at most, once that is known.
    ///
    /// A refusal is certain at the end of its head. Its body only explains it, and some proxies
    /// never end it, or write it slowly. A transport that waits longer may take the refusal for
    /// silence, and send the password again.
    pub fn patience(&self) -> Option<Duration> {
        self.head.as_ref().map(|_| PATIENCE)
    }

    /// Returns the error for a response that is not continued, because of `source`.
    pub fn end(&mut self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> ProxyError {
        match self.head.take() {
            Some(head) => self.refused(head),
            None if self.reader.is_empty() => {
                ProxyError::silent(mem::take(&mut self.proxy), source)
            }
            None => ProxyError::failed(mem::take(&mut self.proxy), source),
        }
    }

    /// Returns the error for a TLS handshake through the open tunnel that ended with `error`, if the
    /// reason is that the proxy is a web server.
    ///
    /// Some proxies announce the length of a body that does not come, so this is known only once
    /// there is no TLS where it should begin.
    pub fn end_of_handshake(&mut self, error: &io::Error) -> Option<ProxyError> {
        let is_tls = match TlsError::of(error) {
            Some(tls) => !tls.is_of_something_else(),
            None => error.kind() == ErrorKind::TimedOut,
        };
        let is_page = !is_tls && self.opened_with_body;
        is_page.then(|| ProxyError::page(mem::take(&mut self.proxy)))
    }

    fn refused(&mut self, head: Head) -> ProxyError {
        let Head { status, reason, schemes, length, .. } = head;
        let body = match length {
            Length::Chunked => joined_chunks(&self.body).content,
            Length::Known(_) | Length::UntilClose => mem::take(&mut self.body),
        };
        let secret = self.credentials.as_ref().and_then(|value| value.to_str().ok());
        let secret = secret.and_then(|value| value.strip_prefix("Basic "));
        let quoted = |text: &str| {
            quotation(&secret.map_or(text.into(), |s| text.replace(s, "[credentials]")))
        };
        let usual = status.canonical_reason().unwrap_or("(no reason given)");
        let reason = Some(quoted(&reason)).filter(|reason| !reason.is_empty());
        let refusal = Refusal {
            status,
            reason: reason.unwrap_or_else(|| usual.to_owned()),
            text: quoted(&String::from_utf8_lossy(&body)),
            schemes,
            had_credentials: self.credentials.is_some(),
        };
        ProxyError::refused(mem::take(&mut self.proxy), refusal)
    }

    fn failed(&mut self, problem: &'static str) -> ProxyError {
        let source = io::Error::new(ErrorKind::InvalidData, problem);
        ProxyError::failed(mem::take(&mut self.proxy), source)
    }
}

/// How much of a refusal's body is read.
fn body_limit(head: &Head) -> usize {
    match head.length {
        // The body of a 407 says nothing that its schemes do not.
        _ if head.status == StatusCode::PROXY_AUTHENTICATION_REQUIRED => 0,
        Length::Known(length) => length.min(LONGEST_BODY),
        Length::Chunked | Length::UntilClose => LONGEST_BODY,
    }
}

impl Debug for Tunnel {
    // The request holds a password.
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tunnel").field("proxy", &self.proxy.address).finish_non_exhaustive()
    }
}
