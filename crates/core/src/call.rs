//! One call as a state machine: attempts, pauses, deadline.

mod trace; // what it logs

use std::{
    fmt::{self, Debug, Formatter},
    mem,
    sync::Arc,
    time::{Duration, Instant},
};

use bytes::Bytes;
use http::Uri;

use self::trace::{Trace, Wait};
use crate::{
    api::Settings,
    base_url,
    endpoint::Endpoint,
    error::{
        DeadlineError, DeadlineReason, Error, Failure, FailureKind, InvalidInputError, Origin,
        TransportError,
    },
    instant::later,
    rate_limit::{Ticket, Turn},
    retry::LONGEST_PAUSE,
};

/// One call of an endpoint as a state machine, made by [`Api::call`](crate::Api::call).
///
/// A transport is a loop around two methods. [`poll`](Self::poll) says what to do now, and
/// [`handle`](Self::handle) takes in what came of it. Retries, pauses, the rate limit and the
/// deadline are decided in here. The time always comes in as `now`, so a test can let hours pass
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
/// Dropping a call at any time is safe: it gives back its place in the queue of the rate limiter.
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
    /// Whether `poll` was called yet: the call's time runs from then on.
    started: bool,
    /// Requests sent.
    sent: u32,
    /// Attempts used up: requests sent, but for those that failed as stale or with 429.
    used: u32,
    /// Attempts in a row that failed as stale.
    stale: u32,
    /// For how long the call's own 429 responses have held it up.
    throttled: Duration,
    /// When the attempt was sent that `poll` gave up on: its response may still come.
    overdue: Option<Instant>,
    last_error: Option<Error>,
    trace: Trace,
}

/// What a transport does next. Exhaustive on purpose: a transport must know them all.
#[derive(Debug)]
#[must_use]
pub enum Step<T> {
    /// Perform this exchange, then call [`Call::handle`].
    Send(Attempt),
    /// Poll again at this instant, or later.
    Wait(Instant),
    /// The call is over.
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
    /// How many bytes of the body to read. If a 2xx response has more, the exchange fails with
    /// [`FailureKind::TooLarge`]. If another response has more, or its body is cut off, the transport
    /// hands in the part that arrived, so that the status is not lost.
    pub body_limit: usize,
}

