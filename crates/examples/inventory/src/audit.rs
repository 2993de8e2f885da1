//! The calls, a number of them at once, until all are done or the user interrupts.

use std::{io, num::NonZeroUsize, pin::pin};

use certcentral_example_cli::CliError;
use certcentral_transport_hyper::{Client, ListReissues, OrderId};
use tokio::{select, signal, task::JoinSet};

use crate::row::Row;

/// How a run ended.
pub(crate) enum End {
    /// Every order has a row.
    Complete,
    /// By Ctrl-C. Orders in flight have no row.
    Interrupted,
    /// A row could not be written.
    Unwritable(io::Error),
}

/// Queries all `orders`, `concurrency` of them at once, and writes each row as it comes.
pub(crate) async fn audit(
    client: &Client,
    orders: Vec<OrderId>,
    concurrency: NonZeroUsize,
    mut write: impl FnMut(Row) -> io::Result<()>,
) -> Result<End, CliError> {
    let mut interrupt = pin!(signal::ctrl_c());
    let mut orders = orders.into_iter();
    let mut calls = JoinSet::new();
    loop {
        for order_id in orders.by_ref().take(concurrency.get().saturating_sub(calls.len())) {
            let call = client.api().call(ListReissues::new(order_id)).in_background();
            let call = client.send_call(call);
            calls.spawn(async move { Row::new(order_id, call.await) });
        }
        let joined = select! {
            joined = calls.join_next() => joined,
            interrupted = &mut interrupt => {
                interrupted.map_err(|e| format!("cannot wait for Ctrl-C: {e}"))?;
                return Ok(End::Interrupted);
            }
        };
        match joined {
            None => return Ok(End::Complete),
            Some(Err(e)) => return Err(format!("a call did not complete: {e}").into()),
            Some(Ok(row)) => {
                if let Err(e) = write(row) {
                    return Ok(End::Unwritable(e));
                }
            }
        }
    }
}
