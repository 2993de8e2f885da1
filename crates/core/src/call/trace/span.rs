//! The span and its events, as `tracing` has them.

use std::{error::Error as StdError, time::Duration};

use tracing::field::Empty;

use super::Account;
use crate::error::Error;

/// Of the span and its events: one name to filter by, wherever the code stands.
const TARGET: &str = "certcentral_core";

pub(super) struct Span(tracing::Span);

impl Span {
    /// Opens a span inside the one that is current now.
    pub(super) fn open(endpoint: &str, path: &str) -> Self {
        Self(tracing::info_span!(
            target: TARGET,
            "certcentral_call",
            endpoint,
            path,
            attempts = Empty,
            status = Empty,
            bytes = Empty,
            limiter_wait_ms = Empty,
            backoff_wait_ms = Empty,
            outcome = Empty,
        ))
    }

    pub(super) fn retrying(&self, attempt: u32, error: &Error, pause: Duration) {
        let message = if error.is_rate_limited() {
            "rate limit exceeded; all calls pause"
        } else {
            "attempt failed; retrying"
        };
        // Inside, and not below by name: where only the events are asked for, they belong to the
        // span that is current.
        self.within(|| {
            tracing::warn!(
                target: TARGET,
                attempt,
                reason = error.kind(),
                status = error.status().map(|status| status.as_u16()),
                pause_ms = millis(pause),
                error = error as &(dyn StdError + 'static),
                "{message}"
            );
        });
    }

    pub(super) fn within<T>(&self, work: impl FnOnce() -> T) -> T {
        self.0.in_scope(work)
    }

    /// Closes the span with all that is known only now: a field that is recorded twice is shown
    /// twice.
    pub(super) fn close(self, account: &Account, outcome: &'static str) {
        let Self(span) = self;
        span.record("attempts", account.attempts);
        if let Some((status, bytes)) = account.response {
            span.record("status", status.as_u16());
            span.record("bytes", bytes);
        }
        span.record("limiter_wait_ms", millis(account.waited_for_limiter));
        span.record("backoff_wait_ms", millis(account.waited_for_backoff));
        span.record("outcome", outcome);
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
