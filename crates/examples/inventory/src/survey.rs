//! All orders, a number of them at once, until all are done or the user interrupts.

use std::{io, num::NonZeroUsize, pin::Pin};

use certcentral_example_cli::CliError;
use certcentral_transport_hyper::Client;
use tokio::{select, task::JoinSet};

use crate::{
    certificates,
    error_kind::{UNREADABLE, error_kind},
    orders::{Orders, Target},
    row::Row,
    sink::Sink,
    state::fingerprint,
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

/// Queries all `orders`, `concurrency` of them at once, but those that `sink` has already. Each order's
/// rows are written as they come.
pub(crate) async fn run(
    client: &Client,
    mut orders: Orders,
    concurrency: NonZeroUsize,
    mut interrupt: Pin<&mut impl Future<Output = io::Result<()>>>,
    sink: &mut Sink,
) -> Result<End, CliError> {
    let mut in_flight = JoinSet::new();
    // Whether there may be further orders, and why not.
    let (mut more, mut error) = (true, None);
    // How many orders were denied, until one is read. An update may query no others, and keeps their
    // lines.
    let mut denied = (!sink.is_update()).then_some(0);
    while more || !in_flight.is_empty() {
        select! {
            biased;
            interrupted = &mut interrupt => {
                interrupted.map_err(|e| format!("cannot wait for Ctrl-C: {e}"))?;
                return Ok(End::Interrupted { left: left(&orders, in_flight.len()) });
            }
            target = orders.next(), if more && in_flight.len() < concurrency.get() => match target {
                Some(Ok(target)) => match sink.keep(&target, left(&orders, in_flight.len())) {
                    Ok(true) => {}
                    Ok(false) => {
                        in_flight.spawn(query(client.clone(), target));
                    }
                    Err(e) => return Ok(End::Unwritable(e)),
                },
                Some(Err(e)) => (more, error) = (false, Some(e)),
                None => more = false,
            },
            Some(done) = in_flight.join_next() => {
                let Done { rows, row, denied: denial } =
                    done.map_err(|e| format!("a call did not complete: {e}"))?;
                if let Some(Denied { error, is_by_key }) = denial {
                    denied = denied.map(|orders| orders + 1);
                    if is_by_key || denied == Some(DENIED_ALIKE) {
                        return Ok(End::Refused(error));
                    }
                } else {
                    denied = None;
                }
                if let Err(e) = sink.write(rows, row, left(&orders, in_flight.len())) {
                    return Ok(End::Unwritable(e));
                }
            }
        }
    }
    Ok(error.map_or(End::Complete, End::Unlisted))
}

/// The number of orders for which access is denied, before one was read, after which that is
/// the key's fault and not the orders'.
const DENIED_ALIKE: usize = 5;

/// The rows of an order.
struct Done {
    rows: Vec<Row>,
    /// The fingerprint of what the list says of it.
    row: Option<u64>,
    denied: Option<Denied>,
}

/// A 401 or 403.
struct Denied {
    error: CliError,
    /// Whether the response says that the key is wrong.
    is_by_key: bool,
}

async fn query(client: Client, target: Target) -> Done {
    let order_id = target.id();
    let listed = match target {
        Target::Unreadable(_, error) => {
            let row = Row::of_error(order_id, UNREADABLE.to_owned(), &error);
            return Done { rows: vec![row], row: None, denied: None };
        }
        Target::Listed(order) => Some(*order),
        Target::Id(_) => None,
    };
    let row = listed.as_ref().and_then(fingerprint);
    match certificates::get(&client, order_id, listed).await {
        Ok((order, certificates)) => {
            Done { rows: Row::of_order(&order, &certificates), row, denied: None }
        }
        Err(error) => {
            let kind = error_kind(&error);
            let is_denied =
                error.status().is_some_and(|status| [401, 403].contains(&status.as_u16()));
            let is_by_key = error.has_code("access_denied|access_denied_invalid_key");
            let error = CliError::from(error);
            let rows = vec![Row::of_error(order_id, kind, &error.0)];
            Done { rows, row, denied: is_denied.then_some(Denied { error, is_by_key }) }
        }
    }
}

fn left(orders: &Orders, in_flight: usize) -> Option<usize> {
    Some(orders.left()?.saturating_add(in_flight))
}
