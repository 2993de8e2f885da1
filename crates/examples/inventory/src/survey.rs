//! All orders, a number of them at once, until all are done or the user interrupts.

use std::{io, num::NonZeroUsize, pin::Pin};

use certcentral_example_cli::CliError;
use certcentral_transport_hyper::{Client, Error};
use tokio::{select, task::JoinSet};

use crate::{
    certificates,
    orders::{Orders, Target},
    row::Row,
};

/// How a run ended.
pub(crate) enum End {
    /// Every order has its rows.
    Complete,
    /// Orders in flight have no rows. `left` counts them too, if it is known.
    Interrupted { left: Option<usize> },
    /// The orders beyond those that have rows could not be listed.
    Unlisted(CliError),
    /// The key is refused, whichever the order.
    Refused(CliError),
    /// Rows could not be written.
    Unwritable(io::Error),
}

/// Queries all `orders`, `concurrency` of them at once. Each order's rows are written as they come.
pub(crate) async fn run(
    client: &Client,
    mut orders: Orders,
    concurrency: NonZeroUsize,
    mut interrupt: Pin<&mut impl Future<Output = io::Result<()>>>,
    mut write: impl FnMut(&[Row], Option<usize>) -> io::Result<()>,
) -> Result<End, CliError> {
    let mut in_flight = JoinSet::new();
    // Whether there may be further orders, and why not.
    let (mut more, mut error) = (true, None);
    while more || !in_flight.is_empty() {
        select! {
            biased;
            interrupted = &mut interrupt => {
                interrupted.map_err(|e| format!("cannot wait for Ctrl-C: {e}"))?;
                return Ok(End::Interrupted { left: left(&orders, in_flight.len()) });
            }
            target = orders.next(), if more && in_flight.len() < concurrency.get() => match target {
                Some(Ok(target)) => {
                    in_flight.spawn(rows(client.clone(), target));
                }
                Some(Err(e)) => (more, error) = (false, Some(e)),
                None => more = false,
            },
            Some(done) = in_flight.join_next() => {
                let rows = match done.map_err(|e| format!("a call did not complete: {e}"))? {
                    Ok(rows) => rows,
                    Err(e) => return Ok(End::Refused(e.into())),
                };
                if let Err(e) = write(&rows, left(&orders, in_flight.len())) {
                    return Ok(End::Unwritable(e));
                }
            }
        }
    }
    Ok(error.map_or(End::Complete, End::Unlisted))
}

/// Returns an error only if it is not about this order.
async fn rows(client: Client, target: Target) -> Result<Vec<Row>, Error> {
    let order_id = target.id();
    match certificates::get(&client, target).await {
        Ok((order, certificates)) => Ok(Row::of_order(&order, &certificates)),
        Err(e) if e.has_code("access_denied|access_denied_invalid_key") => Err(e),
        Err(e) => Ok(vec![Row::of_error(order_id, e)]),
    }
}

fn left(orders: &Orders, in_flight: usize) -> Option<usize> {
    Some(orders.left()?.saturating_add(in_flight))
}
