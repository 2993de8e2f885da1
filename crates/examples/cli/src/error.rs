use std::fmt::{self, Debug, Display, Formatter};

use certcentral_core::{Error, FailureKind};

/// An error as one line for the user, with what to do about it.
pub struct CliError(pub String);

impl Display for CliError {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

// What is printed if `main` returns it.
impl Debug for CliError {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        Display::fmt(self, f)
    }
}

impl std::error::Error for CliError {}

impl From<Error> for CliError {
    fn from(error: Error) -> Self {
        // The rest is said by the error itself.
        let advice = match &error {
            Error::Transport(e) if e.kind() == FailureKind::Tls => {
                "; the file that CERTCENTRAL_CA_FILE names sets the root certificates"
            }
            _ => "",
        };
        Self(format!("{error:#}{advice}"))
    }
}

impl From<String> for CliError {
    fn from(message: String) -> Self {
        Self(message)
    }
}

impl From<&str> for CliError {
    fn from(message: &str) -> Self {
        Self(message.to_owned())
    }
}

impl From<lexopt::Error> for CliError {
    fn from(error: lexopt::Error) -> Self {
        Self(format!("{error}; see --help"))
    }
}
