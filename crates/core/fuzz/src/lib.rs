//! What the fuzz targets have in common: how errors are judged, and the world that calls live in.

pub mod world;

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
    assert!(!own[0].is_empty() && one_line(&own[0]) && one_line(&own[1]), "{own:?}");

    let sources = iter::successors(error.source(), |&source| source.source());
    let theirs = sources.flat_map(|source| {
        let text = source.to_string();
        assert!(one_line(&text), "{text:?}");
        [text, format!("{source:?}")]
    });
    own.iter().cloned().chain(theirs).collect()
}

fn one_line(text: &str) -> bool {
    !text.contains(char::is_control)
}
