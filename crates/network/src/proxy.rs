//! An HTTP proxy: where it is, and which hosts are reached through it.

use std::{
    env::{self, VarError},
    error::Error as StdError,
    fmt::{self, Debug, Formatter},
    net::Ipv6Addr,
};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use certcentral_core::InvalidInputError;
use http::{HeaderValue, Uri, uri::Scheme};
use percent_encoding::percent_decode_str;

use crate::{
    no_proxy::NoProxy,
    proxy_error::{Name, ProxyError},
    tunnel::Tunnel,
    without_brackets,
};

/// An HTTP proxy that is asked for a tunnel to the service.
#[derive(Clone)]
pub struct Proxy {
    /// `http://host:port`.
    uri: Uri,
    /// The `Proxy-Authorization` header, for the proxy alone.
    credentials: Option<HeaderValue>,
    user_agent: Option<HeaderValue>,
    exempt: NoProxy,
}

impl Proxy {
    /// Parses `http://[user:password@]host[:port]`. The port is 80 unless given. Special characters
    /// in the user and password are percent-encoded.
    ///
    /// # Errors
    ///
    /// [`InvalidInputError`] if the URL is anything else. The message never shows the URL, which may hold
    /// a password.
    pub fn parse(url: &str) -> Result<Self, InvalidInputError> {
        parse("the proxy's URL", url)
    }

    /// Returns the proxy that the environment names, if any: see
    /// [`ClientBuilder::proxy_from_env`](crate::ClientBuilder::proxy_from_env).
    ///
    /// # Errors
    ///
    /// [`InvalidInputError`] if the variable does not hold a proxy URL.
    pub fn from_env() -> Result<Option<Self>, InvalidInputError> {
        let Some((name, url)) =
            first_set(&["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"])?
        else {
            return Ok(None);
        };
        // By custom, a variable may name only the host.
        let url = if url.contains("://") { url } else { format!("http://{url}") };
        let proxy = parse(&format!("the variable {name}"), &url)?;
        let Some((name, hosts)) = first_set(&["NO_PROXY", "no_proxy"])? else {
            return Ok(Some(proxy));
        };
        let exempt = NoProxy::parse(&hosts);
        #[cfg(feature = "tracing")]
        for entry in &exempt.ignored {
            tracing::warn!(variable = name, entry, "an entry is not understood, and ignored");
        }
        #[cfg(not(feature = "tracing"))]
        let _ = name;
        Ok(Some(Self { exempt, ..proxy }))
    }

    /// Sets the `User-Agent` that the proxy is sent.
    #[must_use]
    pub fn with_user_agent(self, user_agent: Option<HeaderValue>) -> Self {
        Self { user_agent, ..self }
    }

    /// Returns the proxy's own address, `http://host:port`.
    pub fn uri(&self) -> &Uri {
        &self.uri
    }

    /// Returns whether `target` is reached through the proxy. An `http` URL never is, because the
    /// proxy would see the API key.
    pub fn applies_to(&self, target: &Uri) -> bool {
        let (host, port) = host_and_port(target);
        target.scheme() == Some(&Scheme::HTTPS) && !self.exempt.matches(host, port)
    }

    /// Prepares a tunnel to `target`.
    pub fn tunnel(&self, target: &Uri) -> Tunnel {
        let (host, port) = host_and_port(target);
        let mut request =
            format!("CONNECT {host}:{port} HTTP/1.1\r\nHost: {host}:{port}\r\n").into_bytes();
        let headers =
            [("User-Agent", &self.user_agent), ("Proxy-Authorization", &self.credentials)];
        for (name, value) in headers {
            if let Some(value) = value {
                request.extend([name.as_bytes(), b": ", value.as_bytes(), b"\r\n"].concat());
            }
        }
        request.extend(b"\r\n");
        Tunnel::new(self.name(), request, self.credentials.clone())
    }

