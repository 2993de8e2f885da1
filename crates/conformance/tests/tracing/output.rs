//! Captures what is logged on this thread.

use std::{
    io::{self, Write},
    sync::{Arc, Mutex},
};

use tracing::{Level, subscriber::with_default};
use tracing_subscriber::fmt::{fmt, format::FmtSpan};

/// What is logged while `work` runs, without times.
pub(crate) fn of(work: impl FnOnce()) -> String {
    let output = Output::default();
    let writer = output.clone();
    let subscriber = fmt()
        .with_max_level(Level::TRACE)
        .with_span_events(FmtSpan::CLOSE)
        .without_time()
        .with_writer(move || writer.clone())
        .finish();
    with_default(subscriber, work);
    let bytes = output.0.lock().unwrap().clone();
    String::from_utf8(bytes).unwrap()
}

#[derive(Clone, Default)]
struct Output(Arc<Mutex<Vec<u8>>>);

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
