//! The summary of all rows.

use std::{
    collections::BTreeMap,
    fmt::{self, Display, Formatter},
};

use certcentral_transport_hyper::{OrderId, certificate::CertificateStatus};
use time::{Date, Duration};

use crate::{error_kind::GONE, row::Row};

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
    unchanged: Option<usize>,
    gone: usize,
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
    /// `today`. With `update`, orders are counted that are unchanged since an earlier run.
    pub(crate) fn new(today: Date, days: u32, update: bool) -> Self {
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
            unchanged: update.then_some(0),
            gone: 0,
            failures: BTreeMap::new(),
        }
    }

    /// Adds the rows of an order that is unchanged since an earlier run.
    pub(crate) fn add_unchanged(&mut self, rows: &[Row]) {
        self.add(rows);
        self.unchanged = self.unchanged.map(|orders| orders + 1);
    }

    /// Adds the rows of an order. Certificates that were not read now are not counted.
    pub(crate) fn add(&mut self, rows: &[Row]) {
        match rows.first() {
            Some(row) if row.error_kind == GONE => {
                self.gone += 1;
                return;
            }
            Some(Row { order_id, error_kind, error, .. }) if !error.is_empty() => {
                let first = || Failures { orders: 0, first: *order_id, error: error.clone() };
                self.failures.entry(error_kind.clone()).or_insert_with(first).orders += 1;
            }
            _ => {}
        }
        self.orders += 1;
        for row in rows.iter().filter(|row| row.error.is_empty()) {
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
        if let Some(unchanged) = self.unchanged {
            writeln!(f, "unchanged:     {unchanged} orders; {} are gone", self.gone)?;
        }
        for (kind, Failures { orders, first, error }) in &self.failures {
            writeln!(f, "failed:        {orders} with {kind}, such as order {first}: {error}")?;
        }
        Ok(())
    }
}
