//! Why a proxy opened no tunnel.

use std::{
    error::Error as StdError,
    fmt::{self, Display, Formatter},
};

use certcentral_core::FailureKind;
use http::StatusCode;

/// The error of a proxy that opened no tunnel.
#[derive(Debug)]
pub struct ProxyError {
    /// `host:port`.
    proxy: String,
    cause: Cause,
}

#[derive(Debug)]
enum Cause {
    /// The proxy cannot be reached, or sent no complete response.
    Failed(Box<dyn StdError + Send + Sync>),
    Refused(Refusal),
}

/// A response other than 2xx, fit to be printed.
#[derive(Debug)]
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
    pub(crate) fn failed(
        proxy: String,
        source: impl Into<Box<dyn StdError + Send + Sync>>,
    ) -> Self {
        Self { proxy, cause: Cause::Failed(source.into()) }
    }

    pub(crate) fn refused(proxy: String, refusal: Refusal) -> Self {
        Self { proxy, cause: Cause::Refused(refusal) }
    }

    /// Returns [`FailureKind::Proxy`] for a final refusal, and [`FailureKind::Connect`] if another
    /// attempt may succeed.
    ///
    /// A refusal is final unless its status is 408, 429 or 5xx. A refused password, above all, must
    /// not be tried until the account is locked.
    pub fn kind(&self) -> FailureKind {
        match &self.cause {
            Cause::Refused(refusal) if !refusal.may_pass() => FailureKind::Proxy,
            Cause::Refused(_) | Cause::Failed(_) => FailureKind::Connect,
        }
    }
}

impl Display for ProxyError {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match &self.cause {
            // The source has the reason.
            Cause::Failed(_) => write!(f, "the proxy {} opened no tunnel", self.proxy),
            Cause::Refused(refusal) => {
                write!(f, "the proxy {} refused to open a tunnel: {refusal}", self.proxy)
            }
        }
    }
}

impl StdError for ProxyError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match &self.cause {
            Cause::Failed(source) => Some(&**source),
            Cause::Refused(_) => None,
        }
    }
}

impl Refusal {
    fn may_pass(&self) -> bool {
        matches!(self.status, StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_MANY_REQUESTS)
            || self.status.is_server_error()
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
