//! What is answered to which request: the service's behaviour, as far as it is known.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode, Uri, request};
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::body::Incoming;

use crate::recorded::RecordedRequest;
use crate::reissues::reissues;
use crate::windows::RollingWindows;

/// A status and a body.
pub(crate) type Answer = (StatusCode, Bytes);

/// The service behind every connection of one sandbox.
pub(crate) struct Service {
    pub(crate) api_key: String,
    answers: HashMap<u64, Answer>,
    connections: AtomicUsize,
    seen: Mutex<Seen>,
}

/// What changes with each request.
struct Seen {
    windows: RollingWindows,
    requests: Vec<RecordedRequest>,
}

impl Service {
    pub(crate) fn new(
        api_key: String,
        answers: HashMap<u64, Answer>,
        windows: RollingWindows,
    ) -> Self {
        Self {
            api_key,
            answers,
            connections: AtomicUsize::new(0),
            seen: Mutex::new(Seen { windows, requests: Vec::new() }),
        }
    }

    /// Reads a request to its end, answers it and records both.
    ///
    /// # Errors
    ///
    /// If the connection breaks first; there is nobody to answer then, and nothing is recorded.
    pub(crate) async fn exchange(
        &self,
        connection: usize,
        request: Request<Incoming>,
    ) -> Result<Response<Full<Bytes>>, Box<dyn std::error::Error + Send + Sync>> {
        let (mut head, body) = request.into_parts();
        let body = match Limited::new(body, LONGEST_BODY).collect().await {
            Ok(body) => Some(body.to_bytes()),
            Err(error) if error.is::<LengthLimitError>() => None,
            Err(error) => return Err(error),
        };
        conceal_key(&mut head.headers);

        let mut seen = self.seen();
        let received = Instant::now();
        let (status, answer) = match body {
            Some(_) => self.answer(&head, &mut seen.windows, received),
            None => (StatusCode::PAYLOAD_TOO_LARGE, Bytes::new()),
        };
        seen.requests.push(RecordedRequest {
            method: head.method,
            uri: head.uri,
            headers: head.headers,
            body: body.unwrap_or_default(),
            connection,
            received,
            status,
        });
        Ok(response(status, answer))
    }

    /// The answer to a request. Which check comes first is assumed.
    fn answer(
        &self,
        request: &request::Parts,
        windows: &mut RollingWindows,
        now: Instant,
    ) -> Answer {
        let Some(order) = order_of(request) else {
            return known(NO_SUCH_ROUTE);
        };
        match request.headers.get(KEY_HEADER) {
            None => return known(KEY_MISSING),
            Some(key) if key.as_bytes() != self.api_key.as_bytes() => return known(INVALID_KEY),
            Some(_) => {}
        }
        if !windows.admit(now) {
            return known(TOO_MANY_REQUESTS);
        }
        self.order(order, shows_archived(&request.uri))
    }

    /// What is known of an order. A number too large for an id is just no order's.
    fn order(&self, digits: &str, show_archived: bool) -> Answer {
        let Ok(order_id) = digits.parse::<u64>() else {
            return known(NO_SUCH_ORDER);
        };
        if let Some(answer) = self.answers.get(&order_id) {
            return answer.clone();
        }
        match reissues(order_id, show_archived) {
            Some(body) => (StatusCode::OK, body),
            None => known(NO_SUCH_ORDER),
        }
    }

    /// The number of a connection that was just opened: 1 for the first.
    pub(crate) fn count_connection(&self) -> usize {
        self.connections.fetch_add(1, Ordering::Relaxed) + 1
    }

    pub(crate) fn connections(&self) -> usize {
        self.connections.load(Ordering::Relaxed)
    }

    pub(crate) fn requests(&self) -> Vec<RecordedRequest> {
        self.seen().requests.clone()
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

const KEY_HEADER: &str = "x-dc-devkey";

/// In bytes; more is answered 413. The service's own bound is not known.
const LONGEST_BODY: usize = 1 << 20;

/// An error body of the service; the texts live in `fixtures/errors`.
type KnownError = (StatusCode, &'static [u8]);

const KEY_MISSING: KnownError =
    (StatusCode::UNAUTHORIZED, include_bytes!("../fixtures/errors/401-key-missing.json"));
const INVALID_KEY: KnownError =
    (StatusCode::FORBIDDEN, include_bytes!("../fixtures/errors/403-invalid-key.json"));
const NO_SUCH_ORDER: KnownError =
    (StatusCode::NOT_FOUND, include_bytes!("../fixtures/errors/404-not-found-order.json"));
const NO_SUCH_ROUTE: KnownError =
    (StatusCode::NOT_FOUND, include_bytes!("../fixtures/errors/404-not-found-route.json"));
const TOO_MANY_REQUESTS: KnownError = (
    StatusCode::TOO_MANY_REQUESTS,
    include_bytes!("../fixtures/errors/429-request-limit-exceeded.json"),
);

fn known((status, body): KnownError) -> Answer {
    (status, Bytes::from_static(body))
}

/// The digits of `GET /services/v2/order/certificate/{digits}/reissue`; no other route exists.
fn order_of(request: &request::Parts) -> Option<&str> {
    let digits = request
        .uri
        .path()
        .strip_prefix("/services/v2/order/certificate/")?
        .strip_suffix("/reissue")?;
    let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    (request.method == Method::GET && is_number).then_some(digits)
}

/// Only `true` is documented; whatever else stands there is taken for no (assumed).
fn shows_archived(uri: &Uri) -> bool {
    let mut parameters = uri.query().unwrap_or_default().split('&');
    parameters.any(|parameter| parameter == "show_archived=true")
}

/// So that no `Debug` shows a key, not even a wrong one: it may be a right one elsewhere.
fn conceal_key(headers: &mut HeaderMap) {
    for (name, value) in headers.iter_mut() {
        if name.as_str() == KEY_HEADER {
            value.set_sensitive(true);
        }
    }
}

fn response(status: StatusCode, body: Bytes) -> Response<Full<Bytes>> {
    let content_type = match body.first() {
        None => None,
        Some(b'<') => Some("text/html"),
        Some(_) => Some("application/json"),
    };
    let mut response = Response::new(Full::new(body));
    *response.status_mut() = status;
    if let Some(content_type) = content_type {
        let value = HeaderValue::from_static(content_type);
        response.headers_mut().insert(CONTENT_TYPE, value);
    }
    response
}
