//! The summary of all rows.

use std::{
    collections::BTreeMap,
    fmt::{self, Display, Formatter},
};

use certcentral_transport_hyper::{OrderId, certificate::CertificateStatus};
use time::{Date, Duration};

use crate::row::Row;

pub(crate) struct Summary {
    today: Date,
    days: u32,
    orders: usize,
    certificates: usize,
    issued: usize,
    pending: usize,
    rejected: usize,
    other: usize,
    expired: usize,
    expiring: usize,
    failures: BTreeMap<String, Failures>,
}

/// The failures of one kind.
struct Failures {
    orders: usize,
    first: OrderId,
    error: String,
}

impl Summary {
    /// Returns an empty summary. A certificate counts as expiring if that is at most `days` after
    /// `today`.
    pub(crate) fn new(today: Date, days: u32) -> Self {
        Self {
            today,
            days,
            orders: 0,
            certificates: 0,
            issued: 0,
            pending: 0,
            rejected: 0,
            other: 0,
            expired: 0,
            expiring: 0,
            failures: BTreeMap::new(),
        }
    }

    /// Adds the rows of an order.
    pub(crate) fn add(&mut self, rows: &[Row]) {
        self.orders += 1;
        for row in rows {
            let Row { order_id, error_kind, error, .. } = row;
            if !error.is_empty() {
                let first = || Failures { orders: 0, first: *order_id, error: error.clone() };
                self.failures.entry(error_kind.clone()).or_insert_with(first).orders += 1;
            }
            if let Some(status) = &row.status {
                self.add_certificate(&status.as_str().into(), row.valid_till);
            }
        }
    }

    fn add_certificate(&mut self, status: &CertificateStatus, valid_till: Option<Date>) {
        self.certificates += 1;
        match status {
            CertificateStatus::Issued => self.issued += 1,
            CertificateStatus::Pending => self.pending += 1,
            CertificateStatus::Rejected => self.rejected += 1,
            _ => self.other += 1,
        }
        if *status != CertificateStatus::Issued {
            return;
        }
        let soon = self.today.checked_add(Duration::days(self.days.into())).unwrap_or(Date::MAX);
        match valid_till {
            Some(end) if end < self.today => self.expired += 1,
            Some(end) if end <= soon => self.expiring += 1,
            _ => {}
        }
    }

    /// Returns whether every order was read.
    pub(crate) fn is_complete(&self) -> bool {
        self.failures.is_empty()
    }
}

impl Display for Summary {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Self { orders, certificates, issued, pending, rejected, other, .. } = self;
        let Self { expiring, expired, days, .. } = self;
        let failed: usize = self.failures.values().map(|failures| failures.orders).sum();
        writeln!(f, "orders:        {orders}, of which {failed} failed")?;
        writeln!(
            f,
            "certificates:  {certificates}: {issued} issued, {pending} pending, \
             {rejected} rejected, {other} other"
        )?;
        writeln!(f, "expiring:      {expiring} within {days} days; {expired} have expired")?;
        for (kind, Failures { orders, first, error }) in &self.failures {
            writeln!(f, "failed:        {orders} with {kind}, such as order {first}: {error}")?;
        }
        Ok(())
    }
}
