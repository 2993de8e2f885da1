//! One request and its response, over a ureq agent.

use std::{io::Read as _, time::Instant};

use bytes::Bytes;
use certcentral_core::{Attempt, Failure, FailureKind};
use http::{Method, Request, Response};
use ureq::{Agent, AsSendBody, Body, Error, config::AutoHeaderValue};

use crate::{failure::classify, placeholder::Placeholder, trust::Trust};

/// Performs one attempt. If the agent's connections are ours, they put the key back, and `trust` is
/// theirs.
pub(crate) fn exchange(
    agent: &Agent,
    attempt: Attempt,
    trust: Option<&Trust>,
) -> Result<Response<Bytes>, Failure> {
    let Attempt { request, deadline, body_limit, .. } = attempt;
    let (mut head, body) = request.into_parts();
    let _placeholder = trust.map(|_| Placeholder::replace_key(&mut head.headers));
    let begun = trust.map(Trust::now);
    let failed = |error| {
        let failure = classify(error);
        if let (Some(trust), Some(begun)) = (trust, begun)
            && is_of_line(failure.kind())
        {
            trust.withdraw(begun);
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
    let body = read(body, body_limit).map_err(failed)?;
    Ok(Response::from_parts(head, body.into()))
}

/// Whether the connection failed, and those beside it may have too.
fn is_of_line(kind: FailureKind) -> bool {
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

/// Reads all of `body`, or stops once it is longer than `limit`.
fn read(body: Body, limit: usize) -> Result<Vec<u8>, Error> {
    let limit = u64::try_from(limit).unwrap_or(u64::MAX);
    let announced = body.content_length().unwrap_or_default();
    if limit < announced {
        return Err(Error::BodyExceedsLimit(limit));
    }
    let announced = usize::try_from(announced).unwrap_or(usize::MAX);
    let mut bytes = Vec::with_capacity(announced.min(LARGEST_ALLOCATION));
    body.into_with_config().limit(limit).reader().read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Memory is not allocated only because a server announces a length beyond this.
const LARGEST_ALLOCATION: usize = 32 * 1024 * 1024;
