//! Opens a tunnel through an HTTP proxy.

use std::io::{Error, ErrorKind, Result as IoResult};

use certcentral_network::{Progress, Proxy, ProxyError, Tunnel};
use http::Uri;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    time::{Instant, timeout_at},
};

/// Has `proxy`, at the other end of `stream`, connect it to `target` by `deadline`.
pub(crate) async fn open(
    proxy: &Proxy,
    target: &Uri,
    stream: &mut TcpStream,
    deadline: Instant,
) -> Result<Tunnel, ProxyError> {
    let mut tunnel = proxy.tunnel(target);
    if let Err(error) = stream.write_all(tunnel.request()).await {
        return Err(tunnel.end(error));
    }
    let mut buffer = [0; 1024];
    let mut end_of_patience = None;
    loop {
        let end = end_of_patience.unwrap_or(deadline).min(deadline);
        let input = match peek(stream, &mut buffer, end).await {
            Ok(input) => input,
            Err(error) => return Err(tunnel.end(error)),
        };
        let length = input.len();
        let (used, is_open) = match tunnel.read(input) {
            Progress::More => (length, false),
            Progress::Open { used } => (used, true),
            Progress::Failed(error) => return Err(error),
        };
        // What came after it stays in the socket, for TLS.
        let used = buffer.get_mut(..used).unwrap_or_default();
        if let Err(error) = stream.read_exact(used).await {
            return Err(tunnel.end(error));
        }
        if is_open {
            return Ok(tunnel);
        }
        end_of_patience =
            end_of_patience.or_else(|| tunnel.patience().map(|patience| Instant::now() + patience));
    }
}

/// Waits for bytes and returns them without taking them from the socket.
async fn peek<'a>(stream: &TcpStream, buffer: &'a mut [u8], end: Instant) -> IoResult<&'a [u8]> {
    let length = timeout_at(end, stream.peek(buffer)).await??;
    match buffer.get(..length) {
        Some(input) if length > 0 => Ok(input),
        _ => Err(Error::from(ErrorKind::UnexpectedEof)),
    }
}
