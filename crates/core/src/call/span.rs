//! What a call logs: a span from its creation to its end, an event for each retry, and one for the
//! error that ends it. `docs/tracing.md` says what is in them.

use std::{borrow::Cow, error::Error as StdError, time::Duration};

use http::StatusCode;
use tracing::field::Empty;

use crate::{endpoint::Endpoint, error::Error, text::Excerpted};

/// Of the span and its events: one name to filter by, wherever the code stands.
const TARGET: &str = "certcentral_core";

#[derive(Clone, Debug)]
pub(super) struct Span(tracing::Span);

impl Span {
    /// Opens a span inside the one that is current now. There is no path of a URL if the endpoint's
    /// input cannot be used.
    pub(super) fn open(endpoint: &impl Endpoint, path: Option<&str>) -> Self {
        let own = || Cow::Owned(Excerpted(endpoint.path()).to_string());
        let path = path.map_or_else(own, Cow::Borrowed);
        Self(tracing::info_span!(
            target: TARGET,
            "certcentral_call",
            endpoint = endpoint.name(),
            path = &*path,
            attempts = Empty,
            status = Empty,
            bytes = Empty,
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
                // Nobody has to do anything about it yet.
                error = error.inner(),
                "{message}"
            );
        });
    }

    /// Logs the error that ends the call.
    pub(super) fn failed(&self, attempts: u32, error: &Error) {
        let code = error.code().map(|code| Excerpted(code).to_string());
        let path = error.path().map(|path| Excerpted(path).to_string());
        // The level is part of what is compiled for an event, so each has its own.
        macro_rules! event {
            ($level:ident) => {
                tracing::$level!(
                    target: TARGET,
                    attempts,
                    reason = error.kind(),
                    status = error.status().map(|status| status.as_u16()),
                    code,
                    path,
                    error = error as &(dyn StdError + 'static),
                    "call failed"
                )
            };
        }
        self.within(|| {
            // A caller's bad input is the caller's to report.
            if error.is_not_found() || matches!(error, Error::Invalid(_)) {
                event!(info);
            } else if error.is_transient() {
                event!(warn);
            } else {
                event!(error);
            }
        });
    }

    pub(super) fn within<T>(&self, work: impl FnOnce() -> T) -> T {
        self.0.in_scope(work)
    }

    /// Closes the span with all that is known only now: a field that is recorded twice is shown
    /// twice.
    pub(super) fn close(
        self,
        attempts: u32,
        received: Option<(StatusCode, usize)>,
        outcome: &'static str,
    ) {
        let Self(span) = self;
        span.record("attempts", attempts);
        if let Some((status, bytes)) = received {
            span.record("status", status.as_u16());
            span.record("bytes", bytes);
        }
        span.record("outcome", outcome);
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
