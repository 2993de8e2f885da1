//! Where the service is.

use std::{
    borrow::Cow,
    fmt::{self, Debug, Display, Formatter},
    net::{IpAddr, Ipv6Addr},
    str::FromStr,
};

use bytes::Bytes;
use form_urlencoded::Serializer;
use http::{
    Uri,
    uri::{Authority, PathAndQuery, Scheme},
};

use crate::error::{Error, InvalidInputError};

/// A region in which DigiCert runs CertCentral, written `us` or `eu`.
///
/// ```
/// use certcentral_core::Region;
///
/// assert_eq!("eu".parse::<Region>()?, Region::Eu);
/// assert_eq!(Region::default().to_string(), "us");
/// # Ok::<(), certcentral_core::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Region {
    /// Europe: `https://certcentral.digicert.eu/services/v2`.
    Eu,
    /// The United States: `https://www.digicert.com/services/v2`.
    #[default]
    Us,
}

impl Region {
    pub(crate) fn url(self) -> &'static str {
        match self {
            Self::Eu => "https://certcentral.digicert.eu/services/v2",
            Self::Us => "https://www.digicert.com/services/v2",
        }
    }
}

/// The URL below which every endpoint lies, such as `https://www.digicert.com/services/v2`.
///
/// The key is sent there, so it must be `https`. `http` is accepted for loopback addresses only,
/// for tests.
///
/// ```
/// use certcentral_core::{BaseUrl, Region};
///
/// assert_eq!(
///     BaseUrl::from(Region::Eu),
///     BaseUrl::parse("https://certcentral.digicert.eu/services/v2/")?,
/// );
/// assert!(BaseUrl::parse("http://www.digicert.com/services/v2").is_err());
/// # Ok::<(), certcentral_core::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct BaseUrl(Uri);

impl BaseUrl {
    /// Reads a URL, with or without a trailing `/` or white space around it.
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`] if it is not `https://host[:port][/path]` (`http` for `localhost`,
    /// `127.0.0.0/8` and `[::1]`), or has user information, a query, a fragment, or a path with
    /// `.` or `..` in it. The message never quotes the URL, which may hold secrets.
    pub fn parse(url: &str) -> Result<Self, Error> {
        let url = url.trim();
        let uri: Uri = match url.trim_end_matches('/').parse() {
            Ok(uri) if url.is_ascii() && !url.contains(['?', '#', '@']) => uri,
            Ok(_) => {
                return Err(refuse(
                    "has user information, a query, a fragment or a character that is not ASCII",
                ));
            }
            Err(_) => return Err(refuse("is not a URL")),
        };
        // `https://` alone is read as a host with a port.
        let is_scheme = uri.scheme().is_none() && url.ends_with("://");
        let Some(host) = uri.host().filter(|host| !host.is_empty() && !is_scheme) else {
            return Err(refuse("has no host"));
        };
        if host.starts_with('[') && bare(host).parse::<Ipv6Addr>().is_err() {
            return Err(refuse("has brackets around what is no IPv6 address"));
        }
        let port_given = uri.authority().is_some_and(|authority| authority.as_str() != host);
        if port_given && uri.port_u16().is_none_or(|port| port == 0) {
            return Err(refuse("has a port that is no port number"));
        }
        if uri.scheme() != Some(&Scheme::HTTPS)
            && !(uri.scheme() == Some(&Scheme::HTTP) && is_loopback(host))
        {
            return Err(refuse("is not https, and would send the key in clear"));
        }
        if has_dot_segment(uri.path()) {
            return Err(refuse("has `.` or `..` in its path"));
        }
        Ok(Self(uri))
    }

    /// Returns the URL of `path` and `query` below this one.
    pub(crate) fn join(
        &self,
        path: &str,
        query: &[(Cow<'static, str>, String)],
    ) -> Result<Uri, InvalidInputError> {
        let base = self.0.path();
        let base = base.strip_suffix('/').unwrap_or(base);
        if !path.starts_with('/')
            || path.starts_with("//")
            || path.contains(['?', '#'])
            || !path.is_ascii()
            || has_dot_segment(path)
        {
            return Err(InvalidInputError::new(
                "the endpoint's path must start with one `/`, stay below the base URL, be \
                 percent-encoded and have no query or fragment; `Endpoint::query` makes a query",
            ));
        }
        let mut path = [base, path].concat();
        if !query.is_empty() {
            path.push('?');
            let start = path.len();
            path = Serializer::for_suffix(path, start).extend_pairs(query).finish();
        }
        let mut parts = self.0.clone().into_parts();
        parts.path_and_query =
            Some(PathAndQuery::from_maybe_shared(Bytes::from(path)).map_err(|e| {
                InvalidInputError::with_source("the endpoint's path is not percent-encoded", e)
            })?);
        Uri::from_parts(parts)
            .map_err(|e| InvalidInputError::with_source("the endpoint's URL is not valid", e))
    }
}

/// Writes a URL that [`BaseUrl::join`] returned, in one piece; `to_string` would write it in four.
pub(crate) fn text_of(url: &Uri) -> String {
    let scheme = url.scheme_str().unwrap_or_default();
    let authority = url.authority().map_or("", Authority::as_str);
    let path = url.path_and_query().map_or("", PathAndQuery::as_str);
    [scheme, "://", authority, path].concat()
}

impl Default for BaseUrl {
    fn default() -> Self {
        Region::default().into()
    }
}

impl From<Region> for BaseUrl {
    fn from(region: Region) -> Self {
        Self(Uri::from_static(region.url()))
    }
}

impl TryFrom<&str> for BaseUrl {
    type Error = Error;

    fn try_from(url: &str) -> Result<Self, Error> {
        Self::parse(url)
    }
}

impl TryFrom<String> for BaseUrl {
    type Error = Error;

    fn try_from(url: String) -> Result<Self, Error> {
        Self::parse(&url)
    }
}

impl FromStr for Region {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self, Error> {
        let named = |region: &Self| region.to_string().eq_ignore_ascii_case(name.trim());
        [Self::Eu, Self::Us]
            .into_iter()
            .find(named)
            .ok_or_else(|| InvalidInputError::new("a region is `us` or `eu`").into())
    }
}

impl Display for Region {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Eu => "eu",
            Self::Us => "us",
        })
    }
}

