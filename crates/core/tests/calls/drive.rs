//! Who drives the calls.

use std::time::{Duration, Instant};

use bytes::Bytes;
use certcentral_core::{
    Api, ApiBuilder, ApiKey, Attempt, Call, Endpoint, Error, Failure, ListReissues, OrderId,
    RateLimit, Reissues, RetryPolicy, Step,
};
use http::Response;

pub(crate) type List = Call<ListReissues>;
pub(crate) type Outcome = Result<Response<Bytes>, Failure>;

/// Drives `call` to its end, each attempt answered at once.
pub(crate) fn run<E: Endpoint>(
    call: &mut Call<E>,
    start: Instant,
    mut outcome: impl FnMut() -> Outcome,
) -> (Instant, Result<E::Output, Error>) {
    let mut now = start;
    loop {
        match call.poll(now) {
            Step::Send(_) => call.handle(now, outcome()),
            Step::Wait(at) => now = at,
            Step::Done(result) => return (now, result),
        }
    }
}

pub(crate) fn sent<E: Endpoint>(call: &mut Call<E>, now: Instant) -> Attempt {
    match call.poll(now) {
        Step::Send(attempt) => attempt,
        Step::Wait(at) => panic!("told to wait {:?}", at - now),
        Step::Done(result) => panic!("over: {:?}", result.err()),
    }
}

pub(crate) fn told(call: &mut List, now: Instant) -> Instant {
    match call.poll(now) {
        Step::Wait(at) => at,
        Step::Send(_) => panic!("sent"),
        Step::Done(result) => panic!("over: {result:?}"),
    }
}

pub(crate) fn done(call: &mut List, now: Instant) -> Result<Reissues, Error> {
    match call.poll(now) {
        Step::Done(result) => result,
        step => panic!("{step:?}"),
    }
}

pub(crate) fn list(api: &Api) -> List {
    api.call(ListReissues::new(OrderId(112_233)))
}

pub(crate) fn default_api() -> Api {
    build(|api| api)
}

pub(crate) fn build(choices: impl FnOnce(ApiBuilder) -> ApiBuilder) -> Api {
    choices(Api::builder(ApiKey::new("S3cretKey").unwrap())).build().unwrap()
}

/// Windows in milliseconds, without a margin.
pub(crate) fn windows(windows: &[(u32, u64)]) -> RateLimit {
    let windows: Vec<_> = windows.iter().map(|&(count, span)| (count, ms(span))).collect();
    RateLimit::windows(&windows).unwrap().margin(Duration::ZERO)
}

pub(crate) fn attempts(count: u32) -> RetryPolicy {
    RetryPolicy::default().max_attempts(count)
}

pub(crate) fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

pub(crate) fn none_yet() -> Response<Bytes> {
    body(200, r#"{"certificates": []}"#)
}

pub(crate) fn body(status: u16, body: &'static str) -> Response<Bytes> {
    Response::builder().status(status).body(Bytes::from(body)).unwrap()
}

pub(crate) fn answer(status: u16, headers: &[(&str, &str)]) -> Response<Bytes> {
    let mut response = Response::builder().status(status);
    for &(name, value) in headers {
        response = response.header(name, value);
    }
    response.body(Bytes::new()).unwrap()
}
