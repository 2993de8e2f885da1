//! One exchange: key, rate limit, fault, then the route; and the record of it.

use std::collections::{HashMap, VecDeque};
use std::error::Error;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::header::{DATE, HeaderValue};
use http::{HeaderMap, Method, Request, Response, Uri, request};
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::body::Incoming;
use tokio::time::sleep;

use crate::account::{Account, Subject};
use crate::dates::http_date;
use crate::faults::Fault;
use crate::lookup::Lookup;
use crate::rate_limit::RollingWindows;
use crate::refusal::Refusal;
use crate::request_log::RecordedRequest;
use crate::routes;

/// The path of the base URL.
pub(crate) const BASE: &str = "/services/v2";

/// Custom responses, by method and path below the base URL; a path may have a query.
pub(crate) type CustomResponses = HashMap<(Method, String), Response<Bytes>>;

/// The service behind every connection of one sandbox.
pub(crate) struct Service {
    pub(crate) api_key: String,
    custom: CustomResponses,
    latency: Duration,
    pub(crate) lookup: Lookup,
    connections: AtomicUsize,
    state: Mutex<State>,
}

/// What changes with each request.
struct State {
    account: Account,
    windows: RollingWindows,
    faults: VecDeque<Fault>,
    requests: Vec<RecordedRequest>,
}

impl Service {
    pub(crate) fn new(
        api_key: String,
        account: Account,
        custom: CustomResponses,
        windows: RollingWindows,
        latency: Duration,
        lookup: Lookup,
    ) -> Self {
        let state = State { account, windows, faults: VecDeque::new(), requests: Vec::new() };
        Self {
            api_key,
            custom,
            latency,
            lookup,
            connections: AtomicUsize::new(0),
            state: Mutex::new(state),
        }
    }

    /// Reads a request to its end, responds to it and records both.
    ///
    /// # Errors
    ///
    /// If the connection breaks before the request is complete, which is not recorded then. And if
    /// the request is to be dropped, which closes its connection.
    pub(crate) async fn exchange(
        &self,
        connection: usize,
        request: Request<Incoming>,
    ) -> Result<Response<Full<Bytes>>, Box<dyn Error + Send + Sync>> {
        let (mut head, body) = request.into_parts();
        let body = match Limited::new(body, LONGEST_BODY).collect().await {
            Ok(body) => Some(body.to_bytes()),
            Err(error) if error.is::<LengthLimitError>() => None,
            Err(error) => return Err(error),
        };
        conceal_key(&mut head.headers);
        let (response, fault) = self.respond(connection, head, body).await;
        if !self.latency.is_zero() {
            sleep(self.latency).await;
        }
        match fault {
            None | Some(Fault::Respond(_)) => {}
            Some(Fault::Delay(delay)) => sleep(delay).await,
            Some(Fault::Hold(gate)) => gate.pass().await,
            Some(Fault::Drop) => return Err("dropped, as the test wants it".into()),
        }
        Ok(response.map(Full::new))
    }

    /// Returns the response to a request, which is recorded, and what happens to it on its way.
    async fn respond(
        &self,
        connection: usize,
        head: request::Parts,
        body: Option<Bytes>,
    ) -> (Response<Bytes>, Option<Fault>) {
        let received = Instant::now();
        let (admitted, fault) = self.admit(&head, body.as_ref(), received);
        let mut response = match (admitted, &fault) {
            (Err(refusal), _) => refusal.into(),
            (Ok(()), Some(Fault::Respond(response))) => response.clone(),
            (Ok(()), _) => {
                let path = path_below_base(&head.uri).unwrap_or_default();
                self.check_control(routes::subject_of_check(&head.method, path)).await;
                self.serve(&head, body.as_deref(), &mut self.state().account)
            }
        };
        let mut state = self.state();
        if let Ok(date) = HeaderValue::from_str(&http_date(state.account.now())) {
            response.headers_mut().entry(DATE).or_insert(date);
        }
        state.requests.push(RecordedRequest {
            method: head.method,
            uri: head.uri,
            headers: head.headers,
            body: body.unwrap_or_default(),
            connection,
            received,
            status: response.status(),
            dropped: matches!(fault, Some(Fault::Drop)),
        });
        drop(state);
        (response, fault)
    }

    /// Looks for control of names where a check is due, and for `asked`.
    async fn check_control(&self, asked: Option<Subject>) {
        let questions = self.with_account(|account| account.questions(asked));
        if !questions.is_empty() {
            let found = self.lookup.find(questions).await;
            // Signing cannot fail: names and key were checked when they came.
            let _ = self.with_account(|account| account.show_control(found));
        }
    }

