#![doc = include_str!("../README.md")]
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::missing_panics_doc,
    reason = "this is code for tests; what can fail in the transport under test is reported"
)]

mod case; // a case: name, description, check
mod cases; // the fault tables
mod log_capture; // finds the key in what is printed and logged
mod outcome; // how a call must end
mod report; // the results
mod row; // a row of a fault table, which becomes a case
mod suite; // runs all cases on one transport
mod transport; // the trait of a transport under test

pub mod fault_server;

pub use self::{
    report::{Failure, Report},
    suite::Suite,
    transport::{Setup, Transport},
};
