//! One call as a state machine: attempts, pauses, deadline.

#[cfg_attr(not(feature = "tracing"), path = "call/no_span.rs")]
mod span; // what it logs

use std::{
    fmt::{self, Debug, Formatter},
    mem,
    sync::Arc,
    time::{Duration, Instant},
};

use bytes::Bytes;
use http::{StatusCode, Uri};

use self::span::Span;
use crate::{
    base_url,
    endpoint::Endpoint,
    error::{
        DeadlineError, DeadlineReason, Error, Failure, FailureKind, InvalidInputError,
        RequestContext, TimeLimit, TransportError,
    },
    instant::later,
    rate_limit::{Ticket, Turn},
    response,
    retry::LONGEST_PAUSE,
    settings::Settings,
};

/// One call of an endpoint as a state machine, made by [`Api::call`](crate::Api::call).
///
/// A transport is a loop around two methods: ask [`poll`](Self::poll) what to do, and pass the
/// outcome to [`handle`](Self::handle). Retries, pauses, the rate limit and the deadline are decided
/// in here. The time always comes in as `now`, so a test can let hours pass
/// in a millisecond.
///
/// ```
/// use std::time::{Duration, Instant};
///
/// use certcentral_core::{Api, ApiKey, ListReissues, OrderId, Step};
///
/// let api = Api::new(ApiKey::new("0123456789ABCDEF")?);
/// let mut call = api.call(ListReissues::new(OrderId(112233)));
///
/// let now = Instant::now();
/// let Step::Send(attempt) = call.poll(now) else { panic!("nothing stands in the way") };
/// assert_eq!(attempt.request.uri().path(), "/services/v2/order/certificate/112233/reissue");
/// assert_eq!(attempt.deadline, now + Duration::from_secs(30));
///
/// // The transport sends `attempt.request` and hands in what came back.
/// let response = http::Response::new(r#"{"certificates": []}"#.into());
/// call.handle(now + Duration::from_millis(80), Ok(response));
///
/// let Step::Done(result) = call.poll(now + Duration::from_millis(80)) else { panic!("it is over") };
/// assert!(result?.is_empty());
/// # Ok::<(), certcentral_core::Error>(())
/// ```
///
/// A dropped call gives back its place in the queue of the rate limiter. One that is not
/// [repeatable](Endpoint::is_repeatable) may take effect all the same if it is dropped in flight: see
/// `Client::send` of the async transport for a way out.
///
/// # Testing without a server
///
/// Recorded responses stand in for the service. The test does not sleep at [`Step::Wait`]: it
/// sets its clock to that instant. (A paused tokio clock does not work with real sockets:
/// timers fire before the socket is read.)
///
/// ```
/// use std::time::Instant;
///
/// use bytes::Bytes;
/// use certcentral_core::{Api, ApiKey, Call, Error, ListReissues, OrderId, Reissues, Step};
/// use http::{Response, StatusCode};
///
/// /// Drives `call` with one response after another.
/// fn replay(
///     call: &mut Call<ListReissues>,
///     mut responses: impl Iterator<Item = Response<Bytes>>,
/// ) -> Result<Reissues, Error> {
///     let mut now = Instant::now();
///     loop {
///         match call.poll(now) {
///             Step::Send(_) => call.handle(now, Ok(responses.next().expect("one more response"))),
///             Step::Wait(until) => now = until,
///             Step::Done(result) => return result,
///         }
///     }
/// }
///
/// let mut throttled = Response::new(Bytes::new());
/// *throttled.status_mut() = StatusCode::TOO_MANY_REQUESTS;
/// let recorded = Response::new(r#"{"certificates": []}"#.into());
///
/// let api = Api::new(ApiKey::new("0123456789ABCDEF")?);
/// let mut call = api.call(ListReissues::new(OrderId(112233)));
/// let reissues = replay(&mut call, [throttled, recorded].into_iter())?;
/// assert_eq!((call.attempts(), reissues.len()), (2, 0));
/// # Ok::<(), Error>(())
/// ```
///
/// # Logging
///
/// Without the `tracing` feature, nothing is logged. [`attempts`](Self::attempts) and
/// [`last_error`](Self::last_error) report progress while the call runs.
///
#[doc = include_str!("docs/tracing.md")]
#[must_use = "a call does nothing until it is polled by a transport"]
pub struct Call<E: Endpoint> {
    settings: Arc<Settings>,
    endpoint: E,
    /// The first attempt's request, built early so that bad input neither waits nor costs a slot.
    prepared: Option<http::Request<Bytes>>,
    /// Of every request.
    url: Uri,
    is_repeatable: bool,
    state: State<E::Output>,
    /// Its place in the order of the rate limit.
    ticket: Ticket,
    deadline: Option<Instant>,
    /// When `poll` was called first: the call's time runs from then on.
    started: Option<Instant>,
    /// Requests sent.
    sent: u32,
    /// Attempts used up: requests sent, but for those that failed as stale or with 429.
    used: u32,
    /// Attempts that failed as stale and used up none, since the last response.
    stale: u32,
    /// For how long the call's own 429 responses have held it up.
    throttled: Duration,
    last_error: Option<Error>,
    /// The pause before the next attempt, until it is logged.
    unlogged_pause: Option<Duration>,
    /// The status of the last attempt's response, and the length of its body, if there was one.
    received: Option<(StatusCode, usize)>,
    /// None once the call is over.
    span: Option<Span>,
}

