//! The calls: so many at once, until all are answered or somebody has had enough.

use std::{io, num::NonZeroUsize, pin::pin};

use certcentral_core::{ListReissues, OrderId};
use certcentral_transport_hyper::Client;
use tokio::{select, signal, task::JoinSet};

use crate::{row::Row, trouble::Trouble};

/// Why there are no further rows.
pub(crate) enum End {
    /// There is one for every order.
    Complete,
    /// By Ctrl-C. Orders that were being asked have no row.
    Interrupted,
    /// A row could not be written.
    Unwritable(io::Error),
}

/// Asks for all `orders`, `concurrency` of them at once, and has each row written as it comes.
pub(crate) async fn audit(
    client: &Client,
    orders: Vec<OrderId>,
    concurrency: NonZeroUsize,
    mut write: impl FnMut(Row) -> io::Result<()>,
) -> Result<End, Trouble> {
    let mut interrupt = pin!(signal::ctrl_c());
    let mut orders = orders.into_iter();
    let mut calls = JoinSet::new();
    loop {
        for order_id in orders.by_ref().take(concurrency.get().saturating_sub(calls.len())) {
            let call = client.send(ListReissues::new(order_id));
            calls.spawn(async move { Row::new(order_id, call.await) });
        }
        let answered = select! {
            answered = calls.join_next() => answered,
            interrupted = &mut interrupt => {
                interrupted.map_err(|e| format!("Ctrl-C cannot be waited for: {e}"))?;
                return Ok(End::Interrupted);
            }
        };
        match answered {
            None => return Ok(End::Complete),
            Some(Err(e)) => return Err(format!("a call did not come to its end: {e}").into()),
            Some(Ok(row)) => {
                if let Err(e) = write(row) {
                    return Ok(End::Unwritable(e));
                }
            }
        }
    }
}
