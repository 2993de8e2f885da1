//! Finds the key in what is printed and logged.
//!
//! There are two keys. One is sent with nearly all requests. The other is sent where the server
//! sends it back: a library below a transport may log what arrives.

use std::{
    error::Error as StdError,
    fmt::Debug,
    hash::{BuildHasher, Hasher, RandomState},
    iter::successors,
    mem,
    sync::{LazyLock, Mutex, PoisonError},
};

use certcentral_core::Error;
use log::{LevelFilter, Log, Metadata, Record};

/// A random key, of letters that no text, address or number has in such an order.
#[derive(Debug)]
pub(crate) struct Key {
    letters: [u8; 8],
    text: String,
    /// What was logged with a part of the key in it.
    logged: Mutex<Vec<String>>,
}

/// The key of nearly all calls.
pub(crate) static KEY: LazyLock<Key> = LazyLock::new(|| Key::random(*b"BFGHJKLM"));
/// The key of calls whose server sends it back.
pub(crate) static ECHOED_KEY: LazyLock<Key> = LazyLock::new(|| Key::random(*b"PQRVWXYZ"));

/// Installs the logger that looks for the keys. Returns `false` if the process has another one.
pub(crate) fn install() -> bool {
    static IS_INSTALLED: LazyLock<bool> = LazyLock::new(|| {
        LazyLock::force(&KEY);
        LazyLock::force(&ECHOED_KEY);
        let is_first = log::set_logger(&LogCapture).is_ok();
        if is_first {
            log::set_max_level(LevelFilter::Trace);
        }
        is_first
    });
    *IS_INSTALLED
}

impl Key {
    fn random(letters: [u8; 8]) -> Self {
        let letter = |_| {
            let random = RandomState::new().build_hasher().finish();
            char::from(letters[usize::try_from(random % 8).unwrap()])
        };
        Self { letters, text: (0..48).map(letter).collect(), logged: Mutex::default() }
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }

    /// Takes what was logged with a part of the key in it.
    pub(crate) fn take_logged(&self) -> Vec<String> {
        mem::take(&mut self.logged.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Returns whether `text` shows more than four letters of the key in a row. Only words of its
    /// letters are compared, because whole bodies are logged.
    fn is_shown(&self, text: &str) -> bool {
        let words = text.as_bytes().split(|byte| !self.letters.contains(byte));
        let mut parts = words.flat_map(|word| word.windows(5));
        parts.any(|part| self.text.as_bytes().windows(5).any(|of_key| of_key == part))
    }
}

/// Fails if `result`, however it is printed, shows a part of a key.
pub(crate) fn check_printed(result: &Result<impl Debug, Error>) -> Result<(), String> {
    let mut printed = format!("{result:?} {result:#?}");
    if let Err(error) = result {
        let chain = successors(Some(error as &(dyn StdError + 'static)), |&error| error.source());
        printed.extend(chain.map(|error| format!("{error} {error:?} {error:#?}")));
    }
    let is_shown = KEY.is_shown(&printed) || ECHOED_KEY.is_shown(&printed);
    if is_shown { Err(format!("what is printed shows the key: {printed}")) } else { Ok(()) }
}

struct LogCapture;

impl Log for LogCapture {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &Record<'_>) {
        let text = format!("{} {}: {}", record.level(), record.target(), record.args());
        for key in [&*KEY, &*ECHOED_KEY] {
            if key.is_shown(&text) {
                key.logged.lock().unwrap_or_else(PoisonError::into_inner).push(text.clone());
            }
        }
    }

    fn flush(&self) {}
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn five_letters_of_the_key_in_a_row_are_found() {
        let key = KEY.as_str();
        assert!(KEY.is_shown(&format!("a header: {key}")) && !ECHOED_KEY.is_shown(key));
        assert!(KEY.is_shown(&key[20..25]) && !KEY.is_shown(&key[20..24]));
        assert!(!KEY.is_shown("nothing of interest"));
    }

    #[test]
    fn what_is_logged_is_read() {
        assert!(install());
        log::trace!("a record with {}", ECHOED_KEY.as_str());
        let logged = ECHOED_KEY.take_logged();
        assert!(logged.iter().any(|text| text.contains("a record")), "{logged:?}");
        assert!(KEY.take_logged().is_empty());
    }
}
