//! How an HTTP proxy is asked for a tunnel.

use bytes::Bytes;
use http::{
    Request, Uri,
    header::{HOST, PROXY_AUTHORIZATION},
};
use http_body_util::Empty;
use hyper::{client::conn::http1, upgrade};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use super::proxy::{Obstacle, Proxy};
use crate::BoxError;

/// Has `proxy`, at the other end of `stream`, connect it to `target`.
pub(crate) async fn open(
    proxy: &Proxy,
    target: &Uri,
    stream: TokioIo<TcpStream>,
) -> Result<TokioIo<TcpStream>, Obstacle> {
    let answer = ask(proxy, target, stream).await.map_err(|e| proxy.failed(e))?;
    if !answer.status().is_success() {
        return Err(proxy.refused(answer.status()));
    }
    let upgraded = upgrade::on(answer).await.map_err(|e| proxy.failed(e))?;
    // What came already is lost; TLS begins with the client.
    let parts = upgraded.downcast().map_err(|_| proxy.failed("the tunnel is not TCP"))?;
    Ok(parts.io)
}

async fn ask(
    proxy: &Proxy,
    target: &Uri,
    stream: TokioIo<TcpStream>,
) -> Result<http::Response<hyper::body::Incoming>, BoxError> {
    let address = Proxy::destination(target);
    let mut request = Request::connect(&address).header(HOST, &address);
    if let Some(credentials) = &proxy.credentials {
        request = request.header(PROXY_AUTHORIZATION, credentials);
    }
    let (mut sender, connection) = http1::handshake(stream).await?;
    tokio::spawn(connection.with_upgrades());
    Ok(sender.send_request(request.body(Empty::<Bytes>::new())?).await?)
}