    /// Returns the error for a proxy that cannot be reached.
    pub fn unreachable(&self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> ProxyError {
        ProxyError::unreachable(self.name(), source)
    }

    fn name(&self) -> Name {
        let address = self.uri.authority().map(ToString::to_string).unwrap_or_default();
        Name { address, ignored: self.exempt.ignored.clone() }
    }
}

impl Debug for Proxy {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.debug_struct("Proxy").field("uri", &self.uri).finish_non_exhaustive()
    }
}

fn host_and_port(target: &Uri) -> (&str, u16) {
    (target.host().unwrap_or_default(), target.port_u16().unwrap_or(443))
}

fn parse(what: &str, url: &str) -> Result<Proxy, InvalidInputError> {
    let refuse = |why| {
        InvalidInputError::new(format!(
            "{what} {why}; give one like http://user:password@proxy.example:3128"
        ))
    };
    let url = url.trim();
    let uri: Uri = url.parse().map_err(|_| {
        refuse("is not a URL (percent-encode special characters in the user and password)")
    })?;
    let authority = uri.authority().map_or("", |authority| authority.as_str());
    if uri.scheme_str().is_some_and(|scheme| scheme.starts_with("socks")) {
        return Err(refuse("is that of a SOCKS proxy; only HTTP proxies are supported"));
    }
    if uri.scheme() != Some(&Scheme::HTTP) {
        return Err(refuse("is not http, the only supported kind of proxy"));
    }
    // One of `/`, `?` and `#` ends what is taken for the host.
    if url.matches('@').count() > 1 || url.contains('@') && !authority.contains('@') {
        return Err(refuse(
            "has a special character in the user or password; percent-encode it (%40 for @)",
        ));
    }
    let Some(host) = uri.host().filter(|host| !host.is_empty()) else {
        return Err(refuse("has no host"));
    };
    let bare = without_brackets(host);
    if bare != host && bare.parse::<Ipv6Addr>().is_err() {
        return Err(refuse("has no IPv6 address in its brackets"));
    }
    let port = uri.port_u16().unwrap_or(80);
    if (!authority.ends_with(host) && uri.port_u16().is_none()) || port == 0 {
        return Err(refuse("has an invalid port"));
    }
    if uri.path() != "/" || uri.query().is_some() || url.contains('#') {
        return Err(refuse("has a path, a query or a fragment"));
    }
    let credentials = match authority.split_once('@') {
        None => None,
        Some((given, _)) => Some(basic(given).ok_or_else(|| {
            refuse("has a colon in the user, or a control character in the user or password")
        })?),
    };
    let uri =
        format!("http://{host}:{port}").parse().map_err(|_| refuse("has an unusable host"))?;
    Ok(Proxy { uri, credentials, user_agent: None, exempt: NoProxy::default() })
}

/// Encodes a percent-encoded `user[:password]` as RFC 7617 does, if it can.
fn basic(given: &str) -> Option<HeaderValue> {
    let (user, password) = given.split_once(':').unwrap_or((given, ""));
    let [user, password] =
        [user, password].map(|part| percent_decode_str(part).collect::<Vec<u8>>());
    if user.contains(&b':') || user.iter().chain(&password).any(u8::is_ascii_control) {
        return None;
    }
    let encoded = BASE64_STANDARD.encode([&user[..], b":", &password].concat());
    let mut value = HeaderValue::try_from(format!("Basic {encoded}")).ok()?;
    value.set_sensitive(true);
    Some(value)
}

/// Returns the first of the variables that is set and not empty.
fn first_set<'a>(names: &[&'a str]) -> Result<Option<(&'a str, String)>, InvalidInputError> {
    for name in names {
        match env::var(name) {
            Ok(value) if value.trim().is_empty() => {}
            Ok(value) => return Ok(Some((name, value.trim().to_owned()))),
            Err(VarError::NotPresent) => {}
            Err(VarError::NotUnicode(_)) => {
                return Err(InvalidInputError::new(format!(
                    "the variable {name} is not Unicode text"
                )));
            }
        }
    }
    Ok(None)
}
