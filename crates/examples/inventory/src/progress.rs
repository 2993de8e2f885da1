//! The progress: a bar on a terminal, else a line for each tenth.

use std::io::{self, IsTerminal};

use certcentral_example_cli::note;
use indicatif::{ProgressBar, ProgressStyle};

pub(crate) enum Progress {
    Bar(ProgressBar),
    Lines { done: usize },
}

impl Progress {
    pub(crate) fn new() -> Self {
        if !io::stderr().is_terminal() {
            return Self::Lines { done: 0 };
        }
        let bar = ProgressBar::no_length();
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

    /// Counts one more order as done. `left` is the number of those to come, if it is known.
    pub(crate) fn advance(&mut self, left: Option<usize>) {
        match self {
            Self::Bar(bar) => {
                bar.inc(1);
                if let Some(left) = left.and_then(|left| u64::try_from(left).ok()) {
                    bar.set_length(bar.position().saturating_add(left));
                }
            }
            Self::Lines { done } => {
                *done += 1;
                match left.and_then(|left| done.checked_add(left)) {
                    Some(total) if is_tenth(*done, total) => {
                        note(&format!("{done} of {total} orders\n"));
                    }
                    None if done.is_multiple_of(1000) => note(&format!("{done} orders\n")),
                    _ => {}
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

/// Returns whether the last order has completed a tenth of all.
fn is_tenth(done: usize, total: usize) -> bool {
    let tenths = |done: usize| done.saturating_mul(10).checked_div(total);
    tenths(done) > tenths(done.saturating_sub(1))
}
