//! What is told: to people on standard error, to programs on standard output.

use std::io::{self, Write};

use certcentral_example_cli::{note, printable};
use certcentral_transport_ureq::{
    OrderId,
    serde_json::{Value, json},
};
use indicatif::ProgressBar;

use crate::args::Args;

/// `issued`, `plan`, `due`, `waits`, `rejected` or `failed`, and what there is to say of it.
pub(crate) type End = (&'static str, String);

/// An order with its name, and how it ended.
pub(crate) type Row = (OrderId, String, End);

pub(crate) struct Report {
    is_json: bool,
    /// Whether the lines are about several orders.
    is_due: bool,
    /// What is at the bottom of the terminal, if that is one.
    bar: ProgressBar,
}

impl Report {
    pub(crate) fn new(args: &Args) -> Self {
        let bar = if args.is_due() { ProgressBar::new_spinner() } else { ProgressBar::hidden() };
        Self { is_json: args.is_json, is_due: args.is_due(), bar }
    }

    /// Tells people something about an order.
    pub(crate) fn tell(&self, order_id: OrderId, text: &str) {
        let order = if self.is_due { format!("{order_id}: ") } else { String::new() };
        self.bar.suspend(|| note(&format!("{order}{text}\n")));
    }

    /// Tells what has happened to an order: programs with `details`.
    pub(crate) fn event(&self, order_id: OrderId, event: &str, text: &str, mut details: Value) {
        if !text.is_empty() {
            self.tell(order_id, text);
        }
        if self.is_json {
            if let Value::Object(details) = &mut details {
                let first = [("order_id", json!(order_id)), ("event", json!(event))];
                details.extend(first.map(|(name, value)| (name.to_owned(), value)));
            }
            self.bar.suspend(|| drop(writeln!(io::stdout(), "{details}")));
        }
    }

    /// Tells programs how it ended with an order, and returns the row about it.
    pub(crate) fn end(&self, order_id: OrderId, name: &str, (state, text): End) -> Row {
        let event = if state == "issued" { "saved" } else { state };
        self.event(order_id, event, "", json!({"text": text}));
        (order_id, name.to_owned(), (state, text))
    }

    /// Shows the progress.
    pub(crate) fn progress(&self, text: String) {
        self.bar.set_message(text);
    }

    /// Prints a table, sorted by order.
    pub(crate) fn table(&self, mut rows: Vec<Row>) {
        self.bar.finish_and_clear();
        if self.is_json {
            return;
        }
        rows.sort();
        let cells = |(order_id, name, (state, text)): &Row| {
            [order_id.to_string(), printable(name), (*state).to_owned(), printable(text)]
        };
        let rows: Vec<_> = rows.iter().map(cells).collect();
        let width = |column: usize| {
            rows.iter().filter_map(|row| Some(row.get(column)?.chars().count())).max().unwrap_or(0)
        };
        let (first, second, third) = (width(0), width(1), width(2));
        for [order, name, state, text] in &rows {
            let line = format!("{order:<first$}  {name:<second$}  {state:<third$}  {text}");
            let _ = writeln!(io::stdout(), "{}", line.trim_end());
        }
    }
}
