//! What an order needs next, and when.

use std::{iter, time::Duration};

use time::{Date, Month};

use super::{Order, OrderStatus};
use crate::{certificate::CertificateStatus, request::RequestSummary};

/// What an order needs next; see [`Order::next_step`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum NextStep {
    /// Nothing: the order is over, or the service acts automatically.
    Nothing,
    /// What was requested is under way.
    Pending,
    /// A reissue, from this day on.
    Reissue {
        /// The first day on which it makes sense.
        from: Date,
    },
    /// A renewal, which is a new order, from this day on.
    Renew {
        /// The first day on which it makes sense.
        from: Date,
    },
}

impl NextStep {
    /// Returns whether this is a reissue or a renewal whose day has come.
    pub fn is_due(&self, today: Date) -> bool {
        match self {
            Self::Reissue { from } | Self::Renew { from } => *from <= today,
            Self::Nothing | Self::Pending => false,
        }
    }
}

impl Order {
    /// Returns what the order needs next, if a certificate is to be replaced `margin` before it ends.
    /// A day that it names may be in the past: [`NextStep::is_due`] says whether it has come. Go on with
    /// what you have a checkpoint of first: such an order may be `Pending`.
    ///
    /// The service's lists may lag: for a while an order that was just reissued is still listed with its
    /// old certificate, and looks due again. Compare its `valid_till` with that of the chain that you
    /// saved, or keep the checkpoint until the list shows the new one.
    ///
    /// A reissue ends with the order, or as long after its own day as the longest validity that is in
    /// force then. So one that comes too early leaves the last days of a plan without a certificate,
    /// and it is put off until it reaches the order's end, if at least a week is left by then. An order
    /// that ends with its certificate is renewed, at most 90 days before.
    ///
    /// `Nothing` is for an order that is revoked, renewed, canceled, rejected or expired, for one
    /// without a certificate, and for a step that the service takes automatically: `auto_reissue`,
    /// `auto_renew`. The longest validity is 199 days since 24 February 2026, and will be 46 from
    /// 15 March 2029 (documented): a day below the CA/Browser Forum's limits, as are the 99 from
    /// 15 March 2027 (assumed).
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// use certcentral_core::{order::{NextStep, Order}, serde_json, time::{Date, Month}};
    ///
    /// // A plan of a year.
    /// let order: Order = serde_json::from_str(r#"{"id": 7, "status": "issued",
    ///     "certificate": {"valid_till": "2026-12-28"}, "order_valid_till": "2027-06-13"}"#)?;
    /// let day = |month, day| Date::from_calendar_date(2026, month, day).unwrap();
    /// let margin = Duration::from_secs(60 * 24 * 60 * 60);
    /// let step = order.next_step(day(Month::November, 29), margin);
    /// assert_eq!(step, NextStep::Reissue { from: day(Month::November, 26) });
    /// assert!(step.is_due(day(Month::November, 29)));
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    pub fn next_step(&self, today: Date, margin: Duration) -> NextStep {
        let certificate = self.certificate.as_ref();
        let is_revoked = certificate
            .is_some_and(|certificate| certificate.status == Some(CertificateStatus::Revoked));
        let is_renewed = self.is_renewed == Some(true) || self.renewed_order_id.is_some();
        if self.status.is_under_way() || self.status == OrderStatus::Issued && self.is_requested() {
            return NextStep::Pending;
        }
        let order_valid_till = self.order_valid_till.unwrap_or(Date::MAX);
        let is_over = self.status != OrderStatus::Issued || order_valid_till < today;
        let Some(valid_till) = certificate.and_then(|certificate| certificate.valid_till) else {
            return NextStep::Nothing;
        };
        if is_over || is_revoked || is_renewed {
            return NextStep::Nothing;
        }
        // The certificate has been observed to end a day before its order.
        let ends_with_order = valid_till >= before(order_valid_till, DAY);
        let is_done_by_service =
            if ends_with_order { self.auto_renew } else { self.auto_reissue } == Some(true);
        if is_done_by_service {
            NextStep::Nothing
        } else if ends_with_order {
            NextStep::Renew { from: before(order_valid_till, margin.min(90 * DAY)) }
        } else {
            NextStep::Reissue { from: first_day(valid_till, order_valid_till, margin) }
        }
    }

    /// Whether a reissue waits for its approval.
    fn is_requested(&self) -> bool {
        self.requests.iter().any(RequestSummary::is_open_reissue)
    }
}

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// Returns the first day from `margin` before the certificate's end on, on which a reissue reaches the
/// order's end.
fn first_day(valid_till: Date, order_valid_till: Date, margin: Duration) -> Date {
    let wanted = before(valid_till, margin);
    // No certificate is valid for longer, so that an earlier day cannot be the first.
    let start = wanted.max(before(valid_till, 400 * DAY));
    let last = before(valid_till, 7 * DAY);
    let mut days = iter::successors(Some(start), |day| day.next_day());
    let first = days
        .by_ref()
        .take_while(|&day| day <= last)
        .find(|&day| after(day, longest_validity(day)) >= order_valid_till);
    first.filter(|&day| day > start).unwrap_or(wanted)
}

/// The longest validity of a public certificate that is issued on this day.
fn longest_validity(day: Date) -> Duration {
    let since = |year, month, day| Date::from_calendar_date(year, month, day).unwrap_or(Date::MAX);
    let days = match day {
        day if day >= since(2029, Month::March, 15) => 46,
        day if day >= since(2027, Month::March, 15) => 99,
        day if day >= since(2026, Month::February, 24) => 199,
        _ => 397,
    };
    days * DAY
}

fn before(day: Date, time: Duration) -> Date {
    time::Duration::try_from(time).map_or(Date::MIN, |time| day.saturating_sub(time))
}

fn after(day: Date, time: Duration) -> Date {
    time::Duration::try_from(time).map_or(Date::MAX, |time| day.saturating_add(time))
}
