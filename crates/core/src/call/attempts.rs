//! The attempts of a call, one after the other: pauses, the rate limit, the deadline. The same for every
//! endpoint, so that it is compiled once.

use std::{
    mem,
    sync::Arc,
    time::{Duration, Instant},
};

use bytes::Bytes;
use http::{Request, Response, StatusCode};

use super::{Attempt, Step, span::Span};
use crate::{
    base_url,
    error::{
        DeadlineError, DeadlineReason, Error, Failure, FailureKind, InvalidInputError,
        RequestContext, TimeLimit, TransportError,
    },
    instant::later,
    rate_limit::{Ticket, Turn},
    retry::LONGEST_PAUSE,
    secret::Secret,
    settings::Settings,
};

pub(super) struct Attempts {
    settings: Arc<Settings>,
    /// Of every attempt. It is built early, so that bad input neither waits nor costs a slot.
    request: Request<Bytes>,
    is_repeatable: bool,
    state: State,
    /// Its place in the order of the rate limit.
    ticket: Ticket,
    pub(super) deadline: Option<Instant>,
    is_deadline_set: bool,
    /// When `poll` was called first: the call's time runs from then on.
    started: Option<Instant>,
    /// Requests sent.
    pub(super) sent: u32,
    /// Attempts used up: requests sent, but for those that failed as stale or with 429.
    used: u32,
    /// Attempts that failed as stale and used up none, since the last response.
    stale: u32,
    /// For how long the call's own 429 responses have held it up.
    throttled: Duration,
    pub(super) last_error: Option<Error>,
    /// The pause before the next attempt, until it is logged.
    unlogged_pause: Option<Duration>,
    /// The status of the last attempt's response, and the length of its body, if there was one.
    received: Option<(StatusCode, usize)>,
    /// None once the call is over.
    span: Option<Span>,
}

enum State {
    /// On the way to the next attempt, in backoff until then if there is any.
    Waiting(Option<Instant>),
    /// Waiting for its turn under the rate limit, or for the end of a pause after a 429.
    Queued { throttled: bool },
    /// An attempt is in flight.
    Out { sent: Instant, deadline: Instant },
    /// The result has not been asked for yet.
    Finished(Result<(), Error>),
    /// The result has been handed out.
    Over,
}

impl Attempts {
    pub(super) fn new(
        settings: Arc<Settings>,
        request: Result<Request<Bytes>, Error>,
        is_repeatable: bool,
        span: Span,
    ) -> Self {
        let (request, state) = match request {
            Ok(request) => (request, State::Waiting(None)),
            Err(error) => (Request::default(), State::Finished(Err(error))),
        };
        Self {
            request,
            is_repeatable,
            ticket: settings.limiter.ticket(settings.is_background),
            settings,
            state,
            deadline: None,
            is_deadline_set: false,
            started: None,
            sent: 0,
            used: 0,
            stale: 0,
            throttled: Duration::ZERO,
            last_error: None,
            unlogged_pause: None,
            received: None,
            span: Some(span),
        }
    }

    pub(super) fn set_background(&mut self) {
        self.ticket.set_background();
    }

    pub(super) fn set_deadline(&mut self, deadline: Option<Instant>) {
        (self.deadline, self.is_deadline_set) = (deadline, true);
    }

    pub(super) fn secret(&self) -> &Secret {
        self.settings.key.secret()
    }