/// Something that a transport drives to its end: a [`Call`], or calls in a row.
pub trait Drive: Send {
    /// What it ends with.
    type Output: Send;

    /// Returns what to do at `now`.
    fn poll(&mut self, now: Instant) -> Step<Self::Output>;

    /// Takes the outcome of the attempt that [`poll`](Self::poll) last asked to send. Does nothing if
    /// no attempt is in flight.
    fn handle(&mut self, now: Instant, outcome: Result<http::Response<Bytes>, Failure>);

    /// Sets when it must be over, pauses included; `None` takes the deadline away.
    fn set_deadline(&mut self, deadline: Option<Instant>);
}

/// What a transport does next. Exhaustive on purpose: a transport must know them all.
#[derive(Debug)]
#[must_use]
#[allow(clippy::large_enum_variant, reason = "there is one at a time, taken apart at once")]
pub enum Step<T> {
    /// Perform this exchange, then call [`handle`](Drive::handle).
    Send(Attempt),
    /// Poll again at this instant, or later.
    Wait(Instant),
    /// It is over.
    Done(Result<T, Error>),
}

/// One exchange for a transport to perform. Destructure it with `..`: it may gain fields.
#[derive(Debug)]
#[non_exhaustive]
pub struct Attempt {
    /// The complete request. A transport adds only what HTTP itself requires, such as `Host`.
    pub request: http::Request<Bytes>,
    /// When the exchange must be over, from the name lookup to the body's last byte. A transport
    /// gives up then, with [`FailureKind::Timeout`].
    pub deadline: Instant,
    /// How many bytes of the body to read. If it has more, the exchange fails with
    /// [`FailureKind::TooLarge`]. Whatever the failure is, a transport hands in the part of the response
    /// that arrived, with [`Failure::with_response`].
    pub body_limit: usize,
    span: Option<Span>,
}

impl Attempt {
    /// Runs `work` inside the call's tracing span. A transport does so around the exchange, so that
    /// what is logged there belongs to the call. Without the `tracing` feature, `work` is only run.
    pub fn within_span<T>(&self, work: impl FnOnce() -> T) -> T {
        match &self.span {
            Some(span) => span.within(work),
            None => work(),
        }
    }

