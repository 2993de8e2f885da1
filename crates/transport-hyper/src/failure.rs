//! What can go wrong in an exchange, as one of the core's kinds.

mod http2; // what HTTP/2 adds

use std::{
    error::Error,
    io::{self, ErrorKind},
    iter::successors,
};

use certcentral_core::{Failure, FailureKind};
use certcentral_network::{ProxyError, TlsError};
use http::Request;
use hyper::{body::Body, client::conn::TrySendError};
use hyper_util::client::legacy;
use tokio::time::error::Elapsed;

use crate::{
    BoxError,
    connection::{Connection, HANDSHAKE_REFUSED},
};

type Link<'a> = &'a (dyn Error + 'static);

/// Classifies why there is no connection, or why a service takes no request.
///
/// Of a proxy's failure and of a failed handshake, only the error of the proxy or of TLS counts: it says
/// what to do.
pub(crate) fn of_connecting(error: BoxError) -> Failure {
    if let Some(proxy) = find::<ProxyError>(&*error) {
        proxy.clone().into()
    } else if let Some(tls) = find::<rustls::Error>(&*error) {
        Failure::new(FailureKind::Tls, TlsError::from(tls.clone()))
    } else if http2::is_malformed(&*error) {
        Failure::new(FailureKind::Protocol, error)
    } else {
        Failure::new(FailureKind::Connect, error)
    }
}

/// Whether nothing comes of `request` if its head arrives alone: it changes nothing, or lacks its body.
pub(crate) fn has_harmless_head(request: &Request<impl Body>) -> bool {
    request.method().is_safe() || !request.body().is_end_stream()
}

/// Classifies what became of a request on `connection` that has no response. With `is_harmless`, nothing
/// comes of [its head alone](has_harmless_head).
pub(crate) async fn of_connection<R>(
    error: TrySendError<R>,
    is_harmless: bool,
    was_kept: bool,
    connection: &mut Connection,
) -> Failure {
    let is_http2 = connection.is_http2();
    let is_unsent = error.message().is_some();
    let error = error.into_error();
    if is_unsent {
        let end = connection.end().await;
        let is_graceful = is_http2 && end.error.is_none();
        let error = end.error.unwrap_or(error);
        let failure = if end.has_begun_response {
            // The peer spoke before it was asked, as mail and SSH servers do.
            Failure::new(FailureKind::Protocol, error)
        } else if is_graceful {
            // The server ended the connection just as the request was to go out on it.
            Failure::new(FailureKind::Stale, error)
        } else {
            of_refusal(&error).unwrap_or_else(|| of_connecting(error.into()))
        };
        return failure.unprocessed();
    }
    if !was_kept && let Some(failure) = of_refusal(&error) {
        return failure;
    }
    if http2::is_unprocessed(&error, is_harmless) {
        return Failure::new(FailureKind::Stale, error).unprocessed();
    }
    let kind = match kind_once_sent(&error) {
        FailureKind::Closed if was_kept => {
            // In HTTP/2 other streams use the connection too.
            let has_responded = if is_http2 {
                http2::is_reset(&error)
            } else {
                connection.end().await.has_begun_response
            };
            if has_responded { FailureKind::Closed } else { FailureKind::Stale }
        }
        kind => kind,
    };
    Failure::new(kind, error)
}

/// Classifies an error that says that the peer did not accept the client's part of the TLS handshake.
fn of_refusal(error: Link<'_>) -> Option<Failure> {
    let kind = |link: Link<'_>| link.downcast_ref::<io::Error>().map(io::Error::kind);
    let refusal = links(error).find(|link| kind(*link) == Some(HANDSHAKE_REFUSED))?;
    Some(Failure::new(FailureKind::Tls, refusal.to_string()))
}

/// Classifies why a service has no response. With `is_harmless`, nothing comes of
/// [the request's head alone](has_harmless_head).
pub(crate) fn of_service(error: BoxError, is_harmless: bool) -> Failure {
    let client = find::<legacy::Error>(&*error);
    let had_no_connection = client.is_some_and(|error| error.connect_info().is_none());
    if had_no_connection || links(&*error).any(is_of_a_request_not_begun) {
        return of_connecting(error).unprocessed();
    }
    if http2::is_unprocessed(&*error, is_harmless) {
        return Failure::new(FailureKind::Stale, error).unprocessed();
    }
    Failure::new(kind_once_sent(&*error), error)
}

/// Classifies why a response's body did not end as it should. With `is_short`, not all of the announced
/// length has come.
pub(crate) fn of_body(error: BoxError, is_short: bool) -> Failure {
    let kind = match kind_once_sent(&*error) {
        // h2 calls a stream malformed that ends before its announced length. Varnish, lighttpd and
        // Caddy end it so when their backend dies.
        FailureKind::Protocol if is_short && http2::is_reset(&*error) => FailureKind::Closed,
        kind => kind,
    };
    Failure::new(kind, error)
}

/// If the request may have been sent, whatever has come of the response. An error of TLS is then the
/// end of a connection like any other.
fn kind_once_sent(error: Link<'_>) -> FailureKind {
    match find::<rustls::Error>(error) {
        // A certificate is judged before anything is sent.
        Some(rustls::Error::InvalidCertificate(_)) => FailureKind::Tls,
        Some(_) => FailureKind::Closed,
        None if http2::is_malformed(error) => FailureKind::Protocol,
        // The outermost link that settles it decides.
        None => links(error).find_map(kind_of_link).unwrap_or(FailureKind::Closed),
    }
}

fn kind_of_link(link: Link<'_>) -> Option<FailureKind> {
    if is_elapsed(link) {
        return Some(FailureKind::Timeout);
    }
    if let Some(exchange) = link.downcast_ref::<hyper::Error>() {
        return match exchange {
            e if e.is_parse() => Some(FailureKind::Protocol),
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
