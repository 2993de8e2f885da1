//! Where an HTTP proxy is, and which hosts are reached without it.
//!
//! One file for both transports, so that they mean the same; the async one has a link to it.

use std::{
    env::{self, VarError},
    fmt::{self, Debug, Formatter},
};

use certcentral_core::InvalidInput;
use http::{Uri, uri::Scheme};

/// A proxy to be asked for a tunnel to the service.
#[derive(Clone)]
pub(crate) struct Proxy {
    /// `http://[user:password@]host[:port]`.
    pub(crate) url: String,
    /// The hosts that are reached without it, as in `NO_PROXY`.
    pub(crate) exempt: String,
}

impl Proxy {
    /// The proxy at `url`, for every host.
    pub(crate) fn at(url: &str) -> Result<Self, InvalidInput> {
        check("the proxy's URL", url)?;
        Ok(Self { url: url.to_owned(), exempt: String::new() })
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
        check(&format!("the variable {name}"), &url)?;
        let exempt = first_set(&["NO_PROXY", "no_proxy"])?.map(|(_, hosts)| hosts);
        Ok(Some(Self { url, exempt: exempt.unwrap_or_default() }))
    }
}

impl Debug for Proxy {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        // Without the URL, which may hold a password.
        f.debug_struct("Proxy").field("exempt", &self.exempt).finish_non_exhaustive()
    }
}

/// The messages never repeat the URL, which may hold a password.
fn check(what: &str, url: &str) -> Result<(), InvalidInput> {
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
    Ok(())
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
