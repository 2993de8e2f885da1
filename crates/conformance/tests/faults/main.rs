//! Faults of networks and servers, injected for real into both transports, with the outcome of each.
//!
//! The tables are the specification: [`connections`], [`deadlines`], [`certificates`],
//! [`framing`], [`chunks`], [`statuses`], [`refusals`], [`redirects`], [`bodies`], [`records`] and
//! [`survived`] list what a server does and how the call must end. [`case`] says how a row is run.
//! What a row cannot say is a test of its own: [`names`], [`pool`], [`kept`], [`silence`],
//! [`memory`], [`crowds`], [`cancellation`], [`runtimes`].
//!
//! Wall-clock jumps have no row, because there is nothing to jump: every deadline and
//! pause is measured on `Instant`, which is monotonic, and core may not read the wall clock
//! (`disallowed-methods` in its `clippy.toml`). A server whose clock is decades off is in
//! [`survived`]; what certificates make of the client's own clock is in [`certificates`].

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod answer; // bytes that a server may send
mod case; // one row of a table, and how it is run
mod identity; // who the server is under TLS
mod log_capture; // what is printed and logged, without the key
mod script; // what a server does with a connection
mod server; // the server that does it
mod setup; // clients that call it

mod bodies;
mod cancellation;
mod certificates;
mod chunks;
mod connections;
mod crowds;
mod deadlines;
mod framing;
mod kept;
mod memory;
mod names;
mod pool;
mod records;
mod redirects;
mod refusals;
mod runtimes;
mod silence;
mod statuses;
mod survived;
