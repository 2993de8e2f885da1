//! What is printed of an error, judged. The properties take this file as a module too.

use std::{error::Error as StdError, iter::successors};

/// All that an error and those behind it print is short, and on one line on which all is seen.
#[track_caller]
pub(crate) fn assert_fit_for_a_log(error: &(dyn StdError + 'static)) {
    for link in successors(Some(error), |&error| error.source()) {
        for text in [format!("{link}"), format!("{link:#}"), format!("{link:?}")] {
            assert!(text.len() < 8192, "{} bytes: {}", text.len(), &text[..400]);
            let is_hidden = |c: char| c.is_control() || "\u{202e}\u{2028}\u{200b}".contains(c);
            assert!(!text.contains(is_hidden), "{text:?}");
        }
    }
}
