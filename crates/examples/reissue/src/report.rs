//! What is told: to people on standard error, to programs on standard output.

use std::{
    io::{self, IsTerminal, Write},
    sync::{Mutex, PoisonError},
};

use certcentral_example_cli::{note, printable};
use certcentral_transport_ureq::{
    OrderId,
    serde_json::{Value, json},
};

pub(crate) struct Report {
    is_json: bool,
    /// Whether the lines are about several orders.
    is_due: bool,
    /// What is at the bottom of the terminal.
    status: Mutex<String>,
}

impl Report {
    pub(crate) fn new(is_json: bool, is_due: bool) -> Self {
        Self { is_json, is_due, status: Mutex::default() }
    }

    /// Tells people something about an order.
    pub(crate) fn tell(&self, order_id: OrderId, text: &str) {
        let order = if self.is_due { format!("{order_id}: ") } else { String::new() };
        let status = self.status.lock().unwrap_or_else(PoisonError::into_inner);
        let (clear, end) = if status.is_empty() { ("", "\n") } else { (CLEAR, "\n") };
        note(&format!("{clear}{order}{text}{end}{status}"));
    }

    /// Tells programs what has happened to an order.
    pub(crate) fn event(&self, order_id: OrderId, event: &str, details: &[(&str, Value)]) {
        if !self.is_json {
            return;
        }
        let first = [("order_id", json!(order_id)), ("event", json!(event))];
        let all =
            first.iter().chain(details).map(|(name, value)| ((*name).to_owned(), value.clone()));
        let _ = writeln!(io::stdout(), "{}", Value::Object(all.collect()));
    }

    /// Shows the progress, if that is on a terminal.
    pub(crate) fn progress(&self, text: &str) {
        if self.is_due && io::stderr().is_terminal() {
            let mut status = self.status.lock().unwrap_or_else(PoisonError::into_inner);
            text.clone_into(&mut status);
            note(&format!("{CLEAR}{text}"));
        }
    }

    /// Prints a result: columns, of which the last has no bound.
    pub(crate) fn table(&self, rows: &[[String; 4]]) {
        self.progress("");
        if self.is_json {
            return;
        }
        let width = |column: usize| {
            rows.iter().filter_map(|row| Some(row.get(column)?.chars().count())).max().unwrap_or(0)
        };
        let (first, second, third) = (width(0), width(1), width(2));
        for [order, name, state, text] in rows {
            let (name, text) = (printable(name), printable(text));
            let line = format!("{order:<first$}  {name:<second$}  {state:<third$}  {text}");
            let _ = writeln!(io::stdout(), "{}", line.trim_end());
        }
    }
}

const CLEAR: &str = "\r\x1b[K";
