//! What the programs and examples share: which service they query, and how they report errors.

mod error; // errors, as a user reads them
pub mod file; // files that are whole, for one run at a time
mod lock; // one run at a time on a file
mod option; // the value of an option
mod printable; // the service's text on a terminal
mod service; // which service to query
#[cfg(feature = "testing")]
pub mod testing;

use std::{
    io::{self, Write},
    process::ExitCode,
};

pub use self::{
    error::CliError,
    lock::lock,
    option::option,
    printable::printable,
    service::{ENVIRONMENT, Service, sandbox},
};

/// Prints the error of a program that failed, and returns its exit code.
pub fn exit_code(program: &str, result: Result<ExitCode, CliError>) -> ExitCode {
    result.unwrap_or_else(|CliError(message)| {
        note(&format!("{program}: {message}\n"));
        ExitCode::FAILURE
    })
}

/// Writes `text` to standard error. If that is closed, the output and the exit code still tell.
pub fn note(text: &str) {
    let _ = io::stderr().write_all(text.as_bytes());
}
