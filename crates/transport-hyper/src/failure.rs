//! What can go wrong in an exchange, as one of the core's kinds.

mod http2; // what HTTP/2 adds

use std::{
    error::Error,
    io::{self, ErrorKind},
    iter::successors,
    sync::Arc,
    time::Instant,
};

use certcentral_core::{Failure, FailureKind};
use certcentral_network::{ProxyError, TlsError};
use hyper_util::client::legacy;
use tokio::time::error::Elapsed;

use crate::{
    BoxError,
    connection_notes::{ConnectionNotes, Violation},
};

type Link<'a> = &'a (dyn Error + 'static);

/// What ended an exchange.
pub(crate) struct Failed {
    pub(crate) failure: Failure,
    /// The connection that it was on, if that is known.
    pub(crate) notes: Option<Arc<ConnectionNotes>>,
}

impl From<Failure> for Failed {
    fn from(failure: Failure) -> Self {
        Self { failure, notes: None }
    }
}

/// Classifies what became of a request, made at `begun`, that has no response.
pub(crate) fn of_request(error: BoxError, begun: Instant) -> Failed {
    let client = find::<legacy::Error>(&*error);
    let connection = client.and_then(legacy::Error::connect_info);
    let had_no_connection = client.is_some() && connection.is_none();
    let notes = connection.and_then(ConnectionNotes::of);
    let is_unsent = had_no_connection || links(&*error).any(is_of_a_request_not_begun);
    let is_unprocessed = is_unsent || http2::is_unprocessed(&*error);
    let kind = if is_unsent {
        kind_if_unsent(&*error, notes.as_deref())
    } else if is_unprocessed {
        FailureKind::Stale
    } else {
        kind_if_sent(&*error, begun, notes.as_deref())
    };
    let failure = failure(kind, error);
    Failed { failure: if is_unprocessed { failure.unprocessed() } else { failure }, notes }
}

/// Classifies why a response's body did not end as it should. With `is_short`, not all of the announced
/// length has come.
pub(crate) fn of_body(error: BoxError, notes: Option<&ConnectionNotes>, is_short: bool) -> Failure {
    let kind = match kind_once_sent(&*error, notes) {
        // h2 calls a stream malformed that ends before its announced length. Varnish, lighttpd and
        // Caddy end it so when their backend dies.
        FailureKind::Protocol if is_short && http2::is_reset(&*error) => FailureKind::Closed,
        kind => kind,
    };
    failure(kind, error)
}

/// Classifies why a service takes no request.
pub(crate) fn of_readiness(error: BoxError) -> Failure {
    failure(kind_if_unsent(&*error, None), error)
}

/// Of a proxy's failure and of a refused handshake, only the error of the proxy or of TLS counts: it
/// says what to do.
fn failure(kind: FailureKind, error: BoxError) -> Failure {
    if let Some(proxy) = find::<ProxyError>(&*error) {
        return proxy.clone().into();
    }
    match find::<rustls::Error>(&*error) {
        Some(tls) if kind == FailureKind::Tls => Failure::new(kind, TlsError::from(tls.clone())),
        _ => Failure::new(kind, error),
    }
}

/// If the request may have been sent, and has no response.
fn kind_if_sent(error: Link<'_>, begun: Instant, notes: Option<&ConnectionNotes>) -> FailureKind {
    // In HTTP/2 other streams use the connection too.
    let has_responded = |notes: &ConnectionNotes| {
        if notes.is_http2() { http2::is_reset(error) } else { notes.has_responded() }
    };
    let is_stale = |notes: &ConnectionNotes| notes.was_made_before(begun) && !has_responded(notes);
    match kind_once_sent(error, notes) {
        FailureKind::Closed if notes.is_some_and(is_stale) => FailureKind::Stale,
        kind => kind,
    }
}

/// If the request cannot have been sent.
fn kind_if_unsent(error: Link<'_>, notes: Option<&ConnectionNotes>) -> FailureKind {
    if let Some(proxy_error) = find::<ProxyError>(error) {
        return proxy_error.kind();
    }
    match notes.and_then(ConnectionNotes::violation) {
        Some(Violation::NotHttp2) => return FailureKind::Protocol,
        Some(Violation::HandshakeRefused) => return FailureKind::Tls,
        Some(Violation::BrokenTls) | None => {}
    }
    if find::<rustls::Error>(error).is_some() {
        FailureKind::Tls
    } else if links(error).any(is_unsolicited) || http2::is_malformed(error) {
        FailureKind::Protocol
    } else if links(error).any(is_lost_in_pool)
        || notes.is_some_and(|notes| notes.is_http2() && notes.has_read())
    {
        // The server ended the connection just as the request was to go out on it.
        FailureKind::Stale
    } else {
        FailureKind::Connect
    }
}

/// If the request may have been sent, whatever has come of the response. An error of TLS is then the
/// end of a connection like any other, unless it is the server's verdict on the client's part of the
/// handshake.
fn kind_once_sent(error: Link<'_>, notes: Option<&ConnectionNotes>) -> FailureKind {
    match (notes.and_then(ConnectionNotes::violation), find::<rustls::Error>(error)) {
        (Some(Violation::NotHttp2), _) => FailureKind::Protocol,
        // A certificate is judged before anything is sent.
        (Some(Violation::HandshakeRefused), _)
        | (_, Some(rustls::Error::InvalidCertificate(_))) => FailureKind::Tls,
        (Some(Violation::BrokenTls), _) | (_, Some(_)) => FailureKind::Closed,
        (None, None) if http2::is_malformed(error) => FailureKind::Protocol,
        // The outermost link that settles it decides.
        (None, None) => links(error).find_map(kind_of_link).unwrap_or(FailureKind::Closed),
    }
}

fn kind_of_link(link: Link<'_>) -> Option<FailureKind> {
    if is_elapsed(link) {
        return Some(FailureKind::Timeout);
    }
    if let Some(proxy_error) = link.downcast_ref::<ProxyError>() {
        return Some(proxy_error.kind());
    }
    if let Some(exchange) = link.downcast_ref::<hyper::Error>() {
        return match exchange {
            e if e.is_parse() || is_unsolicited(link) => Some(FailureKind::Protocol),
            e if e.is_incomplete_message() || e.is_user() => Some(FailureKind::Closed),
            _ => None,
        };
    }
    match link.downcast_ref::<io::Error>()?.kind() {
        // Framing that cannot be read.
        ErrorKind::InvalidData | ErrorKind::InvalidInput => Some(FailureKind::Protocol),
        ErrorKind::TimedOut => Some(FailureKind::Timeout),
        _ => Some(FailureKind::Closed),
    }
}

/// hyper says so of a request that it has not begun to write.
fn is_of_a_request_not_begun(link: Link<'_>) -> bool {
    link.downcast_ref::<hyper::Error>().is_some_and(|e| e.is_canceled() || e.is_closed())
}

/// hyper-util says so of a request that waited for a connection in HTTP/2 that another one made, and that
/// has ended since. It has no predicate for this. A new connection that ends before it can be used is
/// another error, which has no connection either.
fn is_lost_in_pool(link: Link<'_>) -> bool {
    link.downcast_ref::<legacy::Error>().is_some_and(|error| {
        let is_made_by_another =
            error.connect_info().is_none() && error.to_string() == "client error (Canceled)";
        let source = error.source().map(ToString::to_string);
        is_made_by_another || source.as_deref() == Some("checked out connection was closed")
    })
}

/// The peer spoke before it was asked, as mail and SSH servers do. hyper has no predicate for this.
fn is_unsolicited(link: Link<'_>) -> bool {
    link.downcast_ref::<hyper::Error>()
        .is_some_and(|e| e.to_string() == "received unexpected message from connection")
}

/// tokio's error of a timeout, or that of another library, which is known by what it says: to name
/// its type would be to depend on one version of the library.
fn is_elapsed(link: Link<'_>) -> bool {
    link.is::<Elapsed>() || TIMED_OUT.contains(&&*link.to_string())
}

/// tower's `Elapsed`, and the `TimedOut` of hyper and reqwest.
const TIMED_OUT: [&str; 2] = ["request timed out", "operation timed out"];

fn find<T: Error + 'static>(error: Link<'_>) -> Option<&T> {
    links(error).find_map(|link| link.downcast_ref())
}

/// Returns `error` and its sources. An `io::Error` does not count the error that it holds as one.
fn links<'a>(error: Link<'a>) -> impl Iterator<Item = Link<'a>> {
    successors(Some(error), |&link: &Link<'a>| match link.downcast_ref::<io::Error>() {
        Some(io) => io.get_ref().map(|held| held as Link<'a>),
        None => link.source(),
    })
}
