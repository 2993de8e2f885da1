//! What every transport must do, run through each of them by the same code, over real sockets.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod builders; // the choices that both transports offer
mod clients; // the transports behind one face
mod connect_proxy; // a proxy that keeps what it sees

mod environment;
mod key;
mod limits;
mod pool;
mod proxy;
mod purity;
mod service;
