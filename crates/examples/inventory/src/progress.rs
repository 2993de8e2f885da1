//! The progress: a bar on a terminal, else a line for each tenth.

use std::io::{self, IsTerminal, Write};

use indicatif::{ProgressBar, ProgressStyle};

pub(crate) enum Progress {
    Bar(ProgressBar),
    Lines { done: usize, total: usize },
}

impl Progress {
    pub(crate) fn new(total: usize) -> Self {
        if !io::stderr().is_terminal() {
            return Self::Lines { done: 0, total };
        }
        let bar = ProgressBar::new(u64::try_from(total).unwrap_or(u64::MAX));
        let style = "{wide_bar} {pos} of {len} orders, {eta} left";
        Self::Bar(match ProgressStyle::with_template(style) {
            Ok(style) => bar.with_style(style),
            Err(_) => bar,
        })
    }

    /// Runs `print` while no bar is on the terminal, which may be where it prints.
    pub(crate) fn pause_for<T>(&self, print: impl FnOnce() -> T) -> T {
        match self {
            Self::Bar(bar) => bar.suspend(print),
            Self::Lines { .. } => print(),
        }
    }

    /// Counts one more order as done.
    pub(crate) fn advance(&mut self) {
        match self {
            Self::Bar(bar) => bar.inc(1),
            Self::Lines { done, total } => {
                let tenth = |done: usize| done.saturating_mul(10) / *total;
                *done += 1;
                if tenth(*done) > tenth(*done - 1) {
                    let _ = writeln!(io::stderr(), "{done} of {total} orders");
                }
            }
        }
    }

    pub(crate) fn finish(&self) {
        if let Self::Bar(bar) = self {
            bar.finish_and_clear();
        }
    }
}
