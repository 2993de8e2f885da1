//! What becomes of an order's rows: they are written, counted and shown as progress.

use std::io;

use crate::{orders::Target, output::Output, progress::Progress, row::Row, summary::Summary};

pub(crate) struct Sink {
    output: Output,
    summary: Summary,
    progress: Progress,
}

impl Sink {
    pub(crate) fn new(output: Output, summary: Summary) -> Self {
        Self { output, summary, progress: Progress::new() }
    }

    pub(crate) fn is_update(&self) -> bool {
        self.output.is_update()
    }

    /// Returns whether an order has its rows already, because nothing has changed since an earlier
    /// run. `left` is the number of orders to come, if it is known.
    pub(crate) fn keep(&mut self, target: &Target, left: Option<usize>) -> io::Result<bool> {
        let Some(rows) = self.output.keep(target)? else { return Ok(false) };
        self.progress.advance(left);
        self.summary.add_unchanged(&rows);
        Ok(true)
    }

    /// Takes the rows of an order that was queried, and the fingerprint of what the list says of it.
    pub(crate) fn write(
        &mut self,
        rows: Vec<Row>,
        row: Option<u64>,
        left: Option<usize>,
    ) -> io::Result<()> {
        let rows = self.progress.pause_for(|| self.output.write(rows, row))?;
        self.progress.advance(left);
        self.summary.add(&rows);
        Ok(())
    }

    /// Ends the run. Its output is complete only if every order that is listed was written.
    pub(crate) fn finish(mut self, is_complete: bool) -> (Summary, io::Result<()>) {
        let ended =
            if is_complete { self.output.finish(|rows| self.summary.add(rows)) } else { Ok(()) };
        self.progress.finish();
        (self.summary, ended)
    }
}
