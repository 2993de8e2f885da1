//! What is answered to which request: the service's behaviour, as far as it is known.

use std::collections::{HashMap, VecDeque};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode, Uri, request};
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::body::Incoming;
use tokio::time::sleep;

use crate::faults::Fault;
use crate::recorded::RecordedRequest;
use crate::reissues::Order;
use crate::windows::RollingWindows;

/// A status and a body.
pub(crate) type Answer = (StatusCode, Bytes);

/// What a test has put in an order's place.
pub(crate) enum Own {
    Order(Order),
    Answer(Answer),
}

/// The service behind every connection of one sandbox.
pub(crate) struct Service {
    pub(crate) api_key: String,
    own: HashMap<u64, Own>,
    connections: AtomicUsize,
    seen: Mutex<Seen>,
}

/// What changes with each request.
struct Seen {
    windows: RollingWindows,
    faults: VecDeque<Fault>,
    requests: Vec<RecordedRequest>,
}

impl Service {
    pub(crate) fn new(api_key: String, own: HashMap<u64, Own>, windows: RollingWindows) -> Self {
        Self {
            api_key,
            own,
            connections: AtomicUsize::new(0),
            seen: Mutex::new(Seen { windows, faults: VecDeque::new(), requests: Vec::new() }),
        }
    }

    /// Reads a request to its end, answers it and records both.
    ///
    /// # Errors
    ///
    /// If the connection breaks first; there is nobody to answer then, and nothing is recorded.
    /// And if the request is to be dropped, which closes its connection.
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
        let (answer, fault) = self.decide(connection, head, body);
        match fault {
            None | Some(Fault::Fail(_)) => {}
            Some(Fault::Delay(delay)) => sleep(delay).await,
            Some(Fault::Hold(gate)) => gate.pass().await,
            Some(Fault::Drop) => return Err("dropped, as the test wants it".into()),
        }
        Ok(response(answer))
    }

    /// The answer to a request, which is recorded, and what befalls it on its way.
    fn decide(
        &self,
        connection: usize,
        head: request::Parts,
        body: Option<Bytes>,
    ) -> (Answer, Option<Fault>) {
        let mut seen = self.seen();
        let received = Instant::now();
        let admitted = match body {
            Some(_) => self.admit(&head, &mut seen.windows, received).map_err(known),
            None => Err((StatusCode::PAYLOAD_TOO_LARGE, Bytes::new())),
        };
        let (answer, fault) = match admitted {
            Err(refusal) => (refusal, None),
            Ok(order) => {
                let fault = seen.faults.pop_front();
                let answer = match &fault {
                    Some(Fault::Fail(failure)) => failure.clone(),
                    _ => self.order(order, shows_archived(&head.uri)),
                };
                (answer, fault)
            }
        };
        seen.requests.push(RecordedRequest {
            method: head.method,
            uri: head.uri,
            headers: head.headers,
            body: body.unwrap_or_default(),
            connection,
            received,
            status: answer.0,
            dropped: matches!(fault, Some(Fault::Drop)),
        });
        (answer, fault)
    }

    /// The order that a request may ask for, or the refusal. Which check comes first is assumed.
    fn admit<'a>(
        &self,
        request: &'a request::Parts,
        windows: &mut RollingWindows,
        now: Instant,
    ) -> Result<&'a str, KnownError> {
        let order = order_of(&request.method, &request.uri).ok_or(NO_SUCH_ROUTE)?;
        let key = request.headers.get(KEY_HEADER).ok_or(KEY_MISSING)?;
        if key.as_bytes() != self.api_key.as_bytes() {
            return Err(INVALID_KEY);
        }
        if windows.admit(now) { Ok(order) } else { Err(TOO_MANY_REQUESTS) }
    }

    /// What is known of an order. A number too large for an id is just no order's.
    fn order(&self, digits: &str, show_archived: bool) -> Answer {
        let Ok(order_id) = digits.parse::<u64>() else {
            return known(NO_SUCH_ORDER);
        };
        let order = match self.own.get(&order_id) {
            Some(Own::Answer(answer)) => return answer.clone(),
            Some(Own::Order(order)) => Some(order),
            None => Order::fixture(order_id),
        };
        match order {
            Some(order) => (StatusCode::OK, order.body(show_archived)),
            None => known(NO_SUCH_ORDER),
        }
    }

    /// Has something befall the next request that is admitted and not yet spoken for.
    pub(crate) fn queue(&self, fault: Fault) {
        self.seen().faults.push_back(fault);
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

    pub(crate) fn orders_asked(&self) -> Vec<u64> {
        let seen = self.seen();
        let orders = seen.requests.iter().map(|request| order_of(&request.method, &request.uri));
        orders.filter_map(|digits| digits?.parse().ok()).collect()
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
fn order_of<'a>(method: &Method, uri: &'a Uri) -> Option<&'a str> {
    let below = uri.path().strip_prefix("/services/v2/order/certificate/")?;
    let digits = below.strip_suffix("/reissue")?;
    let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    (method == Method::GET && is_number).then_some(digits)
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

fn response((status, body): Answer) -> Response<Full<Bytes>> {
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
