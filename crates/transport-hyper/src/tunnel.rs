//! Opens a tunnel through an HTTP proxy.

use std::{
    io::{Error, ErrorKind, Result as IoResult},
    time::Duration,
};

use certcentral_network::{Progress, Proxy, ProxyError};
use http::Uri;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    time::timeout,
};

/// Has `proxy`, at the other end of `stream`, connect it to `target`.
pub(crate) async fn open(
    proxy: &Proxy,
    target: &Uri,
    stream: &mut TcpStream,
) -> Result<(), ProxyError> {
    let mut tunnel = proxy.tunnel(target);
    if let Err(error) = stream.write_all(tunnel.request()).await {
        return Err(tunnel.end(error));
    }
    let mut buffer = [0; 1024];
    loop {
        let input = match peek(stream, &mut buffer, tunnel.patience()).await {
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
            return Ok(());
        }
    }
}

/// Waits for bytes and returns them without taking them from the socket.
async fn peek<'a>(
    stream: &TcpStream,
    buffer: &'a mut [u8],
    patience: Option<Duration>,
) -> IoResult<&'a [u8]> {
    let peeking = stream.peek(buffer);
    let length = match patience {
        None => peeking.await?,
        Some(patience) => timeout(patience, peeking).await??,
    };
    match buffer.get(..length) {
        Some(input) if length > 0 => Ok(input),
        _ => Err(Error::from(ErrorKind::UnexpectedEof)),
    }
}
