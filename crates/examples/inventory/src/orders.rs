//! The order ids in a file or on standard input.

use std::{collections::HashSet, fs, io, path::Path};

use certcentral_example_cli::CliError;
use certcentral_transport_hyper::OrderId;

/// Returns each order once, in the order of the lines.
pub(crate) fn read(file: Option<&Path>) -> Result<Vec<OrderId>, CliError> {
    let (name, text) = match file {
        Some(path) => (path.display().to_string(), fs::read_to_string(path)),
        None => ("standard input".to_owned(), io::read_to_string(io::stdin())),
    };
    let text = text.map_err(|e| format!("cannot read {name}: {e}"))?;

    let mut seen = HashSet::new();
    let mut orders = Vec::new();
    for (line, number) in text.lines().zip(1..) {
        let id = line.split('#').next().unwrap_or_default().trim();
        if id.is_empty() {
            continue;
        }
        let order_id: OrderId = id
            .parse()
            .map_err(|e| format!("{name}, line {number}: `{id}` is not an order id: {e}"))?;
        if seen.insert(order_id) {
            orders.push(order_id);
        }
    }
    Ok(orders)
}
