//! What a call logs: a span from its creation to its end, an event for each retry, and one for the
//! error that ends it. `docs/tracing.md` says what is in them.

#[cfg(not(feature = "tracing"))]
#[path = "trace/no_span.rs"]
mod span;
#[cfg(feature = "tracing")]
mod span;

use std::time::{Duration, Instant};

use bytes::Bytes;
use http::StatusCode;

use self::span::Span;
use crate::{endpoint::Endpoint, error::Error};

/// The numbers of one call, recorded in its span when the call ends.
pub(super) struct Trace {
    /// None once the call is over.
    span: Option<Span>,
    account: Account,
    /// When the call was last polled or handled.
    heard: Option<Instant>,
    /// What the call waits for, and for how long it was told to.
    waiting: Option<(Wait, Duration)>,
}

#[derive(Default)]
struct Account {
    attempts: u32,
    /// The status of the last attempt's response, and the length of its body, if there was one.
    response: Option<(StatusCode, usize)>,
    waited_for_limiter: Duration,
    waited_for_backoff: Duration,
}

/// What can hold up a call.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Wait {
    Backoff,
    /// The rolling windows, and the pauses of the whole `Api`.
    Limiter,
    /// An attempt is in flight.
    Response,
}

impl Trace {
    pub(super) fn new(endpoint: &impl Endpoint, path: &str) -> Self {
        let span = Span::open(endpoint, path);
        Self { span: Some(span), account: Account::default(), heard: None, waiting: None }
    }

    /// Notes that the call is polled or handled at `now`, and what it has waited for until then.
    pub(super) fn hear(&mut self, now: Instant, waiting_for: Option<Wait>) {
        let last = self.heard.unwrap_or(now);
        self.heard = Some(last.max(now));
        self.waiting = None;
        let passed = now.saturating_duration_since(last);
        let account = match waiting_for {
            None | Some(Wait::Response) => return,
            Some(Wait::Backoff) => &mut self.account.waited_for_backoff,
            Some(Wait::Limiter) => &mut self.account.waited_for_limiter,
        };
        *account = account.saturating_add(passed);
    }

    /// Nobody polls the call before `until` if it goes as it should. What it has waited is not known
    /// before it is polled.
    pub(super) fn told_to_wait(&mut self, waiting_for: Option<Wait>, until: Instant) {
        let wait = self.heard.map(|now| until.saturating_duration_since(now));
        self.waiting = waiting_for.zip(wait);
    }

    /// The call has sent `attempts` requests by now.
    pub(super) fn sent(&mut self, attempts: u32) {
        self.account.attempts = attempts;
        self.account.response = None;
    }

    pub(super) fn responded(&mut self, response: &http::Response<Bytes>) {
        self.account.response = Some((response.status(), response.body().len()));
    }

    /// The attempt that failed with `error` is retried after `pause`.
    pub(super) fn retrying(&self, error: &Error, pause: Duration) {
        if let Some(span) = &self.span {
            span.retrying(self.account.attempts, error, pause);
        }
    }

    /// The call is over. What comes later is not logged.
    pub(super) fn ended(&mut self, error: Option<&Error>) {
        if let (Some(span), Some(error)) = (&self.span, error) {
            span.failed(self.account.attempts, error);
        }
        self.close(error.map_or("ok", Error::kind));
    }

    /// Runs `work` inside the span.
    pub(super) fn within<T>(&self, work: impl FnOnce() -> T) -> T {
        match &self.span {
            Some(span) => span.within(work),
            None => work(),
        }
    }

    fn close(&mut self, outcome: &'static str) {
        if let Some(span) = self.span.take() {
            span.close(&self.account, self.waiting, outcome);
        }
    }
}

impl Drop for Trace {
    fn drop(&mut self) {
        self.close("dropped");
    }
}
