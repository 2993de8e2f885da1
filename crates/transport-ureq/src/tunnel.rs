//! Opens a tunnel through an HTTP proxy.
//!
//! ureq has a connector for it, which gives each read of the proxy's response the whole connect
//! timeout.

use std::io::{Error, ErrorKind, Write};

use certcentral_network::{Progress, Proxy, ProxyError};
use ureq::unversioned::transport::{ConnectionDetails, TransportAdapter};

use crate::connector::time_left;

/// Has `proxy`, at the other end of `socket`, connect it to the service.
pub(crate) fn open(
    proxy: &Proxy,
    details: &ConnectionDetails<'_>,
    socket: &mut TransportAdapter,
) -> Result<(), ProxyError> {
    let mut tunnel = proxy.tunnel(details.uri);
    if let Err(error) = socket.write_all(tunnel.request()) {
        return Err(tunnel.end(error));
    }
    loop {
        let mut timeout = time_left(details);
        if let Some(patience) = tunnel.patience() {
            timeout.after = timeout.after.min(patience.into());
        }
        let socket = socket.get_mut();
        match socket.await_input(timeout) {
            Ok(true) => {}
            Ok(false) => return Err(tunnel.end(Error::from(ErrorKind::UnexpectedEof))),
            Err(error) => return Err(tunnel.end(error)),
        }
        let input = socket.buffers().input();
        let length = input.len();
        match tunnel.read(input) {
            Progress::More => socket.buffers().input_consume(length),
            Progress::Open { used } => {
                // What came after it stays in the buffer, for TLS.
                socket.buffers().input_consume(used);
                return Ok(());
            }
            Progress::Failed(error) => return Err(error),
        }
    }
}