    /// Returns how much memory to make room for before a body is read, if its head announces
    /// `length` bytes: no more than `body_limit`, and not any amount only because a server says so.
    ///
    /// # Errors
    ///
    /// [`FailureKind::TooLarge`] if a 2xx announces more than `body_limit`: it need not be read.
    pub fn room_for_body(
        status: StatusCode,
        length: u64,
        body_limit: usize,
    ) -> Result<usize, Failure> {
        const MOST: usize = 32 * 1024 * 1024;
        let length = usize::try_from(length).unwrap_or(usize::MAX);
        if length > body_limit && status.is_success() {
            let reason = format!("the body is longer than {body_limit} bytes");
            return Err(Failure::new(FailureKind::TooLarge, reason));
        }
        Ok(length.min(body_limit).min(MOST))
    }
}

enum State<T> {
    /// On the way to the next attempt, in backoff until then if there is any.
    Waiting(Option<Instant>),
    /// Waiting for its turn under the rate limit.
    Queued,
    /// An attempt is in flight.
    Out { sent: Instant, deadline: Instant },
    /// The result has not been asked for yet.
    Finished(Result<T, Error>),
    /// The result has been handed out.
    Over,
}

impl<E: Endpoint> Call<E> {
    pub(crate) fn new(settings: Arc<Settings>, endpoint: E) -> Self {
        let (prepared, state) = match settings.request(&endpoint) {
            Ok(request) => (Some(request), State::Waiting(None)),
            Err(error) => (None, State::Finished(Err(error))),
        };
        let url = prepared.as_ref().map(|request| request.uri().clone()).unwrap_or_default();
        Self {
            span: Some(Span::open(&endpoint, prepared.as_ref().map(|it| it.uri().path()))),
            prepared,
            url,
            is_repeatable: endpoint.is_repeatable(),
            ticket: settings.limiter.ticket(settings.is_background),
            settings,
            endpoint,
            state,
            deadline: None,
            started: None,
            sent: 0,
            used: 0,
            stale: 0,
            throttled: Duration::ZERO,
            last_error: None,
            unlogged_pause: None,
            received: None,
        }
    }

    /// Sets a deadline for the whole call, including pauses and the wait for the rate limit.
    ///
    /// Replaces [`ApiBuilder::call_timeout`](crate::ApiBuilder::call_timeout) for this call. The
    /// call never starts a pause that it cannot finish: it ends at once with the last real error.
    /// If the deadline cuts off an attempt, the error is that attempt's timeout. If no attempt was
    /// made, it is [`Error::Deadline`]. [`Error::is_timeout`] is true for both.
    ///
    /// ```
    /// use std::time::{Duration, Instant};
    ///
    /// use certcentral_core::{Api, ApiKey, ListReissues, OrderId, Step};
    ///
    /// let api = Api::new(ApiKey::new("0123456789ABCDEF")?);
    /// let now = Instant::now();
    /// let call = api.call(ListReissues::new(OrderId(112233)));
    /// let mut call = call.with_deadline(now + Duration::from_secs(10));
    /// let Step::Send(attempt) = call.poll(now) else { panic!("nothing stands in the way") };
    /// assert_eq!(attempt.deadline, now + Duration::from_secs(10), "less than an attempt's 30 s");
    /// # Ok::<(), certcentral_core::Error>(())
    /// ```
    pub fn with_deadline(mut self, deadline: Instant) -> Self {
        self.set_deadline(Some(deadline));
        self
    }

    /// Sets the deadline as [`with_deadline`](Self::with_deadline) does; `None` takes it away. An
    /// attempt in flight keeps the one that it was given.
    pub fn set_deadline(&mut self, deadline: Option<Instant>) {
        self.deadline = deadline;
    }

    /// Makes this a background call: one for which nobody waits, as in a bulk run. It comes after
    /// all others, and leaves the [reserve](crate::RateLimit::reserve) of the rate limit free, so
    /// that a call for which a person waits goes at once.
    pub fn in_background(mut self) -> Self {
        self.ticket.set_background();
        self
    }

