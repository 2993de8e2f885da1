//! HTTP/2, where the server offers it.

#![cfg(feature = "http2")]
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod frames; // a server that does with each stream what it is told
mod site; // where a server is, and clients that trust it

mod foreign;
mod kept;
mod refusals;
mod sharing;
mod silence;

use certcentral_transport_hyper::{Error, FailureKind, OrderId};

const ORDER_ID: OrderId = OrderId(112_233);

fn kind_of(error: &Error) -> FailureKind {
    let Error::Transport(transport) = error else { panic!("{error:?}") };
    transport.kind()
}
