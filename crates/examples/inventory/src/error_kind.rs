//! Errors as one word, to count and to filter by.

use certcentral_transport_hyper::{Error, FailureKind};

/// The kind of a response or a row that cannot be read.
pub(crate) const UNREADABLE: &str = "unreadable_response";

/// The kind of an order that the account does not list any more.
pub(crate) const GONE: &str = "gone";

/// Returns the kind of an error.
pub(crate) fn error_kind(error: &Error) -> String {
    let kind = match error {
        e if e.is_access_denied() => "access_denied",
        e if e.is_not_found() => "not_found",
        e if e.is_rate_limited() => "rate_limited",
        e if e.is_timeout() => "timeout",
        Error::Api(e) => return format!("status_{}", e.status.as_u16()),
        Error::Decode(_) => UNREADABLE,
        Error::Invalid(_) => "invalid_input",
        Error::Transport(e) => match e.kind() {
            FailureKind::Connect => "connect",
            FailureKind::Proxy => "proxy",
            FailureKind::Tls => "tls",
            FailureKind::TooLarge => "too_large",
            FailureKind::Protocol => "malformed_http",
            _ => "closed",
        },
        _ => "other",
    };
    kind.to_owned()
}
