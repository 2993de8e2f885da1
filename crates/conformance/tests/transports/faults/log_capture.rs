//! Looks for the key in what is printed and logged.

use std::{
    fmt::Debug,
    sync::{LazyLock, Mutex},
};

use certcentral_core::Error;
use log::{LevelFilter, Log, Metadata, Record};

/// Of letters that no text, address or number here has in such an order.
static KEY: LazyLock<&str> = LazyLock::new(|| {
    log::set_logger(&LogCapture).unwrap();
    log::set_max_level(LevelFilter::Trace);
    "ZXBGVQJKWLHMRPYFZGXQBVKJWMLHPRFYGZQXVBJWKMHLRPFY"
});

static LOGGED: Mutex<Vec<String>> = Mutex::new(Vec::new());

/// The key; from the first call on, all that is logged is searched for it.
pub(crate) fn key() -> &'static str {
    *KEY
}

/// Asserts that neither `result` nor anything logged so far shows a part of the key.
pub(crate) fn check(result: &Result<impl Debug, Error>) {
    let printed = format!(
        "{result:?} {result:#?} {}",
        match result {
            Ok(_) => String::new(),
            Err(error) => format!("{error} {error:#}"),
        }
    );
    assert!(!shows_key(&printed), "printed: {printed}");
    let logged = LOGGED.lock().unwrap().clone();
    assert!(logged.is_empty(), "logged: {logged:#?}");
}

/// Whether `text` shows more than four letters of the key in a row.
fn shows_key(text: &str) -> bool {
    key().as_bytes().windows(5).any(|part| text.contains(str::from_utf8(part).unwrap()))
}

struct LogCapture;

impl Log for LogCapture {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &Record<'_>) {
        let text = format!("{} {}: {}", record.level(), record.target(), record.args());
        if shows_key(&text) {
            LOGGED.lock().unwrap().push(text);
        }
    }

    fn flush(&self) {}
}
