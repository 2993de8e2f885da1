//! What can go wrong in an exchange, as one of the core's kinds.

use std::{
    error::Error,
    io::{self, ErrorKind},
    iter::successors,
};

use certcentral_core::{Failure, FailureKind};
use certcentral_network::ProxyError;
use hyper_util::client::legacy;

use crate::BoxError;

type Link<'a> = &'a (dyn Error + 'static);

pub(crate) fn classify(error: BoxError) -> Failure {
    Failure::new(kind(&*error), error)
}

fn kind(error: Link<'_>) -> FailureKind {
    if links(error).any(<dyn Error>::is::<rustls::Error>) {
        return FailureKind::Tls;
    }
    if let Some(proxy_error) = links(error).find_map(|link| link.downcast_ref::<ProxyError>()) {
        return proxy_error.kind();
    }
    // The peer spoke before it was asked, as mail and SSH servers do.
    if links(error).any(is_unsolicited) {
        return FailureKind::Protocol;
    }
    // The outermost link that settles it decides.
    links(error).find_map(kind_of_link).unwrap_or(FailureKind::Closed)
}

fn kind_of_link(link: Link<'_>) -> Option<FailureKind> {
    if let Some(client) = link.downcast_ref::<legacy::Error>() {
        return client.is_connect().then_some(FailureKind::Connect);
    }
    if let Some(exchange) = link.downcast_ref::<hyper::Error>() {
        return match exchange {
            // The connection was gone before the request was begun.
            e if e.is_canceled() || e.is_closed() => Some(FailureKind::Connect),
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

/// hyper has no predicate for this one.
fn is_unsolicited(link: Link<'_>) -> bool {
    link.downcast_ref::<hyper::Error>()
        .is_some_and(|e| e.to_string() == "received unexpected message from connection")
}

/// Returns `error` and its sources. An `io::Error` does not count the error that it holds as one.
fn links<'a>(error: Link<'a>) -> impl Iterator<Item = Link<'a>> {
    successors(Some(error), |&link: &Link<'a>| match link.downcast_ref::<io::Error>() {
        Some(io) => io.get_ref().map(|held| held as Link<'a>),
        None => link.source(),
    })
}
