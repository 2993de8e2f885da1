//! Request lines as some clients write them: with `<` and `>` as they are.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// A stream in whose request lines every `<` and `>` is encoded, because hyper refuses them.
///
/// A request line is looked for where a read begins, as that of a client which waits for each response
/// does.
pub(crate) struct LenientUri<S> {
    stream: S,
    /// What was read and not passed on yet.
    pending: Vec<u8>,
}

impl<S> LenientUri<S> {
    pub(crate) fn new(stream: S) -> Self {
        Self { stream, pending: Vec::new() }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for LenientUri<S> {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if this.pending.is_empty() {
            let mut bytes = [0; 8192];
            let mut read = ReadBuf::new(&mut bytes);
            ready!(Pin::new(&mut this.stream).poll_read(cx, &mut read))?;
            this.pending = encoded(read.filled());
        }
        let count = this.pending.len().min(buffer.remaining());
        buffer.put_slice(&this.pending.drain(..count).collect::<Vec<_>>());
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for LenientUri<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

fn encoded(bytes: &[u8]) -> Vec<u8> {
    let end = bytes.iter().position(|byte| *byte == b'\n').unwrap_or(0);
    let (line, rest) = bytes.split_at(end);
    if !is_request_line(line) {
        return bytes.to_vec();
    }
    let mut encoded = Vec::new();
    for byte in line {
        match byte {
            b'<' => encoded.extend(b"%3C"),
            b'>' => encoded.extend(b"%3E"),
            byte => encoded.push(*byte),
        }
    }
    encoded.extend(rest);
    encoded
}

fn is_request_line(line: &[u8]) -> bool {
    let mut words = line.trim_ascii_end().split(|byte| *byte == b' ');
    let is_method = words.next().is_some_and(|word| word.iter().all(u8::is_ascii_uppercase));
    let is_path = words.next().is_some_and(|word| word.starts_with(b"/"));
    is_method && is_path && words.next().is_some_and(|word| word.starts_with(b"HTTP/1."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_request_line_is_encoded() {
        for (read, passed_on) in [
            (
                "GET /a?b=<1&c=>2 HTTP/1.1\r\nX: <y>\r\n\r\n",
                "GET /a?b=%3C1&c=%3E2 HTTP/1.1\r\nX: <y>\r\n\r\n",
            ),
            ("{\"a\": \"<b>\"}\n", "{\"a\": \"<b>\"}\n"),
            ("<html> / HTTP/1.1\n", "<html> / HTTP/1.1\n"),
            ("", ""),
        ] {
            assert_eq!(encoded(read.as_bytes()), passed_on.as_bytes());
        }
    }
}