impl Attempt {
    /// The default for how much of an attempt's time a transport may spend on connecting: 10 s.
    pub const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
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

impl<T> State<T> {
    fn waiting_for(&self) -> Option<Wait> {
        match self {
            Self::Waiting(Some(_)) => Some(Wait::Backoff),
            Self::Waiting(None) | Self::Queued => Some(Wait::Limiter),
            Self::Out { .. } => Some(Wait::Response),
            Self::Finished(_) | Self::Over => None,
        }
    }
}

impl<E: Endpoint> Call<E> {
    pub(crate) fn new(settings: Arc<Settings>, endpoint: E) -> Self {
        let (prepared, state) = match settings.request(&endpoint) {
            Ok(request) => (Some(request), State::Waiting(None)),
            Err(error) => (None, State::Finished(Err(error))),
        };
        let url = prepared.as_ref().map(|request| request.uri().clone()).unwrap_or_default();
        Self {
            prepared,
            trace: Trace::new(&endpoint, url.path()),
            url,
            is_repeatable: endpoint.is_repeatable(),
            ticket: settings.limiter.ticket(),
            settings,
            endpoint,
            state,
            deadline: None,
            started: false,
            sent: 0,
            used: 0,
            stale: 0,
            throttled: Duration::ZERO,
            overdue: None,
            last_error: None,
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
        self.deadline = Some(deadline);
        self
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
        self.trace.hear(now, self.state.waiting_for());
        let step = self.step(now);
        match &step {
            Step::Send(Attempt { deadline: until, .. }) | Step::Wait(until) => {
                self.trace.told_to_wait(self.state.waiting_for(), *until);
            }
            Step::Done(result) => self.trace.ended(result.as_ref().err()),
        }
        step
    }

    /// Takes in the outcome of the attempt that [`poll`](Self::poll) last asked to send.
    ///
    /// Does nothing if no attempt is in flight, with one exception: a 2xx response to an attempt that
    /// `poll` has counted as timed out still counts, until the next attempt is sent.
    pub fn handle(&mut self, now: Instant, outcome: Result<http::Response<Bytes>, Failure>) {
        self.trace.hear(now, self.state.waiting_for());
        let overdue = self.overdue.take();
        let good = outcome.as_ref().is_ok_and(|response| response.status().is_success());
        let sent = match (&self.state, overdue) {
            (State::Out { sent, .. }, _) => *sent,
            (State::Waiting(_) | State::Queued, Some(sent)) if good => sent,
            _ => {
                self.overdue = overdue;
                return;
            }
        };
        self.ticket.end(now, outcome.is_ok());
        let response = match outcome {
            Ok(response) => response,
            Err(failure) => return self.fail(now, failure),
        };
        self.trace.responded(&response);
        self.stale = 0;
        if good {
            self.ticket.accepted(sent);
        }
        match self.settings.parse(&self.endpoint, response, self.origin()) {
            Err(error) if error.is_rate_limited() => self.throttle(now, sent, error),
            Err(error) if error.is_transient() => self.retry(now, error, false),
            result => self.finish(result),
        }
    }

    /// Runs `work` inside the call's tracing span. A transport does so around the exchange, so that
    /// what is logged there belongs to the call. Without the `tracing` feature, `work` is only run.
    ///
    /// Takes `&mut self`, so that a future that holds a call can go to another thread.
    pub fn within_span<T>(&mut self, work: impl FnOnce() -> T) -> T {
        self.trace.within(work)
    }

    fn step(&mut self, now: Instant) -> Step<E::Output> {
        if !self.started {
            self.started = true;
            self.deadline = self.deadline.or_else(|| Some(later(now, self.settings.call_timeout?)));
        }
        if let State::Out { sent, deadline } = self.state {
            if now < deadline {
                return Step::Wait(deadline);
            }
            self.overdue = Some(sent);
            self.ticket.end(now, false);
            let reason = "the transport handed in nothing before the attempt's deadline";
            self.fail(now, Failure::new(FailureKind::Timeout, reason));
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
            return self.give_up(DeadlineReason::Passed, None);
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
                self.give_up(reason, Some(room.saturating_duration_since(now)))
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
        self.overdue = None;
        self.trace.sent(self.sent);
        self.state = State::Out { sent: now, deadline };
        Step::Send(Attempt { request, deadline, body_limit: self.settings.body_limit })
    }

    fn fail(&mut self, now: Instant, failure: Failure) {
        let kind = failure.kind();
        let error = Error::Transport(TransportError::new(failure, self.origin()));
        if kind == FailureKind::Stale && self.is_repeatable && self.stale < MAX_STALE {
            self.stale += 1;
            self.used = self.used.saturating_sub(1);
            self.pause(error, Duration::ZERO, State::Waiting(None));
        } else if kind.is_transient() {
            self.retry(now, error, kind.is_unsent());
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
        self.trace.retrying(&error, pause);
        self.last_error = Some(error);
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
    fn give_up(&mut self, reason: DeadlineReason, room: Option<Duration>) -> Step<E::Output> {
        self.ticket.leave();
        let deadline = || DeadlineError::new(reason, room, self.sent).into();
        Step::Done(Err(self.last_error.take().unwrap_or_else(deadline)))
    }

    /// What an error of the attempt that was sent last says about it.
    fn origin(&self) -> Origin {
        Origin {
            url: base_url::text_of(&self.url),
            attempts: self.sent,
            is_repeatable: self.is_repeatable,
            key: self.settings.key.clone(),
        }
    }
}

/// How often in a row an attempt may be stale and use up none. On a new connection only a server
/// that refuses every request says so again.
const MAX_STALE: u32 = 10;

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
