//! The fault suite on both transports, and on the custom one of the examples.

#![allow(clippy::unwrap_used, reason = "tests")]

mod hyper;
mod reqwest;
mod runtime; // the runtime of both async transports
mod ureq;
