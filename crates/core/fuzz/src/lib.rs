//! What the fuzz targets have in common: how errors are judged.

use std::{error::Error as StdError, iter};

use certcentral_core::Error;

/// No printed form of an error is longer, whatever came from outside.
const LONGEST: usize = 16 * 1024;

/// Every form in which a program could print `error`, its sources included.
///
/// Panics if the error's own forms are not fit for a log.
pub fn printed(error: &Error) -> Vec<String> {
    let own = [error.to_string(), format!("{error:?}"), format!("{error:#?}")];
    for text in &own {
        assert!(text.len() <= LONGEST, "{} bytes", text.len());
    }
    assert!(!own[0].is_empty() && fits_a_log(&own[0]) && fits_a_log(&own[1]), "{own:?}");
    if let Error::Decode(error) = error {
        assert!(fits_a_log(error.path()), "{:?}", error.path());
    }

    let sources = iter::successors(error.source(), |&source| source.source());
    let theirs = sources.flat_map(|source| {
        let text = source.to_string();
        assert!(fits_a_log(&text), "{text:?}");
        [text, format!("{source:?}")]
    });
    own.iter().cloned().chain(theirs).collect()
}

/// Whether `text` is one line of bounded length, on which all is seen, and where it is.
#[must_use]
pub fn fits_a_log(text: &str) -> bool {
    let is_hidden = |c: char| {
        matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}')
            || c == '\u{feff}'
            || c.is_control()
    };
    text.len() <= LONGEST && !text.contains(is_hidden)
}
