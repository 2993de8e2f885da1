//! A custom transport: certcentral's core on [reqwest].
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

use std::{error::Error as StdError, io, time::Instant};

use bytes::Bytes;
use certcentral_core::{Attempt, Call, Endpoint, Error, Failure, FailureKind, Step};
use http::Response;
use tokio::time::{sleep_until, timeout_at};

/// Performs `call` with `client`, which must not follow redirects: the API key would go where they
/// point.
///
/// # Errors
///
/// See [`Error`]. reqwest does not tell a malformed response from a closed connection, so both are
/// [`FailureKind::Closed`].
pub async fn send<E: Endpoint>(
    client: &reqwest::Client,
    mut call: Call<E>,
) -> Result<E::Output, Error> {
    loop {
        match call.poll(Instant::now()) {
            Step::Send(attempt) => {
                let deadline = attempt.deadline.into();
                let outcome = timeout_at(deadline, exchange(client, attempt)).await;
                let outcome = outcome
                    .unwrap_or_else(|elapsed| Err(Failure::new(FailureKind::Timeout, elapsed)));
                call.handle(Instant::now(), outcome);
            }
            Step::Wait(until) => sleep_until(until.into()).await,
            Step::Done(result) => return result,
        }
    }
}

/// Sends one request and reads its response.
async fn exchange(client: &reqwest::Client, attempt: Attempt) -> Result<Response<Bytes>, Failure> {
    let request = attempt.request.try_into().map_err(classify)?;
    let mut response = client.execute(request).await.map_err(classify)?;
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(classify)? {
        if attempt.body_limit - body.len() < chunk.len() {
            return Err(Failure::new(FailureKind::TooLarge, "the body is longer than allowed"));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Response::from(response).map(|_| body.into()))
}

/// Tells TLS failures, which are never retried, from others. reqwest reports both as I/O errors, so
/// the error's sources tell.
fn classify(error: reqwest::Error) -> Failure {
    let mut source: Option<&(dyn StdError + 'static)> = Some(&error);
    while let Some(cause) = source {
        if cause.downcast_ref::<rustls::Error>().is_some() {
            return Failure::new(FailureKind::Tls, error);
        }
        source = match cause.downcast_ref::<io::Error>() {
            // The error in an `io::Error` is not its source, but its sources are.
            Some(io) => io.get_ref().map(|inner| inner as &(dyn StdError + 'static)),
            None => cause.source(),
        };
    }
    if error.is_connect() {
        Failure::new(FailureKind::Connect, error)
    } else {
        Failure::new(FailureKind::Closed, error)
    }
}