    pub(super) fn state_name(&self) -> &'static str {
        match self.state {
            State::Waiting(_) | State::Queued { .. } => "waiting",
            State::Out { .. } => "out",
            State::Finished(_) => "finished",
            State::Over => "over",
        }
    }

    /// Returns what to do at `now`. `Done` has no output: the call keeps it.
    pub(super) fn poll(&mut self, now: Instant) -> Step<()> {
        self.log_pause();
        let step = self.step(now);
        if let Step::Done(result) = &step {
            let error = result.as_ref().err();
            self.log_end(error.map_or("ok", Error::kind), error);
        }
        step
    }

    /// Takes the outcome of the attempt in flight. Returns a response to be [judged](Self::judge), and
    /// when its request was sent.
    pub(super) fn receive(
        &mut self,
        now: Instant,
        outcome: Result<Response<Bytes>, Failure>,
    ) -> Option<(Instant, Response<Bytes>)> {
        let State::Out { sent, .. } = self.state else { return None };
        // A refusal is certain at the end of its head. Its body only explains it, and to drop the
        // status would be to send again what was refused.
        let outcome = outcome.or_else(Failure::into_refusal);
        self.ticket.end(now, outcome.is_ok());
        let response = match outcome {
            Ok(response) => response,
            Err(failure) => {
                self.fail(now, failure);
                return None;
            }
        };
        self.received = Some((response.status(), response.body().len()));
        self.stale = 0;
        if response.status().is_success() {
            self.ticket.accepted(sent);
        }
        Some((sent, response))
    }

    /// Takes what the response has turned out to be.
    pub(super) fn judge(&mut self, now: Instant, sent: Instant, read: Result<(), Error>) {
        match read {
            Err(error) if error.is_rate_limited() && !error.is_access_denied() => {
                self.throttle(now, sent, error);
            }
            Err(error) if error.is_transient() => self.retry(now, error, false),
            result => self.finish(result),
        }
    }

    fn step(&mut self, now: Instant) -> Step<()> {
        if self.started.is_none() {
            self.started = Some(now);
            if !self.is_deadline_set {
                self.deadline = self.settings.call_timeout.map(|timeout| later(now, timeout));
            }
        }
        if let State::Out { deadline, .. } = self.state {
            if now < deadline {
                return Step::Wait(deadline);
            }
            let reason = "the transport handed in nothing before the attempt's deadline";
            self.receive(now, Err(Failure::new(FailureKind::Timeout, reason)));
            self.log_pause();
        }
        match mem::replace(&mut self.state, State::Over) {
            State::Waiting(until) => self.advance(now, until),
            // The turn that would have come in time was missed.
            State::Queued { throttled } if self.is_late(now) => {
                self.give_up(now, reason_of(throttled), Some(Duration::ZERO))
            }
            State::Queued { .. } => self.advance(now, None),
            State::Finished(result) => Step::Done(result),
            State::Out { .. } | State::Over => Step::Done(Err(over())),
        }
    }

    /// Goes for the next attempt as far as backoff, rate limit and deadline allow.
    fn advance(&mut self, now: Instant, backoff: Option<Instant>) -> Step<()> {
        if self.is_late(now) {
            return self.give_up(now, DeadlineReason::Passed, None);
        }
        if let Some(until) = backoff.filter(|&until| now < until) {
            self.state = State::Waiting(backoff);
            return Step::Wait(until);
        }
        match self.ticket.turn(now, self.deadline) {
            Turn::Go => Step::Send(self.send(now)),
            Turn::Wait { until, throttled } => {
                self.state = State::Queued { throttled };
                Step::Wait(until)
            }
            Turn::TooLate { room, throttled } => {
                let room = room.saturating_duration_since(now);
                self.give_up(now, reason_of(throttled), Some(room))
            }
        }
    }

    fn is_late(&self, now: Instant) -> bool {
        self.deadline.is_some_and(|deadline| deadline <= now)
    }

    fn send(&mut self, now: Instant) -> Attempt {
        let attempt_end = later(now, self.settings.attempt_timeout);
        let deadline = self.deadline.map_or(attempt_end, |end| end.min(attempt_end));
        self.sent = self.sent.saturating_add(1);
        self.used = self.used.saturating_add(1);
        self.received = None;
        self.state = State::Out { sent: now, deadline };
        let (body_limit, span) = (self.settings.body_limit, self.span.clone());
        Attempt { request: self.request.clone(), deadline, body_limit, span }
    }

    fn fail(&mut self, now: Instant, failure: Failure) {
        let (kind, is_unprocessed) = (failure.kind(), failure.is_unprocessed());
        let error = self.transport_error(failure, self.time_limit(now));
        let most_stale = if is_unprocessed { MOST_UNPROCESSED } else { MOST_STALE };
        if kind == FailureKind::Stale
            && (is_unprocessed || self.is_repeatable)
            && self.stale < most_stale
        {
            self.stale += 1;
            self.used = self.used.saturating_sub(1);
            self.pause(error, Duration::ZERO, State::Waiting(None));
        } else if kind.is_transient() {
            self.retry(now, error, is_unprocessed);
        } else {
            self.finish(Err(error));
        }
    }

    /// After a transient failure: another attempt, or the end.
    fn retry(&mut self, now: Instant, error: Error, unsent: bool) {
        let policy = &self.settings.retry;
        let asked = error.retry_after().unwrap_or_default();
        let pause = asked.max(policy.backoff(self.used, self.settings.random()));
        if (unsent || self.is_repeatable)
            && policy.allows_another(self.used)
            && self.may_wait(now, asked, pause)
        {
            self.pause(error, pause, State::Waiting(Some(later(now, pause))));
        } else {
            self.finish(Err(error));
        }
    }

    /// After 429: the pause of the whole `Api`, or the end. The limiter keeps the pause.
    fn throttle(&mut self, now: Instant, sent: Instant, error: Error) {
        let asked = error.retry_after();
        let pause_end = self.ticket.refused(now, sent, asked);
        let asked = asked.unwrap_or_default();
        let pause = asked.max(pause_end.saturating_duration_since(now));
        self.throttled = self.throttled.saturating_add(pause.max(Duration::from_secs(1)));
        self.used = self.used.saturating_sub(1);
        if self.settings.retry.allows_throttled(self.throttled) && self.may_wait(now, asked, pause)
        {
            self.pause(error, pause, State::Waiting(None));
        } else {
            self.finish(Err(error));
        }
    }

    /// Goes on to another attempt, after the pause that `state` keeps.
    fn pause(&mut self, error: Error, pause: Duration, state: State) {
        self.last_error = Some(error);
        self.unlogged_pause = Some(pause);
        self.state = state;
    }

    /// Whether a pause can be obeyed and end before the deadline; if not, it is not begun.
    fn may_wait(&self, now: Instant, asked: Duration, pause: Duration) -> bool {
        asked <= LONGEST_PAUSE && self.deadline.is_none_or(|end| later(now, pause) < end)
    }

    fn finish(&mut self, result: Result<(), Error>) {
        self.last_error = None;
        self.ticket.leave();
        self.state = State::Finished(result);
    }

    /// Ends the call for lack of time, with the last real error if there was one.
    fn give_up(
        &mut self,
        now: Instant,
        reason: DeadlineReason,
        room: Option<Duration>,
    ) -> Step<()> {
        self.ticket.leave();
        let time = match reason {
            DeadlineReason::Passed => {
                self.started.map(|started| now.saturating_duration_since(started))
            }
            _ => self.deadline.map(|deadline| deadline.saturating_duration_since(now)),
        };
        let time = time.unwrap_or_default();
        let deadline = || DeadlineError::new(reason, time, room, self.sent).into();
        Step::Done(Err(self.last_error.take().unwrap_or_else(deadline)))
    }

    /// The limit that has passed, if the attempt in flight has used up its time.
    fn time_limit(&self, now: Instant) -> Option<TimeLimit> {
        let State::Out { sent, deadline } = self.state else { return None };
        let is_of_call = deadline < later(sent, self.settings.attempt_timeout);
        let begin = if is_of_call { self.started? } else { sent };
        let time = deadline.saturating_duration_since(begin);
        let limit = if is_of_call { TimeLimit::OfCall(time) } else { TimeLimit::OfAttempt(time) };
        (deadline <= now).then_some(limit)
    }

    fn transport_error(&self, failure: Failure, time_limit: Option<TimeLimit>) -> Error {
        let secret = self.settings.key.secret();
        TransportError::new(failure, time_limit, self.context(), secret).into()
    }

    /// What an error of the attempt that was sent last says about it.
    pub(super) fn context(&self) -> RequestContext {
        RequestContext {
            url: base_url::text_of(self.request.uri()),
            attempts: self.sent,
            is_repeatable: self.is_repeatable,
        }
    }

    /// Logs that the last attempt is retried. Not at once: a call that is dropped retries nothing.
    fn log_pause(&mut self) {
        let pause = self.unlogged_pause.take();
        if let (Some(pause), Some(error), Some(span)) = (pause, &self.last_error, &self.span) {
            span.retrying(self.sent, error, pause);
        }
    }

    /// Logs the error that ended the call, if there is one, and closes the span. What comes later is
    /// not logged.
    fn log_end(&mut self, outcome: &'static str, error: Option<&Error>) {
        let Some(span) = self.span.take() else { return };
        if let Some(error) = error {
            span.failed(self.sent, error);
        }
        span.close(self.sent, self.received, outcome);
    }
}

impl Drop for Attempts {
    /// Logs an error that nobody asked for, if somebody has to look whether the call took effect.
    fn drop(&mut self) {
        let error = match mem::replace(&mut self.state, State::Over) {
            State::Out { .. } => {
                let reason = "the call was dropped while its request was in flight";
                Some(self.transport_error(Failure::new(FailureKind::Closed, reason), None))
            }
            State::Finished(result) => result.err(),
            State::Waiting(_) | State::Queued { .. } | State::Over => None,
        };
        self.log_end("dropped", error.filter(Error::may_have_taken_effect).as_ref());
    }
}

fn reason_of(throttled: bool) -> DeadlineReason {
    if throttled { DeadlineReason::Throttled } else { DeadlineReason::RateLimit }
}

/// What a call says that is polled after its end.
pub(super) fn over() -> Error {
    InvalidInputError::new("the call is over; make a new one").into()
}

/// How often an attempt may be stale and use up none, until a response comes. A server that ends every
/// connection would otherwise be sent twice as many requests.
const MOST_STALE: u32 = 1;

/// The same for requests that were not processed. Only a server that refuses them all does so again and
/// again on new connections.
const MOST_UNPROCESSED: u32 = 10;