impl Display for BaseUrl {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.to_string().trim_end_matches('/'))
    }
}

impl Debug for BaseUrl {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "BaseUrl({self})")
    }
}

fn refuse(what: &str) -> Error {
    InvalidInputError::new(format!(
        "the base URL {what}; give one like https://www.digicert.com/services/v2 (http only for loopback)"
    ))
    .into()
}

/// An address without the brackets that a URL puts around IPv6.
fn bare(host: &str) -> &str {
    host.trim_start_matches('[').trim_end_matches(']')
}

fn is_loopback(host: &str) -> bool {
    host.eq_ignore_ascii_case("localhost")
        || bare(host).parse().is_ok_and(|address: IpAddr| address.is_loopback())
}

/// Whether a client or server on the way could read part of `path` as "one level up".
fn has_dot_segment(path: &str) -> bool {
    let mut segments = path.as_bytes().split(|byte| *byte == b'/').filter_map(after_dot);
    segments.any(|rest| rest.is_empty() || after_dot(rest).is_some_and(<[u8]>::is_empty))
}

/// What follows the dot that `text` begins with.
fn after_dot(text: &[u8]) -> Option<&[u8]> {
    match text {
        [b'.', rest @ ..] | [b'%', b'2', b'e' | b'E', rest @ ..] => Some(rest),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_regions_are_as_documented() {
        assert_eq!(BaseUrl::default().to_string(), "https://www.digicert.com/services/v2");
        assert_eq!(
            BaseUrl::from(Region::Eu).to_string(),
            "https://certcentral.digicert.eu/services/v2"
        );
    }

    #[test]
    fn good_addresses_are_read() {
        for (given, read) in [
            ("https://www.digicert.com/services/v2", "https://www.digicert.com/services/v2"),
            ("https://www.digicert.com/services/v2//", "https://www.digicert.com/services/v2"),
            ("HTTPS://example.com", "https://example.com"),
            ("https://example.com:8443/a/b/", "https://example.com:8443/a/b"),
            (" https://example.com/x/\r\n", "https://example.com/x"),
            ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
            ("http://127.9.9.9", "http://127.9.9.9"),
            ("http://[::1]:80/x", "http://[::1]:80/x"),
            ("http://LOCALHOST", "http://LOCALHOST"),
        ] {
            assert_eq!(BaseUrl::parse(given).unwrap().to_string(), read);
        }
    }

    #[test]
    fn bad_addresses_are_refused_and_not_repeated() {
        for bad in [
            "",
            "/",
            "www.digicert.com",
            "example.com/x",
            "ftp://example.com",
            "https://",
            "https:///x",
            "http://example.com",
            "http://127.0.0.1.example.com",
            "http://localhost.example.com",
            "http://[::2]",
            "http://10.0.0.1",
            "https://secret@example.com",
            "https://u:secret@example.com/",
            "https://example.com?secret",
            "https://example.com/?",
            "https://example.com/#secret",
            "https://example.com:0",
            "https://example.com:",
            "https://example.com:99999",
            "https://example.com:x",
            "https://example.com/a/../b",
            "https://example.com/%2E%2e/b",
            "https://exa mple.com",
            "https://example.com\nx",
        ] {
            let error = BaseUrl::parse(bad).expect_err(bad).to_string();
            assert!(error.contains("the base URL") && !error.contains("secret"), "{bad}: {error}");
        }
    }

    #[test]
    fn paths_stay_below_the_base() {
        let base = BaseUrl::parse("https://example.com/services/v2/").unwrap();
        assert_eq!(base.join("/order/1", &[]).unwrap(), "https://example.com/services/v2/order/1");
        assert_eq!(
            BaseUrl::parse("https://example.com").unwrap().join("/x", &[]).unwrap(),
            "https://example.com/x"
        );
        for bad in [
            "",
            "x",
            "//x",
            "/x/../../y",
            "/%2e%2E/y",
            "/.",
            "/x#y",
            "/x?y=z",
            "/a b",
            "/é",
            &"/x".repeat(40_000),
        ] {
            base.join(bad, &[]).expect_err(bad);
        }
    }

    #[test]
    fn a_query_is_encoded() {
        let base = BaseUrl::parse("https://example.com").unwrap();
        let pair = |name: &'static str, value: &str| (name.into(), value.to_owned());
        let query = [pair("filters[next]", "/../é?&="), pair("empty", "")];
        assert_eq!(
            base.join("/x", &query).unwrap(),
            "https://example.com/x?filters%5Bnext%5D=%2F..%2F%C3%A9%3F%26%3D&empty="
        );
    }
}
