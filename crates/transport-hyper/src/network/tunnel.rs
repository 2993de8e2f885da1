//! How an HTTP proxy is asked for a tunnel, and what goes through it.

use std::{
    error::Error as StdError,
    fmt::{self, Display, Formatter},
    sync::Arc,
};

use bytes::Bytes;
use certcentral_core::InvalidInput;
use http::{
    Request, StatusCode, Uri,
    header::{HOST, PROXY_AUTHORIZATION},
};
use http_body_util::Empty;
use hyper::{client::conn::http1, upgrade};
use hyper_util::{
    client::proxy::matcher::{Intercept, Matcher},
    rt::TokioIo,
};
use tokio::net::TcpStream;

use super::proxy::Proxy;
use crate::BoxError;

/// The targets that are reached through a proxy. `Debug` shows no credentials.
#[derive(Clone, Debug)]
pub(crate) struct Detour(Arc<Matcher>);

impl Detour {
    /// Through `proxy` to `https` alone: to `http`, the key would travel in clear.
    pub(crate) fn through(Proxy { url, exempt }: &Proxy) -> Result<Self, InvalidInput> {
        // A matcher leaves out what it cannot read.
        let anywhere = Uri::from_static("https://service.example");
        if Matcher::builder().https(url.as_str()).build().intercept(&anywhere).is_none() {
            return Err(InvalidInput::new("the proxy's URL cannot be used"));
        }
        let matcher = Matcher::builder().https(url.as_str()).no(exempt.as_str()).build();
        Ok(Self(Arc::new(matcher)))
    }

    /// The next hop to `target`, if it is the proxy.
    pub(crate) fn on_the_way_to(&self, target: &Uri) -> Option<Hop> {
        self.0.intercept(target).map(Hop)
    }
}

/// A proxy on the way to one target.
pub(crate) struct Hop(Intercept);

impl Hop {
    pub(crate) fn uri(&self) -> &Uri {
        self.0.uri()
    }

    /// Makes the proxy at the other end of `stream` connect it to `target`.
    pub(crate) async fn tunnel(
        &self,
        stream: TokioIo<TcpStream>,
        target: &Uri,
    ) -> Result<TokioIo<TcpStream>, BoxError> {
        let answered = self.ask(stream, target).await;
        let upgraded = answered.map_err(|e| self.failed("opened no tunnel", e))?;
        // What came already is lost; TLS begins with the client.
        let parts = upgraded.downcast().map_err(|_| self.failed("opened no tunnel", "not TCP"))?;
        Ok(parts.io)
    }

    /// An error that says which proxy it was, without the credentials in its URL.
    pub(crate) fn failed(&self, what: &str, source: impl Into<BoxError>) -> BoxError {
        let proxy = self.uri().authority().map_or("", |authority| authority.as_str());
        ProxyError { message: format!("the proxy {proxy} {what}"), source: source.into() }.into()
    }

    async fn ask(
        &self,
        stream: TokioIo<TcpStream>,
        target: &Uri,
    ) -> Result<upgrade::Upgraded, BoxError> {
        let host = target.host().unwrap_or_default();
        let address = format!("{host}:{}", target.port_u16().unwrap_or(443));
        let mut request = Request::connect(&address).header(HOST, &address);
        if let Some(credentials) = self.0.basic_auth() {
            request = request.header(PROXY_AUTHORIZATION, credentials);
        }
        let (mut proxy, connection) = http1::handshake(stream).await?;
        tokio::spawn(connection.with_upgrades());
        let answer = proxy.send_request(request.body(Empty::<Bytes>::new())?).await?;
        match answer.status() {
            status if status.is_success() => Ok(upgrade::on(answer).await?),
            status @ StatusCode::PROXY_AUTHENTICATION_REQUIRED => {
                Err(format!("it answered {status}; check the user and password in its URL").into())
            }
            status => Err(format!("it answered {status}").into()),
        }
    }
}

#[derive(Debug)]
struct ProxyError {
    message: String,
    source: BoxError,
}

impl Display for ProxyError {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl StdError for ProxyError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        Some(&*self.source)
    }
}
