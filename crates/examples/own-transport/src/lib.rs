//! A custom transport: certcentral's core on [reqwest].
//!
//! It passes the fault suite of `certcentral-conformance`.
//!
//! ```no_run
//! use certcentral_core::{Api, ApiKey, ListReissues, OrderId};
//!
//! # async fn list() -> Result<(), Box<dyn std::error::Error>> {
//! let api = Api::new(ApiKey::new(std::env::var("CERTCENTRAL_API_KEY")?)?);
//! let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build()?;
//! let call = api.call(ListReissues::new(OrderId(112233)));
//! for reissue in certcentral_own_transport::send(&client, call).await? {
//!     println!("{} {}", reissue.id, reissue.status);
//! }
//! # Ok(())
//! # }
//! ```

use std::{
    error::Error as StdError,
    io::{self, ErrorKind},
    iter::successors,
    time::Instant,
};

use bytes::Bytes;
use certcentral_core::{Attempt, Drive, Error, Failure, FailureKind, Step};
use http::Response;
use tokio::time::{error::Elapsed, sleep_until, timeout_at};

/// Performs `call` with `client`, which must not follow redirects: the API key would go where they
/// point.
///
/// # Errors
///
/// See [`Error`].
pub async fn send<D: Drive>(client: &reqwest::Client, mut call: D) -> Result<D::Output, Error> {
    loop {
        match call.poll(Instant::now()) {
            Step::Send(attempt) => {
                let outcome = exchange(client, attempt).await;
                call.handle(Instant::now(), outcome);
            }
            Step::Wait(until) => sleep_until(until.into()).await,
            Step::Done(result) => return result,
        }
    }
}

/// Sends one request and reads its response.
async fn exchange(client: &reqwest::Client, attempt: Attempt) -> Result<Response<Bytes>, Failure> {
    let Attempt { request, deadline, body_limit, .. } = attempt;
    let request = request.try_into().map_err(classify)?;
    let sent = timeout_at(deadline.into(), client.execute(request)).await;
    let mut response = sent.map_err(timed_out)?.map_err(classify)?;

    let announced = response.content_length().unwrap_or_default();
    let room = Attempt::room_for_body(response.status(), announced, body_limit)?;
    let mut body = Vec::with_capacity(room);
    let read = read_body(&mut response, body_limit, &mut body);
    let read = timeout_at(deadline.into(), read).await.unwrap_or_else(|e| Err(timed_out(e)));
    let response = Response::from(response).map(|_| body.into());
    match read {
        Ok(()) => Ok(response),
        Err(failure) => Err(failure.with_response(response)),
    }
}

async fn read_body(
    response: &mut reqwest::Response,
    limit: usize,
    body: &mut Vec<u8>,
) -> Result<(), Failure> {
    while let Some(chunk) = response.chunk().await.map_err(classify)? {
        let room = limit - body.len();
        body.extend(chunk.iter().take(room));
        if chunk.len() > room {
            return Err(Failure::new(FailureKind::TooLarge, "the body is longer than allowed"));
        }
    }
    Ok(())
}

fn timed_out(elapsed: Elapsed) -> Failure {
    Failure::new(FailureKind::Timeout, elapsed)
}

/// Says what kind of failure it was. reqwest reports nearly all as I/O errors, so the errors below
/// tell.
fn classify(error: reqwest::Error) -> Failure {
    let tls_error = causes(&error).find_map(|cause| cause.downcast_ref::<rustls::Error>());
    let kind = match tls_error {
        // A server may refuse a client's certificate after the handshake.
        Some(rustls::Error::AlertReceived(_)) => FailureKind::Tls,
        Some(_) if error.is_connect() => FailureKind::Tls,
        None if causes(&error).any(is_malformed) => FailureKind::Protocol,
        None if error.is_connect() => FailureKind::Connect,
        // After the handshake, an error of TLS is that of a connection that broke.
        Some(_) | None => FailureKind::Closed,
    };
    Failure::new(kind, error)
}

/// Whether what arrived is not HTTP: a bad head or bad chunks, or bytes before the request.
fn is_malformed(cause: Cause<'_>) -> bool {
    if let Some(error) = cause.downcast_ref::<hyper::Error>() {
        // hyper has no predicate for the second.
        let unsolicited = "received unexpected message from connection";
        return error.is_parse() || error.to_string() == unsolicited;
    }
    let kind = cause.downcast_ref::<io::Error>().map(io::Error::kind);
    matches!(kind, Some(ErrorKind::InvalidData | ErrorKind::InvalidInput))
}

type Cause<'a> = &'a (dyn StdError + 'static);

/// Returns an error and its sources. The error in an `io::Error` is not its source, but its sources
/// are.
fn causes(error: Cause<'_>) -> impl Iterator<Item = Cause<'_>> {
    successors(Some(error), |&cause: &Cause<'_>| match cause.downcast_ref::<io::Error>() {
        Some(io) => io.get_ref().map(|inner| inner as Cause<'_>),
        None => cause.source(),
    })
}
