//! What every transport must do, run through each of them by the same code, over real sockets.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod clients;
mod key;
mod limits;
mod purity;
mod service;
mod surface;
