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
        let advice = match &error {
            e if e.is_access_denied() => "; check CERTCENTRAL_API_KEY and its permissions",
            e if e.is_not_found() => {
                "; check the order id, CERTCENTRAL_BASE_URL and the account of the key"
            }
            Error::Transport(e) if e.kind() == FailureKind::Tls => {
                "; the file that CERTCENTRAL_CA_FILE names sets the root certificates"
            }
            e if e.is_transient() => "; try again later",
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