    /// Returns the endpoint that is called. A [`Paged`](crate::Paged) one knows the next page.
    pub fn endpoint(&self) -> &E {
        &self.endpoint
    }

    /// Returns the number of requests that the call has sent. Those that got a 429 are among them,
    /// although they use up none of the attempts that [`RetryPolicy`](crate::RetryPolicy) allows.
    pub fn attempts(&self) -> u32 {
        self.sent
    }

    /// Returns the error of the last attempt, while the call goes on.
    pub fn last_error(&self) -> Option<&Error> {
        self.last_error.as_ref()
    }

    /// Returns what to do at `now`.
    ///
    /// While an attempt is in flight, returns [`Step::Wait`] with the attempt's deadline. From then
    /// on the attempt counts as timed out. After [`Step::Done`], returns `Done` with
    /// [`Error::Invalid`].
    pub fn poll(&mut self, now: Instant) -> Step<E::Output> {
        self.log_pause();
        let step = self.step(now);
        if let Step::Done(result) = &step {
            let error = result.as_ref().err();
            self.log_end(error.map_or("ok", Error::kind), error);
        }
        step
    }

    /// Takes the outcome of the attempt that [`poll`](Self::poll) last asked to send. Does nothing if no
    /// attempt is in flight.
    pub fn handle(&mut self, now: Instant, outcome: Result<http::Response<Bytes>, Failure>) {
        let State::Out { sent, .. } = self.state else { return };
        // A refusal is certain at the end of its head. Its body only explains it, and to drop the
        // status would be to send again what was refused.
        let outcome = outcome.or_else(Failure::into_refusal);
        self.ticket.end(now, outcome.is_ok());
        let response = match outcome {
            Ok(response) => response,
            Err(failure) => return self.fail(now, failure),
        };
        self.received = Some((response.status(), response.body().len()));
        self.stale = 0;
        if response.status().is_success() {
            self.ticket.accepted(sent);
        }
        let secret = self.settings.key.secret();
        match response::read(&self.endpoint, response, secret, || self.context()) {
            Err(error) if error.is_rate_limited() => self.throttle(now, sent, error),
            Err(error) if error.is_transient() => self.retry(now, error, false),
            result => self.finish(result),
        }
    }

    fn step(&mut self, now: Instant) -> Step<E::Output> {
        if self.started.is_none() {
            self.started = Some(now);
            self.deadline = self.deadline.or_else(|| Some(later(now, self.settings.call_timeout?)));
        }
        if let State::Out { deadline, .. } = self.state {
            if now < deadline {
                return Step::Wait(deadline);
            }
            let reason = "the transport handed in nothing before the attempt's deadline";
            self.handle(now, Err(Failure::new(FailureKind::Timeout, reason)));
            self.log_pause();
        }
        match mem::replace(&mut self.state, State::Over) {
            State::Waiting(until) => self.advance(now, until),
            State::Queued => self.advance(now, None),
            State::Finished(result) => Step::Done(result),
            State::Out { .. } | State::Over => {
                Step::Done(Err(InvalidInputError::new("the call is over; make a new one").into()))
            }
        }
    }

    /// Goes for the next attempt as far as backoff, rate limit and deadline allow.
    fn advance(&mut self, now: Instant, backoff: Option<Instant>) -> Step<E::Output> {
        if self.deadline.is_some_and(|deadline| deadline <= now) {
            return self.give_up(now, DeadlineReason::Passed, None);
        }
        if let Some(until) = backoff.filter(|&until| now < until) {
            self.state = State::Waiting(backoff);
            return Step::Wait(until);
        }
        match self.ticket.turn(now, self.deadline) {
            Turn::Go => self.send(now),
            Turn::Wait(until) => {
                self.state = State::Queued;
                Step::Wait(until)
            }
            Turn::TooLate { room, throttled } => {
                let reason =
                    if throttled { DeadlineReason::Throttled } else { DeadlineReason::RateLimit };
                self.give_up(now, reason, Some(room.saturating_duration_since(now)))
            }
        }
    }