    /// Moves the clock on, and makes the checks that fall into that time.
    pub(crate) async fn advance(&self, by: Duration) {
        let by = by.try_into().unwrap_or(time::Duration::MAX);
        let end = self.with_account(|account| account.now().saturating_add(by));
        while let Some(due) = self.with_account(Account::next_check).filter(|due| *due <= end) {
            self.with_account(|account| account.move_clock(due));
            self.check_control(None).await;
        }
        self.with_account(|account| account.move_clock(end));
    }

    /// Checks what comes before every route, and takes the fault of a request that is admitted.
    fn admit(
        &self,
        head: &request::Parts,
        body: Option<&Bytes>,
        now: Instant,
    ) -> (Result<(), Refusal>, Option<Fault>) {
        let mut state = self.state();
        let admitted = self.check_admission(head, body, &mut state, now);
        let fault = if admitted.is_ok() { state.faults.pop_front() } else { None };
        (admitted, fault)
    }

    /// That the key comes first is observed; that a request without a route counts towards the rate
    /// limit is assumed.
    fn check_admission(
        &self,
        head: &request::Parts,
        body: Option<&Bytes>,
        state: &mut State,
        now: Instant,
    ) -> Result<(), Refusal> {
        body.ok_or_else(Refusal::too_long)?;
        let key = head.headers.get(KEY_HEADER).ok_or_else(Refusal::key_missing)?;
        if key.as_bytes() != self.api_key.as_bytes() {
            return Err(Refusal::invalid_key());
        }
        if state.windows.admit(now) { Ok(()) } else { Err(Refusal::too_many_requests()) }
    }

    /// Returns the custom response to an admitted request, or else its route's.
    fn serve(
        &self,
        head: &request::Parts,
        body: Option<&[u8]>,
        account: &mut Account,
    ) -> Response<Bytes> {
        let Some(path) = path_below_base(&head.uri) else {
            return Refusal::no_such_route().into();
        };
        self.custom(&head.method, path, head.uri.query()).cloned().unwrap_or_else(|| {
            routes::serve(head, path, body.unwrap_or_default(), account)
                .unwrap_or_else(Response::from)
        })
    }

    /// The response for exactly this query goes before the one for any.
    fn custom(&self, method: &Method, path: &str, query: Option<&str>) -> Option<&Response<Bytes>> {
        let at = |path: String| self.custom.get(&(method.clone(), path));
        query.and_then(|query| at(format!("{path}?{query}"))).or_else(|| at(path.to_owned()))
    }

    /// Lets a test change the account.
    pub(crate) fn with_account<T>(&self, change: impl FnOnce(&mut Account) -> T) -> T {
        change(&mut self.state().account)
    }

    /// Applies `fault` to the next request that is admitted and has none yet.
    pub(crate) fn queue(&self, fault: Fault) {
        self.state().faults.push_back(fault);
    }

    /// Returns the number of a connection that was just opened: 1 for the first.
    pub(crate) fn count_connection(&self) -> usize {
        self.connections.fetch_add(1, Ordering::Relaxed) + 1
    }

    pub(crate) fn connections(&self) -> usize {
        self.connections.load(Ordering::Relaxed)
    }

    pub(crate) fn requests(&self) -> Vec<RecordedRequest> {
        self.state().requests.clone()
    }

    pub(crate) fn orders_asked(&self) -> Vec<u64> {
        self.state().requests.iter().filter_map(|request| order_in(&request.uri)).collect()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

const KEY_HEADER: &str = "x-dc-devkey";

/// In bytes; more is refused with 413. The service's own bound is not known.
const LONGEST_BODY: usize = 1 << 20;

/// Marks the key as sensitive, so that no `Debug` shows it. A wrong one may be right elsewhere.
fn conceal_key(headers: &mut HeaderMap) {
    for (name, value) in headers.iter_mut() {
        if name.as_str() == KEY_HEADER {
            value.set_sensitive(true);
        }
    }
}

/// Returns the path below the base URL, without a slash at its end, which some clients send.
fn path_below_base(uri: &Uri) -> Option<&str> {
    let path = uri.path().strip_prefix(BASE).filter(|path| path.starts_with('/'))?;
    Some(path.strip_suffix('/').unwrap_or(path))
}

/// Returns the order whose id stands in the path, whichever the route.
fn order_in(uri: &Uri) -> Option<u64> {
    let below = path_below_base(uri)?.strip_prefix("/order/certificate/")?;
    below.split('/').next()?.parse().ok()
}
