#![doc = include_str!("../README.md")]

#[cfg(feature = "async")]
pub mod asynchronous;
#[cfg(feature = "blocking")]
pub mod blocking;
mod findings;

pub use findings::{Due, Findings, request};
