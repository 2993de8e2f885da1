//! The summary of all rows.

use std::fmt::{self, Display, Formatter};

use certcentral_transport_hyper::OrderId;
use time::{Date, Duration, OffsetDateTime};

use crate::row::Row;

pub(crate) struct Summary {
    today: Date,
    days: u32,
    orders: usize,
    issued: usize,
    pending: usize,
    rejected: usize,
    other: usize,
    expired: usize,
    expiring: usize,
    failed: Vec<(OrderId, String)>,
}

/// The number of failures that are printed in full; the output has all.
const SHOWN: usize = 20;

impl Summary {
    /// Returns an empty summary, which counts certificates that expire within a number of days.
    pub(crate) fn new(expiring_within: u32) -> Self {
        Self {
            today: OffsetDateTime::now_utc().date(),
            days: expiring_within,
            orders: 0,
            issued: 0,
            pending: 0,
            rejected: 0,
            other: 0,
            expired: 0,
            expiring: 0,
            failed: Vec::new(),
        }
    }

    pub(crate) fn add(&mut self, row: &Row) {
        self.orders += 1;
        self.issued += row.issued.unwrap_or(0);
        self.pending += row.pending.unwrap_or(0);
        self.rejected += row.rejected.unwrap_or(0);
        self.other += row.other.unwrap_or(0);
        let soon = self.today.checked_add(Duration::days(self.days.into())).unwrap_or(Date::MAX);
        match row.valid_till {
            Some(end) if end < self.today => self.expired += 1,
            Some(end) if end <= soon => self.expiring += 1,
            _ => {}
        }
        if let Some(error) = &row.error {
            self.failed.push((row.order_id, error.clone()));
        }
    }

    pub(crate) fn is_complete(&self) -> bool {
        self.failed.is_empty()
    }
}

impl Display for Summary {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Self { orders, issued, pending, rejected, other, expired, expiring, days, .. } = self;
        let failed = self.failed.len();
        writeln!(f, "orders:    {orders}, of which {failed} failed")?;
        writeln!(
            f,
            "reissues:  {issued} issued, {pending} pending, {rejected} rejected, {other} other"
        )?;
        writeln!(f, "expiring:  {expiring} orders within {days} days; {expired} have expired")?;
        for (order_id, error) in self.failed.iter().take(SHOWN) {
            writeln!(f, "order {order_id} failed: {error}")?;
        }
        match failed.saturating_sub(SHOWN) {
            0 => Ok(()),
            more => writeln!(f, "and {more} more, in the output"),
        }
    }
}
