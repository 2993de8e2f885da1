//! Faults beside the suite's: what only one of our transports can meet, or only both together.

mod log_capture; // the key in what is printed and logged
mod setup; // clients that call a fault server

mod cancellation;
mod crowds;
mod cut_off;
mod memory;
mod runtimes;
mod silence;
mod uploads;
