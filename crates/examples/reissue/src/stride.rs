//! How far a reissuance is driven at once.

use std::time::Instant;

use certcentral_transport_ureq::{
    Drive, Failure, Step,
    bytes::Bytes,
    http::{Method, Response},
    reissuance::{Progress, Reissuance},
};

/// A reissuance until something is reached, or there is a pause.
pub(crate) struct Stride<'a> {
    pub(crate) reissuance: &'a mut Reissuance,
    pub(crate) is_dry_run: bool,
}

pub(crate) enum Reached {
    Progress(Box<Progress>),
    Pause(Instant),
    /// A dry run ends before it would change something.
    Change,
}

impl Drive for Stride<'_> {
    type Output = Reached;

    fn poll(&mut self, now: Instant) -> Step<Reached> {
        match self.reissuance.poll(now) {
            Step::Send(attempt) if self.is_dry_run && attempt.request.method() != Method::GET => {
                Step::Done(Ok(Reached::Change))
            }
            Step::Send(attempt) => Step::Send(attempt),
            Step::Wait(until) => match self.reissuance.next_look() {
                Some(look) => Step::Done(Ok(Reached::Pause(look))),
                None => Step::Wait(until),
            },
            Step::Done(result) => Step::Done(result.map(|it| Reached::Progress(it.into()))),
        }
    }

    fn handle(&mut self, now: Instant, outcome: Result<Response<Bytes>, Failure>) {
        self.reissuance.handle(now, outcome);
    }

    fn set_deadline(&mut self, deadline: Option<Instant>) {
        self.reissuance.set_deadline(deadline);
    }
}
