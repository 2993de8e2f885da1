//! One request and its response, over a ureq agent.

use std::{io::Read as _, time::Instant};

use bytes::Bytes;
use certcentral_core::{Attempt, Failure};
use http::{Request, Response, header::CONTENT_LENGTH};
use ureq::{Agent, AsSendBody, Body, Error, config::AutoHeaderValue};

use crate::{failure::classify, placeholder::Placeholder, pool_generation::PoolGeneration};

/// Performs one attempt. If the agent's connections are ours, `generation` is theirs, and they put the
/// key back.
pub(crate) fn exchange(
    agent: &Agent,
    request: Request<Bytes>,
    deadline: Instant,
    body_limit: usize,
    generation: Option<&PoolGeneration>,
) -> Result<Response<Bytes>, Failure> {
    let (mut head, body) = request.into_parts();
    let _placeholder = generation.map(|_| Placeholder::replace_key(&mut head.headers));
    let begun_in = generation.map(PoolGeneration::number);
    let failed = |error| {
        let failure = classify(error);
        if let (Some(generation), Some(begun_in)) = (generation, begun_in)
            && failure.kind().makes_connections_suspect()
        {
            generation.end(begun_in);
        }
        failure
    };
    // Core announces the length of an empty body too, where the method has one.
    let has_body = !body.is_empty() || head.headers.contains_key(CONTENT_LENGTH);
    let response = if has_body {
        run(agent, Request::from_parts(head, &*body), deadline)
    } else {
        run(agent, Request::from_parts(head, ()), deadline)
    };
    let (head, body) = response.map_err(failed)?.into_parts();
    let announced = body.content_length().unwrap_or_default();
    let room = Attempt::room_for_body(head.status, announced, body_limit)?;
    let mut bytes = Vec::with_capacity(room);
    let outcome = read(body, body_limit, &mut bytes);
    let response = Response::from_parts(head, bytes.into());
    match outcome {
        Ok(()) => Ok(response),
        Err(error) => Err(failed(error).with_response(response)),
    }
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
    let limit = u64::try_from(limit).unwrap_or(u64::MAX);
    body.into_with_config().limit(limit).reader().read_to_end(bytes)?;
    Ok(())
}
