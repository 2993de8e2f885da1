//! What a call logs with the feature `tracing`, as `tracing-subscriber` writes it.

#![allow(clippy::unwrap_used, reason = "tests")]

mod calls;
mod output;
mod transports;
