//! What can go wrong in an exchange, sorted into the core's classes.

use std::{
    error::Error,
    io::{self, ErrorKind},
    iter::successors,
};

use certcentral_core::Failure;
use hyper_util::client::legacy;

use crate::BoxError;
#[cfg(any(feature = "ring", feature = "aws-lc-rs"))]
use crate::network::Obstacle;

type Link<'a> = &'a (dyn Error + 'static);

pub(crate) fn classify(error: BoxError) -> Failure {
    if links(&*error).any(<dyn Error>::is::<rustls::Error>) {
        return Failure::tls(error);
    }
    #[cfg(any(feature = "ring", feature = "aws-lc-rs"))]
    if links(&*error).filter_map(|link| link.downcast_ref()).any(Obstacle::is_lasting) {
        return Failure::proxy(error);
    }
    // The peer spoke before it was asked, as mail and SSH servers do.
    if links(&*error).any(is_unasked) {
        return Failure::protocol(error);
    }
    // The outermost link that settles it decides.
    let sort = links(&*error).find_map(sort).unwrap_or(Failure::closed);
    sort(error)
}

fn sort(link: Link<'_>) -> Option<fn(BoxError) -> Failure> {
    if let Some(client) = link.downcast_ref::<legacy::Error>() {
        return client.is_connect().then_some(Failure::connect);
    }
    if let Some(exchange) = link.downcast_ref::<hyper::Error>() {
        return match exchange {
            // The connection was gone before the request was begun.
            e if e.is_canceled() || e.is_closed() => Some(Failure::connect),
            e if e.is_parse() => Some(Failure::protocol),
            e if e.is_incomplete_message() || e.is_user() => Some(Failure::closed),
            _ => None,
        };
    }
    match link.downcast_ref::<io::Error>()?.kind() {
        // Framing that cannot be read.
        ErrorKind::InvalidData | ErrorKind::InvalidInput => Some(Failure::protocol),
        ErrorKind::TimedOut => Some(Failure::timeout),
        _ => Some(Failure::closed),
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
