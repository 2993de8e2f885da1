use std::fmt::Display;

use lexopt::Parser;

use crate::error::CliError;

/// Returns the value of the option that `parser` has just read, as `read` understands it.
///
/// # Errors
///
/// If there is no value, or `read` refuses it. The message names the option and the value.
pub fn option<T, E: Display>(
    parser: &mut Parser,
    name: &str,
    read: impl FnOnce(&str) -> Result<T, E>,
) -> Result<T, CliError> {
    let value = parser.value()?;
    let value = value.to_string_lossy();
    read(&value).map_err(|e| CliError(format!("--{name} {value}: {e}; see --help")))
}
