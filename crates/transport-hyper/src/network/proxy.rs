//! An HTTP proxy: where it is, what goes through it, and how it is asked for a tunnel.

use std::{
    env::{self, VarError},
    error::Error as StdError,
    fmt::{self, Display, Formatter},
    sync::Arc,
};

use bytes::Bytes;
use certcentral_core::InvalidInput;
use http::{
    Request, StatusCode, Uri,
    header::{HOST, PROXY_AUTHORIZATION},
    uri::Scheme,
};
use http_body_util::Empty;
use hyper::{client::conn::http1, upgrade};
use hyper_util::{
    client::proxy::matcher::{Intercept, Matcher},
    rt::TokioIo,
};
use tokio::net::TcpStream;

use crate::BoxError;

/// A proxy, and the hosts that are reached without it. `Debug` shows no credentials.
#[derive(Clone, Debug)]
pub(crate) struct Proxy(Arc<Matcher>);

impl Proxy {
    /// The proxy at `http://[user:password@]host[:port]`, for every host.
    pub(crate) fn at(url: &str) -> Result<Self, InvalidInput> {
        Self::read("the proxy's URL", url, String::new())
    }

    /// The proxy that the environment names, if it names one.
    pub(crate) fn from_env() -> Result<Option<Self>, InvalidInput> {
        let Some((name, url)) =
            first_set(&["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"])?
        else {
            return Ok(None);
        };
        // As everywhere, a variable may name the host alone.
        let url = if url.contains("://") { url } else { format!("http://{url}") };
        let exempt = first_set(&["NO_PROXY", "no_proxy"])?.map(|(_, hosts)| hosts);
        Self::read(&format!("the variable {name}"), &url, exempt.unwrap_or_default()).map(Some)
    }

    /// The next hop to `target`, if it is this proxy.
    ///
    /// Never on the way to `http`, where the key would travel through the proxy in clear.
    pub(crate) fn on_the_way_to(&self, target: &Uri) -> Option<Hop> {
        self.0.intercept(target).map(Hop)
    }

    /// The messages never repeat the URL, which may hold a password.
    fn read(what: &str, url: &str, exempt: String) -> Result<Self, InvalidInput> {
        let refuse = |why| {
            InvalidInput::new(format!(
                "{what} {why}; give one like http://user:password@proxy.example:3128"
            ))
        };
        let uri: Uri = url.parse().map_err(|_| {
            refuse("is not a URL (in a user or password, percent-encode what is special)")
        })?;
        let authority = uri.authority().map_or("", |authority| authority.as_str());
        if uri.scheme() != Some(&Scheme::HTTP) {
            return Err(refuse("is not http, the one kind of proxy that is spoken to"));
        }
        let Some(host) = uri.host().filter(|host| !host.is_empty()) else {
            return Err(refuse("has no host"));
        };
        if authority.matches('@').count() > 1 {
            return Err(refuse("has an @ in its user or password, which is written %40"));
        }
        if !authority.ends_with(host) && uri.port_u16().is_none_or(|port| port == 0) {
            return Err(refuse("has a port that is no port number"));
        }
        if uri.path() != "/" || uri.query().is_some() || url.contains('#') {
            return Err(refuse("has a path, a query or a fragment"));
        }
        // For `https` alone.
        Ok(Self(Arc::new(Matcher::builder().https(url).no(exempt).build())))
    }
}

/// The first of the variables that is set and not empty.
fn first_set<'a>(names: &[&'a str]) -> Result<Option<(&'a str, String)>, InvalidInput> {
    for name in names {
        match env::var(name) {
            Ok(value) if value.trim().is_empty() => {}
            Ok(value) => return Ok(Some((name, value.trim().to_owned()))),
            Err(VarError::NotPresent) => {}
            Err(VarError::NotUnicode(_)) => {
                return Err(InvalidInput::new(format!("the variable {name} is not Unicode text")));
            }
        }
    }
    Ok(None)
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
