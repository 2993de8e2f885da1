//! How far a reissuance is driven at once.

use std::time::Instant;

use certcentral_transport_ureq::{
    Drive, Failure, Step,
    bytes::Bytes,
    http::{Method, Response},
    reissuance::{Progress, Reissuance},
};

/// A reissuance until something is reached, or there is a pause. A dry run also stops before it would
/// change something.
pub(crate) struct Stride<'a> {
    pub(crate) reissuance: &'a mut Reissuance,
    pub(crate) is_dry_run: bool,
}

impl Drive for Stride<'_> {
    type Output = Option<Progress>;

    fn poll(&mut self, now: Instant) -> Step<Self::Output> {
        match self.reissuance.poll(now) {
            Step::Send(attempt) if self.is_dry_run && attempt.request.method() != Method::GET => {
                Step::Done(Ok(None))
            }
            Step::Send(attempt) => Step::Send(attempt),
            Step::Wait(_) if self.reissuance.next_look().is_some() => Step::Done(Ok(None)),
            Step::Wait(until) => Step::Wait(until),
            Step::Done(result) => Step::Done(result.map(Some)),
        }
    }

    fn handle(&mut self, now: Instant, outcome: Result<Response<Bytes>, Failure>) {
        self.reissuance.handle(now, outcome);
    }

    fn set_deadline(&mut self, deadline: Option<Instant>) {
        self.reissuance.set_deadline(deadline);
    }
}
