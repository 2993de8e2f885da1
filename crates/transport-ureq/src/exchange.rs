//! One request and its response, over a ureq agent.

use std::{io::Read as _, time::Instant};

use bytes::Bytes;
use certcentral_core::{Attempt, Failure, FailureKind};
use http::{Method, Request, Response};
use ureq::{Agent, AsSendBody, Body, Error, config::AutoHeaderValue};

use crate::{failure::classify, placeholder::Placeholder, pool_generation::PoolGeneration};

/// Performs one attempt. If the agent's connections are ours, `generation` is theirs, and they put the
/// key back.
pub(crate) fn exchange(
    agent: &Agent,
    attempt: Attempt,
    generation: Option<&PoolGeneration>,
) -> Result<Response<Bytes>, Failure> {
    let Attempt { request, deadline, body_limit, .. } = attempt;
    let (mut head, body) = request.into_parts();
    let _placeholder = generation.map(|_| Placeholder::replace_key(&mut head.headers));
    let begun_in = generation.map(PoolGeneration::number);
    let failed = |error| {
        let failure = classify(error);
        if let (Some(generation), Some(begun_in)) = (generation, begun_in)
            && makes_others_suspect(failure.kind())
        {
            generation.end(begun_in);
        }
        failure
    };
    let has_body =
        !body.is_empty() || matches!(head.method, Method::PATCH | Method::POST | Method::PUT);
    let response = if has_body {
        run(agent, Request::from_parts(head, &*body), deadline)
    } else {
        run(agent, Request::from_parts(head, ()), deadline)
    };
    let (head, body) = response.map_err(failed)?.into_parts();
    let limit = u64::try_from(body_limit).unwrap_or(u64::MAX);
    if head.status.is_success() && body.content_length().is_some_and(|length| length > limit) {
        return Err(failed(Error::BodyExceedsLimit(limit)));
    }
    let mut bytes = Vec::new();
    match read(body, body_limit, &mut bytes).map_err(failed) {
        // A refusal is certain at the end of its head. The body only explains it.
        Err(failure) if head.status.is_success() => Err(failure),
        _ => Ok(Response::from_parts(head, bytes.into())),
    }
}

/// Whether the connection failed, and those beside it may have too.
fn makes_others_suspect(kind: FailureKind) -> bool {
    matches!(kind, FailureKind::Closed | FailureKind::Stale | FailureKind::Timeout)
}

fn run(
    agent: &Agent,
    request: Request<impl AsSendBody>,
    deadline: Instant,
) -> Result<Response<Body>, Error> {
    let request = agent
        .configure_request(request)
        .timeout_global(Some(deadline.saturating_duration_since(Instant::now())))
        // A redirect would take the key to another host; an error's body says what is wrong.
        .max_redirects(0)
        .http_status_as_error(false)
        .allow_non_standard_methods(true)
        // The core's request is complete.
        .accept(AutoHeaderValue::None)
        .accept_encoding(AutoHeaderValue::None)
        .build();
    agent.run(request)
}

/// Reads `body` to its end, or up to `limit`. A longer one is an error.
fn read(body: Body, limit: usize, bytes: &mut Vec<u8>) -> Result<(), Error> {
    let announced = usize::try_from(body.content_length().unwrap_or_default());
    bytes.reserve(announced.unwrap_or(usize::MAX).min(limit).min(LARGEST_ALLOCATION));
    let limit = u64::try_from(limit).unwrap_or(u64::MAX);
    let mut reader = body.into_with_config().limit(limit).reader();
    reader.read_to_end(bytes)?;
    Ok(())
}

/// Memory is not allocated only because a server announces a length beyond this.
const LARGEST_ALLOCATION: usize = 32 * 1024 * 1024;
