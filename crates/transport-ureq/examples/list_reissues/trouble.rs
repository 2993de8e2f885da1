//! What goes wrong, said to a user.

use certcentral_core::Error;

/// One sentence for the user.
pub(crate) struct Trouble(pub(crate) String);

impl From<String> for Trouble {
    fn from(sentence: String) -> Self {
        Self(sentence)
    }
}

impl From<Error> for Trouble {
    fn from(error: Error) -> Self {
        let advice = match &error {
            e if e.is_access_denied() => "; check CERTCENTRAL_API_KEY and the key's permissions",
            e if e.is_not_found() => {
                "; check the order id, CERTCENTRAL_BASE_URL and whose account the key is of"
            }
            e if e.is_transient() => "; try again later",
            _ => "",
        };
        let mut sentence = error.to_string();
        let mut source = std::error::Error::source(&error);
        while let Some(cause) = source {
            sentence = format!("{sentence}: {cause}");
            source = cause.source();
        }
        Self(sentence.replace('\n', " ") + advice)
    }
}
