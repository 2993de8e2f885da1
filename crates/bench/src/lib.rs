//! What the benches and the tests of this crate share: bodies, runs in virtual time, and the rivals'
//! models.

pub mod account;
pub mod bodies;
pub mod hostile;
pub mod plain;
pub mod typed;

// Here, because a bench has both transports and the sandbox.
#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
struct Readme;
