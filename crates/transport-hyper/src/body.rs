//! Receiving a response, no more of its body than is allowed, until the deadline.

use std::pin::pin;

use bytes::{Buf, BufMut, Bytes, BytesMut};
use certcentral_core::{Attempt, Failure, FailureKind};
use http::{Response, Version};
use http_body_util::BodyExt;
use hyper::body::Body;
use tokio::time::{Instant, error::Elapsed, timeout_at};

use crate::{BoxError, failure};

/// Reads the body of `response`, if that came in time and its body is no longer than `limit`.
///
/// If the body is too long, or fails, the failure has what was read of the response. A body that is
/// hyper's own tells whether its end has come.
// A future as an argument would be in this one twice: as it came, and in its timeout.
pub(crate) async fn receive<B: Body<Error: Into<BoxError>>>(
    response: Result<Result<Response<B>, Failure>, Elapsed>,
    deadline: Instant,
    limit: usize,
    is_own: bool,
) -> Result<Response<Bytes>, Failure> {
    let (head, body) = response.unwrap_or_else(late)?.into_parts();
    let room = Attempt::room_for_body(head.status, body.size_hint().lower(), limit)?;
    let mut bytes = BytesMut::with_capacity(room);
    let has_end = is_own && head.version == Version::HTTP_2;
    let outcome = timeout_at(deadline, read(body, limit, has_end, &mut bytes)).await;
    let response = Response::from_parts(head, bytes.freeze());
    match outcome.unwrap_or_else(late) {
        Ok(()) => Ok(response),
        Err(failure) => Err(failure.with_response(response)),
    }
}

/// Appends `body` to `bytes`, or its first `limit` bytes if it is longer.
async fn read<B: Body<Error: Into<BoxError>>>(
    body: B,
    limit: usize,
    has_end: bool,
    bytes: &mut BytesMut,
) -> Result<(), Failure> {
    let mut body = pin!(body);
    let announced = body.size_hint().lower();
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|error| {
            let is_short = u64::try_from(bytes.len()).is_ok_and(|length| length < announced);
            failure::of_body(error.into(), is_short)
        })?;
        // Anything else is trailers.
        let Ok(data) = frame.into_data() else { continue };
        let room = limit - bytes.len();
        let is_too_long = data.remaining() > room;
        bytes.put(data.take(room));
        if is_too_long {
            let reason = format!("the body is longer than {limit} bytes");
            return Err(Failure::new(FailureKind::TooLarge, reason));
        }
    }
    // hyper takes a stream that an HTTP/2 server resets without an error for one that has ended.
    let is_cut = match body.size_hint().exact() {
        Some(missing) => missing > 0,
        None => has_end && !body.is_end_stream(),
    };
    if is_cut {
        return Err(Failure::new(FailureKind::Closed, "the body ended before it was complete"));
    }
    Ok(())
}

fn late<T>(elapsed: Elapsed) -> Result<T, Failure> {
    Err(Failure::new(FailureKind::Timeout, elapsed))
}
