//! Why a proxy opened no tunnel.

use std::{
    error::Error as StdError,
    fmt::{self, Display, Formatter},
    sync::Arc,
};

use certcentral_core::{Failure, FailureKind};
use http::StatusCode;

/// The error of a proxy that opened no tunnel.
#[derive(Clone, Debug)]
pub struct ProxyError {
    proxy: Name,
    cause: Cause,
}

/// How a proxy is named in an error.
#[derive(Clone, Debug, Default)]
pub(crate) struct Name {
    /// `host:port`.
    pub(crate) address: String,
    /// The entries of `NO_PROXY` that are not understood: one of them may have been meant to say
    /// that the proxy is not to be used.
    pub(crate) ignored: Vec<String>,
}

#[derive(Clone, Debug)]
enum Cause {
    Unreachable(Source),
    /// It sent no byte of a response.
    Silent(Source),
    /// It sent no complete response.
    Failed(Source),
    Refused(Box<Refusal>),
    /// Its response to CONNECT was a page, and no TLS came after it.
    Page,
}

type Source = Arc<dyn StdError + Send + Sync>;
type BoxError = Box<dyn StdError + Send + Sync>;

/// A response other than 2xx, fit to be printed.
#[derive(Clone, Debug)]
pub(crate) struct Refusal {
    pub(crate) status: StatusCode,
    /// The response's own reason phrase, or the usual one.
    pub(crate) reason: String,
    /// The text of its body, or the beginning of it.
    pub(crate) text: String,
    /// The authentication schemes that it offers.
    pub(crate) schemes: Vec<String>,
    /// Whether the request had a user and password.
    pub(crate) had_credentials: bool,
}

impl ProxyError {
    pub(crate) fn unreachable(proxy: Name, source: impl Into<BoxError>) -> Self {
        Self { proxy, cause: Cause::Unreachable(source.into().into()) }
    }

    pub(crate) fn failed(proxy: Name, source: impl Into<BoxError>) -> Self {
        Self { proxy, cause: Cause::Failed(source.into().into()) }
    }

    pub(crate) fn silent(proxy: Name, source: impl Into<BoxError>) -> Self {
        Self { proxy, cause: Cause::Silent(source.into().into()) }
    }

    pub(crate) fn refused(proxy: Name, refusal: Refusal) -> Self {
        Self { proxy, cause: Cause::Refused(refusal.into()) }
    }

    pub(crate) fn page(proxy: Name) -> Self {
        Self { proxy, cause: Cause::Page }
    }

    /// Returns [`FailureKind::Proxy`] for what is final, and [`FailureKind::Connect`] if another
    /// attempt may succeed.
    ///
    /// A refusal is final unless its status is one that proxies give for what passes, or for a name
    /// that they cannot look up. A refused password, above all, must not be tried until the account is
    /// locked.
    pub fn kind(&self) -> FailureKind {
        match &self.cause {
            Cause::Refused(refusal) if !refusal.may_pass() => FailureKind::Proxy,
            Cause::Page => FailureKind::Proxy,
            Cause::Unreachable(_) | Cause::Silent(_) | Cause::Failed(_) | Cause::Refused(_) => {
                FailureKind::Connect
            }
        }
    }
}

impl From<ProxyError> for Failure {
    fn from(error: ProxyError) -> Self {
        let (kind, is_of_proxy) = (error.kind(), !matches!(error.cause, Cause::Refused(_)));
        let failure = Self::new(kind, error);
        if is_of_proxy { failure.of_proxy() } else { failure }
    }
}

impl Display for ProxyError {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Name { address, ignored } = &self.proxy;
        match &self.cause {
            // The source has the reason of these.
            Cause::Unreachable(_) => write!(f, "the proxy {address} cannot be reached"),
            Cause::Silent(_) => write!(
                f,
                "the proxy {address} sent no response; only HTTP proxies are supported, neither \
                 SOCKS nor HTTPS"
            ),
            Cause::Failed(_) => write!(f, "the proxy {address} opened no tunnel"),
            Cause::Refused(refusal) => {
                write!(f, "the proxy {address} refused to open a tunnel: {refusal}")
            }
            Cause::Page => write!(
                f,
                "the proxy {address} is a web server and no proxy: its response to CONNECT has a \
                 body, and opened no tunnel"
            ),
        }?;
        if ignored.is_empty() {
            return Ok(());
        }
        write!(f, "; NO_PROXY has entries that are not understood: {}", ignored.join(", "))
    }
}

impl StdError for ProxyError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match &self.cause {
            Cause::Unreachable(source) | Cause::Silent(source) | Cause::Failed(source) => {
                Some(&**source)
            }
            Cause::Refused(_) | Cause::Page => None,
        }
    }
}

impl Refusal {
    fn may_pass(&self) -> bool {
        matches!(
            self.status,
            // Privoxy says so of a name that it cannot look up; others say 502 or 503.
            StatusCode::NOT_FOUND
                | StatusCode::REQUEST_TIMEOUT
                | StatusCode::TOO_MANY_REQUESTS
                | StatusCode::INTERNAL_SERVER_ERROR
                | StatusCode::BAD_GATEWAY
                | StatusCode::SERVICE_UNAVAILABLE
                | StatusCode::GATEWAY_TIMEOUT
        )
    }
}

impl Display for Refusal {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.status.as_str(), self.reason)?;
        if !self.text.is_empty() {
            write!(f, " (\"{}\")", self.text)?;
        }
        if self.status != StatusCode::PROXY_AUTHENTICATION_REQUIRED {
            return Ok(());
        }
        let offers_basic = self.schemes.iter().any(|scheme| scheme.eq_ignore_ascii_case("basic"));
        if !self.schemes.is_empty() && !offers_basic {
            let schemes = self.schemes.join(", ");
            return write!(f, "; it offers {schemes}, and only Basic is supported");
        }
        if !self.schemes.is_empty() {
            write!(f, "; it offers {}", self.schemes.join(", "))?;
        }
        f.write_str(if self.had_credentials {
            "; check the user and password in its URL"
        } else {
            "; put a user and password in its URL"
        })
    }
}