    fn send(&mut self, now: Instant) -> Step<E::Output> {
        let prepared = self.prepared.take().map(Ok);
        let request = match prepared.unwrap_or_else(|| self.settings.request(&self.endpoint)) {
            Ok(request) => request,
            Err(error) => return Step::Done(Err(error)),
        };
        let attempt_end = later(now, self.settings.attempt_timeout);
        let deadline = self.deadline.map_or(attempt_end, |end| end.min(attempt_end));
        self.sent = self.sent.saturating_add(1);
        self.used = self.used.saturating_add(1);
        self.received = None;
        self.state = State::Out { sent: now, deadline };
        let (body_limit, span) = (self.settings.body_limit, self.span.clone());
        Step::Send(Attempt { request, deadline, body_limit, span })
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
    fn pause(&mut self, error: Error, pause: Duration, state: State<E::Output>) {
        self.last_error = Some(error);
        self.unlogged_pause = Some(pause);
        self.state = state;
    }

    /// Whether a pause can be obeyed and end before the deadline; if not, it is not begun.
    fn may_wait(&self, now: Instant, asked: Duration, pause: Duration) -> bool {
        asked <= LONGEST_PAUSE && self.deadline.is_none_or(|end| later(now, pause) < end)
    }

    fn finish(&mut self, result: Result<E::Output, Error>) {
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
    ) -> Step<E::Output> {
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
    fn context(&self) -> RequestContext {
        RequestContext {
            url: base_url::text_of(&self.url),
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

impl<E: Endpoint> Drive for Call<E> {
    type Output = E::Output;

    fn poll(&mut self, now: Instant) -> Step<E::Output> {
        self.poll(now)
    }

    fn handle(&mut self, now: Instant, outcome: Result<http::Response<Bytes>, Failure>) {
        self.handle(now, outcome);
    }

    fn set_deadline(&mut self, deadline: Option<Instant>) {
        self.set_deadline(deadline);
    }
}

impl<D: Drive> Drive for &mut D {
    type Output = D::Output;

    fn poll(&mut self, now: Instant) -> Step<D::Output> {
        D::poll(self, now)
    }

    fn handle(&mut self, now: Instant, outcome: Result<http::Response<Bytes>, Failure>) {
        D::handle(self, now, outcome);
    }

    fn set_deadline(&mut self, deadline: Option<Instant>) {
        D::set_deadline(self, deadline);
    }
}

impl<E: Endpoint> Drop for Call<E> {
    /// Logs an error that nobody asked for, if somebody has to look whether the call took effect.
    fn drop(&mut self) {
        let error = match mem::replace(&mut self.state, State::Over) {
            State::Out { .. } => {
                let reason = "the call was dropped while its request was in flight";
                Some(self.transport_error(Failure::new(FailureKind::Closed, reason), None))
            }
            State::Finished(result) => result.err(),
            State::Waiting(_) | State::Queued | State::Over => None,
        };
        self.log_end("dropped", error.filter(Error::may_have_taken_effect).as_ref());
    }
}

/// How often an attempt may be stale and use up none, until a response comes. A server that ends every
/// connection would otherwise be sent twice as many requests.
const MOST_STALE: u32 = 1;

/// The same for requests that were not processed. Only a server that refuses them all does so again and
/// again on new connections.
const MOST_UNPROCESSED: u32 = 10;

impl<E: Endpoint> Debug for Call<E> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let state = match self.state {
            State::Waiting(_) | State::Queued => "waiting",
            State::Out { .. } => "out",
            State::Finished(_) => "finished",
            State::Over => "over",
        };
        f.debug_struct("Call")
            .field("state", &state)
            .field("attempts", &self.sent)
            .field("deadline", &self.deadline)
            .field("last_error", &self.last_error)
            .finish_non_exhaustive()
    }
}
