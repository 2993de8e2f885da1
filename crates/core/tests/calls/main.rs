//! Calls in virtual time: what is sent when, and how each call ends.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]
#![expect(clippy::disallowed_methods, reason = "virtual time starts at some instant")]

mod attempts;
mod deadlines;
mod drive;
mod issuances;
mod misuse;
mod pacing;
mod reissuances;
mod simulated;
mod site;
mod throttling;
