//! The fault suite on both transports, and on the custom one of the examples.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod hyper;
mod reqwest;
mod runtime; // the runtime of both async transports
mod suite;
mod ureq;
