//! Both transports, against the sandbox, against faults beside the suite's, and behind and before
//! real programs.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod both; // both transports behind one façade
mod temp_dir; // a directory that is removed on drop

mod faults;
mod programs;
mod sandbox;
