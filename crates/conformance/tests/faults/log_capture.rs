//! Captures what is printed and logged during every case, and checks that the key is not in it.

use std::{
    cell::Cell,
    error::Error as StdError,
    fmt::Debug,
    hash::{BuildHasher, Hasher, RandomState},
    iter::successors,
    sync::{
        LazyLock, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use certcentral_core::Error;
use log::{LevelFilter, Log, Metadata, Record};

/// The key of every client in this suite: another in each run, of letters that no text, address
/// or number here has in such an order.
static KEY: LazyLock<String> = LazyLock::new(|| {
    log::set_logger(&LogCapture).unwrap();
    log::set_max_level(LevelFilter::Trace);
    let letter = |_| {
        let random = RandomState::new().build_hasher().finish();
        char::from(LETTERS[usize::try_from(random % 16).unwrap()])
    };
    (0..48).map(letter).collect()
});

const LETTERS: &[u8; 16] = b"BFGHJKLMPQRVWXYZ";

static LEAKS: Mutex<Vec<String>> = Mutex::new(Vec::new());
static RECORDS: AtomicUsize = AtomicUsize::new(0);

/// The key; from the first call on all that is logged is read.
pub(crate) fn key() -> &'static str {
    &KEY
}

/// Runs `what` without a check of what this thread logs meanwhile. ureq logs what the service sends
/// as it is, even if that is the key.
pub(crate) fn paused<T>(what: impl FnOnce() -> T) -> T {
    IS_PAUSED.set(true);
    let result = what();
    IS_PAUSED.set(false);
    result
}

thread_local! {
    static IS_PAUSED: Cell<bool> = const { Cell::new(false) };
}

/// Asserts that neither `result` nor anything logged so far shows a part of the key.
pub(crate) fn check(result: &Result<impl Debug, Error>) {
    let mut printed = format!("{result:?} {result:#?}");
    if let Err(error) = result {
        let chain = successors(Some(error as &(dyn StdError + 'static)), |&error| error.source());
        printed.extend(chain.map(|error| format!("{error} {error:?} {error:#?}")));
    }
    assert!(!shows_key(&printed), "printed: {printed}");
    let leaks = LEAKS.lock().unwrap().clone();
    assert!(leaks.is_empty(), "logged: {leaks:#?}");
}

#[test]
fn what_is_read_is_recognized() {
    assert!(shows_key(&format!("a header: {}", key())));
    assert!(shows_key(&key()[20..25]) && !shows_key(&key()[20..24]));
    assert!(!shows_key("nothing of interest"));
    let before = RECORDS.load(Ordering::Relaxed);
    log::trace!("a record");
    assert!(RECORDS.load(Ordering::Relaxed) > before);
}

/// Whether `text` shows more than four letters of the key in a row. Only words of its letters are
/// looked at closely, because whole bodies are logged.
fn shows_key(text: &str) -> bool {
    let words = text.as_bytes().split(|byte| !LETTERS.contains(byte));
    let parts = words.flat_map(|word| word.windows(5));
    parts.into_iter().any(|part| key().contains(str::from_utf8(part).unwrap()))
}

struct LogCapture;

impl Log for LogCapture {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &Record<'_>) {
        let text = format!("{} {}: {}", record.level(), record.target(), record.args());
        if !IS_PAUSED.get() && shows_key(&text) {
            LEAKS.lock().unwrap().push(text);
        }
        RECORDS.fetch_add(1, Ordering::Relaxed);
    }

    fn flush(&self) {}
}
