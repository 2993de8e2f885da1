//! How an HTTP proxy is asked for a tunnel.
//!
//! ureq has a connector for it, which gives each single read of the proxy's answer the whole time to
//! connect.

use std::io::{Error, ErrorKind, Read, Write};

use http::{StatusCode, Uri};
use ureq::unversioned::transport::TransportAdapter;

use super::proxy::{Obstacle, Proxy};

/// An answer's head is no longer than this.
const LONGEST_HEAD: usize = 16 * 1024;

/// Has `proxy`, at the other end of `socket`, connect it to `target`.
pub(crate) fn open(
    proxy: &Proxy,
    target: &Uri,
    socket: &mut TransportAdapter,
) -> Result<(), Obstacle> {
    let address = Proxy::destination(target);
    let mut request = format!("CONNECT {address} HTTP/1.1\r\nHost: {address}\r\n").into_bytes();
    if let Some(credentials) = &proxy.credentials {
        request.extend([b"Proxy-Authorization: ", credentials.as_bytes(), b"\r\n"].concat());
    }
    request.extend(b"\r\n");
    let answered = socket.write_all(&request).and_then(|()| answer(socket));
    match answered.map_err(|e| proxy.failed(e))? {
        status if status.is_success() => Ok(()),
        status => Err(proxy.refused(status)),
    }
}

/// The status of an answer, read up to the end of its head: what follows is the target's.
fn answer(socket: &mut TransportAdapter) -> Result<StatusCode, Error> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        if head.len() == LONGEST_HEAD {
            return Err(Error::new(ErrorKind::InvalidData, "the answer's head has no end"));
        }
        let byte = &mut [0];
        socket.read_exact(byte)?;
        head.extend_from_slice(byte);
    }
    // `HTTP/1.1 200 Connection established`
    let line = head.split(|&byte| byte == b'\r').next().unwrap_or_default();
    let mut words = line.split(|&byte| byte == b' ');
    let is_http = matches!(words.next(), Some(b"HTTP/1.1" | b"HTTP/1.0"));
    let status = words.next().and_then(|word| StatusCode::from_bytes(word).ok());
    status
        .filter(|_| is_http)
        .ok_or_else(|| Error::new(ErrorKind::InvalidData, "the answer is not HTTP"))
}
