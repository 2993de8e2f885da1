//! What can go wrong in an exchange, sorted into the core's classes.

use std::{
    error::Error,
    io::{self, ErrorKind},
    iter::successors,
};

use certcentral_core::{Failure, FailureKind};
use hyper_util::client::legacy;

use crate::BoxError;
#[cfg(any(feature = "ring", feature = "aws-lc-rs"))]
use crate::network::Obstacle;

type Link<'a> = &'a (dyn Error + 'static);

pub(crate) fn classify(error: BoxError) -> Failure {
    if links(&*error).any(<dyn Error>::is::<rustls::Error>) {
        return Failure::new(FailureKind::Tls, error);
    }
    #[cfg(any(feature = "ring", feature = "aws-lc-rs"))]
    if links(&*error).filter_map(|link| link.downcast_ref()).any(Obstacle::is_lasting) {
        return Failure::new(FailureKind::Proxy, error);
    }
    // The peer spoke before it was asked, as mail and SSH servers do.
    if links(&*error).any(is_unasked) {
        return Failure::new(FailureKind::Protocol, error);
    }
    // The outermost link that settles it decides.
    let sort = links(&*error).find_map(sort).unwrap_or(FailureKind::Closed);
    Failure::new(sort, error)
}

fn sort(link: Link<'_>) -> Option<FailureKind> {
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
fn is_unasked(link: Link<'_>) -> bool {
    link.downcast_ref::<hyper::Error>()
        .is_some_and(|e| e.to_string() == "received unexpected message from connection")
}

/// `error` and what is behind it. An `io::Error` does not count what it holds among its sources.
fn links<'a>(error: Link<'a>) -> impl Iterator<Item = Link<'a>> {
    successors(Some(error), |&link: &Link<'a>| match link.downcast_ref::<io::Error>() {
        Some(io) => io.get_ref().map(|held| held as Link<'a>),
        None => link.source(),
    })
}
