//! Both transports behind one blocking façade, for tests that run the same code on each.
//!
//! `cargo test` also compiles and runs the snippets of the repository's README from here.

#![allow(clippy::expect_used, reason = "for tests only")]

mod builder;
mod client;
mod transport;

pub use self::{
    builder::Builder,
    client::Client,
    transport::{OFFERS_HTTP2, TRANSPORTS, TransportKind},
};

#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
struct Readme;
