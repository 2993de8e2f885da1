//! Receiving a response, no more of its body than is allowed, until the deadline.

use std::{future::poll_fn, pin::pin, sync::Arc};

use bytes::{Buf, BufMut, Bytes, BytesMut};
use certcentral_core::{Attempt, Failure, FailureKind};
use http::Response;
use http_body_util::BodyExt;
use hyper::body::Body;
use tokio::time::{Instant, error::Elapsed, timeout_at};

use crate::{
    BoxError,
    connection_notes::ConnectionNotes,
    failure::{self, Failed},
};

pub(crate) struct Received {
    pub(crate) response: Response<Bytes>,
    /// Whether the body was there as soon as the head.
    pub(crate) in_one_piece: bool,
}

/// Waits for `response` and reads its body, if that is no longer than `limit`.
///
/// If the body is too long, or fails, the failure has what was read of the response.
pub(crate) async fn receive<B: Body<Error: Into<BoxError>>>(
    response: impl Future<Output = Result<Response<B>, Failed>>,
    deadline: Instant,
    limit: usize,
) -> Result<Received, Failed> {
    let response = timeout_at(deadline, response).await.unwrap_or_else(late)?;
    let (mut head, body) = response.into_parts();
    let notes = head.extensions.remove::<Arc<ConnectionNotes>>();
    let room = Attempt::room_for_body(head.status, body.size_hint().lower(), limit);
    let mut bytes = match room {
        Ok(room) => BytesMut::with_capacity(room),
        Err(failure) => return Err(Failed { failure, notes }),
    };
    let reading = timeout_at(deadline, read(body, limit, notes.as_deref(), &mut bytes));
    let (outcome, in_one_piece) = await_at_once(reading).await;
    let response = Response::from_parts(head, bytes.freeze());
    match outcome.unwrap_or_else(late) {
        Ok(()) => Ok(Received { response, in_one_piece }),
        Err(failure) => Err(Failed { failure: failure.with_response(response), notes }),
    }
}

/// Awaits `future`, and tells whether it was ready at once.
async fn await_at_once<T>(future: impl Future<Output = T>) -> (T, bool) {
    let mut future = pin!(future);
    let mut at_once = true;
    let output = poll_fn(|context| {
        let poll = future.as_mut().poll(context);
        at_once &= poll.is_ready();
        poll
    });
    (output.await, at_once)
}

/// Appends `body` to `bytes`, or its first `limit` bytes if it is longer.
async fn read<B: Body<Error: Into<BoxError>>>(
    body: B,
    limit: usize,
    notes: Option<&ConnectionNotes>,
    bytes: &mut BytesMut,
) -> Result<(), Failure> {
    let mut body = pin!(body);
    let announced = body.size_hint().lower();
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|error| {
            let is_short = u64::try_from(bytes.len()).is_ok_and(|length| length < announced);
            failure::of_body(error.into(), notes, is_short)
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
        None => notes.is_some_and(ConnectionNotes::is_http2) && !body.is_end_stream(),
    };
    if is_cut {
        return Err(Failure::new(FailureKind::Closed, "the body ended before it was complete"));
    }
    Ok(())
}

fn late<T, E: From<Failure>>(elapsed: Elapsed) -> Result<T, E> {
    Err(Failure::new(FailureKind::Timeout, elapsed).into())
}
