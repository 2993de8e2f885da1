#![doc = include_str!("../README.md")]
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::missing_panics_doc,
    reason = "this is code for tests; what can fail in the transport under test is reported"
)]

mod case; // one case, and what it may use
mod cases; // the tables
mod log_capture; // the key in what is printed and logged
mod outcome; // how a call must end
mod report; // what came out
mod row; // one row of a table
mod suite; // all cases, run on one transport
mod transport; // what a transport is to the suite

pub mod fault_server;

pub use self::{
    report::{Failure, Report},
    suite::Suite,
    transport::{Setup, Transport},
};
