//! Opens a tunnel through an HTTP proxy.
//!
//! ureq has a connector for it, which gives each read of the proxy's response the whole connect
//! timeout.

use std::io::{Error, ErrorKind, Read as _, Write as _};

use certcentral_network::{Progress, Proxy, ProxyError, Tunnel};
use http::Uri;

use crate::{deadline::Deadline, socket::Socket};

/// Has `proxy`, at the other end of `socket`, connect it to the host of `target`.
pub(crate) fn open(
    proxy: &Proxy,
    target: &Uri,
    socket: &mut Socket,
    deadline: Deadline,
) -> Result<Tunnel, ProxyError> {
    let mut tunnel = proxy.tunnel(target);
    if let Err(error) = socket.write_all(tunnel.request()) {
        return Err(tunnel.end(error));
    }
    let buffer = &mut [0; 4096];
    let mut end_of_patience = None;
    loop {
        socket.set_deadline(end_of_patience.unwrap_or(deadline));
        // What comes through the tunnel stays in the socket, for TLS.
        let bytes = match socket.peek(buffer) {
            Ok(0) => return Err(tunnel.end(Error::from(ErrorKind::UnexpectedEof))),
            Ok(amount) => buffer.get_mut(..amount).unwrap_or_default(),
            Err(error) => return Err(tunnel.end(error)),
        };
        let (used, is_open) = match tunnel.read(bytes) {
            Progress::More => (bytes.len(), false),
            Progress::Open { used } => (used, true),
            Progress::Failed(error) => return Err(error),
        };
        let used = bytes.get_mut(..used).unwrap_or_default();
        if let Err(error) = socket.read_exact(used) {
            return Err(tunnel.end(error));
        }
        if is_open {
            socket.set_deadline(deadline);
            return Ok(tunnel);
        }
        end_of_patience = end_of_patience
            .or_else(|| tunnel.patience().map(|patience| deadline.at_most(patience)));
    }
}
