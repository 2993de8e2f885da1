//! Where an HTTP proxy is, what goes through it, and what its refusals look like.
//!
//! One file for both transports, so that they mean the same; the async one has a link to it.

use std::{
    env::{self, VarError},
    error::Error as StdError,
    fmt::{self, Debug, Display, Formatter},
    net::IpAddr,
};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use certcentral_core::InvalidInputError;
use http::{HeaderValue, StatusCode, Uri, uri::Scheme};
use percent_encoding::percent_decode_str;

/// A proxy that is asked for a tunnel to the service.
#[derive(Clone)]
pub(crate) struct Proxy {
    /// `http://host:port`.
    pub(crate) uri: Uri,
    /// What it is sent as `Proxy-Authorization`, and nobody else.
    pub(crate) credentials: Option<HeaderValue>,
    /// The hosts that are reached without it, as in `NO_PROXY`.
    exempt: String,
}

impl Proxy {
    /// The proxy at `http://[user:password@]host[:port]`, for every host.
    pub(crate) fn at(url: &str) -> Result<Self, InvalidInputError> {
        read("the proxy's URL", url, String::new())
    }

    /// The proxy that the environment names, if it names one.
    pub(crate) fn from_env() -> Result<Option<Self>, InvalidInputError> {
        let Some((name, url)) =
            first_set(&["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"])?
        else {
            return Ok(None);
        };
        // As everywhere, a variable may name the host alone.
        let url = if url.contains("://") { url } else { format!("http://{url}") };
        let exempt = first_set(&["NO_PROXY", "no_proxy"])?.map(|(_, hosts)| hosts);
        read(&format!("the variable {name}"), &url, exempt.unwrap_or_default()).map(Some)
    }

    /// Whether `target` is reached through it. Never `http`, where it would see the key.
    pub(crate) fn is_on_the_way_to(&self, target: &Uri) -> bool {
        let host = target.host().unwrap_or_default();
        target.scheme() == Some(&Scheme::HTTPS)
            && !self.exempt.split(',').any(|entry| is_exempt(host, entry.trim()))
    }

    /// What it is asked to connect to, so that `target` is reached: `host:port`.
    pub(crate) fn destination(target: &Uri) -> String {
        let host = target.host().unwrap_or_default();
        format!("{host}:{}", target.port_u16().unwrap_or(443))
    }

    /// That it cannot be reached, or speaks no HTTP.
    pub(crate) fn failed(&self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Obstacle {
        Obstacle { proxy: self.address(), refusal: None, source: Some(source.into()) }
    }

    /// That it answered something else than 2xx.
    pub(crate) fn refused(&self, status: StatusCode) -> Obstacle {
        Obstacle { proxy: self.address(), refusal: Some(status), source: None }
    }

    fn address(&self) -> String {
        self.uri.authority().map(ToString::to_string).unwrap_or_default()
    }
}

impl Debug for Proxy {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.debug_struct("Proxy").field("uri", &self.uri).finish_non_exhaustive()
    }
}

/// Why a proxy opened no tunnel.
#[derive(Debug)]
pub(crate) struct Obstacle {
    proxy: String,
    refusal: Option<StatusCode>,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

impl Obstacle {
    /// Whether it is a refusal for good, above all of a password, which is not to be tried until
    /// the account is locked. A proxy that is out of reach, or has troubles of its own, may recover.
    pub(crate) fn is_lasting(&self) -> bool {
        self.refusal.is_some_and(|status| !status.is_server_error())
    }
}

impl Display for Obstacle {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "the proxy {} opened no tunnel", self.proxy)?;
        match self.refusal {
            None => Ok(()),
            Some(status @ StatusCode::PROXY_AUTHENTICATION_REQUIRED) => {
                write!(f, ": it answered {status}; check the user and password in its URL")
            }
            Some(status) => write!(f, ": it answered {status}"),
        }
    }
}

impl StdError for Obstacle {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}

/// The messages never repeat the URL, which may hold a password.
fn read(what: &str, url: &str, exempt: String) -> Result<Proxy, InvalidInputError> {
    let refuse = |why| {
        InvalidInputError::new(format!(
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
    let port = uri.port_u16().unwrap_or(80);
    if (!authority.ends_with(host) && uri.port_u16().is_none()) || port == 0 {
        return Err(refuse("has a port that is no port number"));
    }
    if uri.path() != "/" || uri.query().is_some() || url.contains('#') {
        return Err(refuse("has a path, a query or a fragment"));
    }
    let credentials = authority.split_once('@').map(|(given, _)| basic(given));
    let credentials = credentials.transpose().map_err(|_| refuse("has unusable credentials"))?;
    let uri =
        format!("http://{host}:{port}").parse().map_err(|_| refuse("has an unusable host"))?;
    Ok(Proxy { uri, credentials, exempt })
}

/// `user[:password]`, percent-encoded, as RFC 7617 has it.
fn basic(given: &str) -> Result<HeaderValue, http::header::InvalidHeaderValue> {
    let (user, password) = given.split_once(':').unwrap_or((given, ""));
    let mut decoded: Vec<u8> = percent_decode_str(user).collect();
    decoded.push(b':');
    decoded.extend(percent_decode_str(password));
    let mut value = HeaderValue::try_from(format!("Basic {}", BASE64_STANDARD.encode(decoded)))?;
    value.set_sensitive(true);
    Ok(value)
}

/// Whether an entry of `NO_PROXY` means `host`: `*` means all, a name (with `.` or `*.` before it or
/// without) itself and all below it, an address itself. Ranges of addresses are not understood.
fn is_exempt(host: &str, entry: &str) -> bool {
    let bare = |address: &str| -> Option<IpAddr> {
        address.trim_start_matches('[').trim_end_matches(']').parse().ok()
    };
    if let Some(address) = bare(host) {
        return entry == "*" || bare(entry) == Some(address);
    }
    let name = entry.trim_start_matches('*').trim_start_matches('.').to_ascii_lowercase();
    let host = host.to_ascii_lowercase();
    entry == "*"
        || !name.is_empty()
            && host.strip_suffix(&name).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

/// The first of the variables that is set and not empty.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exempt_hosts_are_named_as_everywhere() {
        for (host, entry, exempt) in [
            ("a.example", "a.example", true),
            ("A.Example", "a.EXAMPLE", true),
            ("b.a.example", "a.example", true),
            ("b.a.example", ".a.example", true),
            ("b.a.example", "*.a.example", true),
            ("ba.example", "a.example", false),
            ("a.example", "b.a.example", false),
            ("a.example", "", false),
            ("a.example", ".", false),
            ("a.example", "*", true),
            ("127.0.0.1", "*", true),
            ("127.0.0.1", "127.0.0.1", true),
            ("127.0.0.1", "0.0.1", false),
            ("127.0.0.1", "127.0.0.0/8", false),
            ("[::1]", "::1", true),
            ("[::1]", "[0:0::1]", true),
        ] {
            assert_eq!(is_exempt(host, entry), exempt, "{host} by {entry}");
        }
    }
}
