//! One call as a state machine: what goes in, and what comes out.

mod attempts; // attempts, pauses, deadline
#[cfg_attr(not(feature = "tracing"), path = "call/no_span.rs")]
mod span; // what it logs

use std::{
    fmt::{self, Debug, Formatter},
    sync::Arc,
    time::Instant,
};

use bytes::Bytes;
use http::StatusCode;

use self::{attempts::Attempts, span::Span};
use crate::{
    endpoint::Endpoint,
    error::{Error, Failure, FailureKind},
    response,
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
    endpoint: E,
    attempts: Attempts,
    /// Until `poll` hands it out.
    output: Option<E::Output>,
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

impl<T> Step<T> {
    /// Makes another output of what it ends with.
    pub(crate) fn and_then<U>(self, output: impl FnOnce(T) -> Result<U, Error>) -> Step<U> {
        match self {
            Self::Send(attempt) => Step::Send(attempt),
            Self::Wait(until) => Step::Wait(until),
            Self::Done(result) => Step::Done(result.and_then(output)),
        }
    }
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

impl<E: Endpoint> Call<E> {
    pub(crate) fn new(settings: Arc<Settings>, endpoint: E) -> Self {
        let request = settings.request(&endpoint);
        let path = request.as_ref().ok().map(|request| request.uri().path());
        let span = Span::open(&endpoint, path);
        let attempts = Attempts::new(settings, request, endpoint.is_repeatable(), span);
        Self { endpoint, attempts, output: None }
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
        self.attempts.set_deadline(deadline);
    }

    /// Makes this a background call: one for which nobody waits, as in a bulk run. It comes after
    /// all others, and leaves the [reserve](crate::RateLimit::reserve) of the rate limit free, so
    /// that a call for which a person waits goes at once.
    pub fn in_background(mut self) -> Self {
        self.attempts.set_background();
        self
    }

    /// Returns the endpoint that is called. A [`Paged`](crate::Paged) one knows the next page.
    pub fn endpoint(&self) -> &E {
        &self.endpoint
    }

    /// Returns the number of requests that the call has sent. Those that got a 429 are among them,
    /// although they use up none of the attempts that [`RetryPolicy`](crate::RetryPolicy) allows.
    pub fn attempts(&self) -> u32 {
        self.attempts.sent
    }

    /// Returns the error of the last attempt, while the call goes on.
    pub fn last_error(&self) -> Option<&Error> {
        self.attempts.last_error.as_ref()
    }

    /// Returns what to do at `now`.
    ///
    /// While an attempt is in flight, returns [`Step::Wait`] with the attempt's deadline. From then
    /// on the attempt counts as timed out. After [`Step::Done`], returns `Done` with
    /// [`Error::Invalid`].
    pub fn poll(&mut self, now: Instant) -> Step<E::Output> {
        let step = self.attempts.poll(now);
        step.and_then(|()| self.output.take().ok_or_else(attempts::over))
    }

    /// Takes the outcome of the attempt that [`poll`](Self::poll) last asked to send. Does nothing if no
    /// attempt is in flight.
    pub fn handle(&mut self, now: Instant, outcome: Result<http::Response<Bytes>, Failure>) {
        let Some((sent, response)) = self.attempts.receive(now, outcome) else { return };
        let context = || self.attempts.context();
        let read = response::read(&self.endpoint, response, self.attempts.secret(), context);
        self.attempts.judge(now, sent, read.map(|output| self.output = Some(output)));
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

impl<E: Endpoint> Debug for Call<E> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.debug_struct("Call")
            .field("state", &self.attempts.state_name())
            .field("attempts", &self.attempts.sent)
            .field("deadline", &self.attempts.deadline)
            .field("last_error", &self.attempts.last_error)
            .finish_non_exhaustive()
    }
}
