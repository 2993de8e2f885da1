//! Bring your own transport: the core over reqwest.

use std::{error::Error as StdError, io, time::Instant};

use bytes::Bytes;
use certcentral_core::{Attempt, Call, Endpoint, Error, Failure, FailureKind, Step};
use http::Response;
use tokio::time::{sleep_until, timeout_at};

/// Performs `call` with a `client` that follows no redirects: the key would go where they point.
///
/// # Errors
///
/// See [`Error`]. What is not HTTP counts as a closed connection here.
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

async fn exchange(client: &reqwest::Client, attempt: Attempt) -> Result<Response<Bytes>, Failure> {
    let request = attempt.request.try_into().map_err(classify)?;
    let mut answer = client.execute(request).await.map_err(classify)?;
    let mut body = Vec::new();
    while let Some(chunk) = answer.chunk().await.map_err(classify)? {
        if attempt.body_limit - body.len() < chunk.len() {
            return Err(Failure::new(FailureKind::TooLarge, "the body is longer than allowed"));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Response::from(answer).map(|_| body.into()))
}

fn classify(error: reqwest::Error) -> Failure {
    let mut link: Option<&(dyn StdError + 'static)> = Some(&error);
    while let Some(cause) = link {
        if cause.downcast_ref::<rustls::Error>().is_some() {
            return Failure::new(FailureKind::Tls, error);
        }
        link = match cause.downcast_ref::<io::Error>() {
            // It does not count what it holds among its sources.
            Some(io) => io.get_ref().map(|held| held as &(dyn StdError + 'static)),
            None => cause.source(),
        };
    }
    if error.is_connect() {
        Failure::new(FailureKind::Connect, error)
    } else {
        Failure::new(FailureKind::Closed, error)
    }
}
