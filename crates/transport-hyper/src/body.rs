//! Receiving a response, no more of its body than is allowed, until the deadline.

use std::{pin::pin, sync::Arc};

use bytes::{Buf, BufMut, Bytes, BytesMut};
use certcentral_core::{Failure, FailureKind};
use http::Response;
use http_body_util::BodyExt;
use hyper::body::Body;
use tokio::time::{Instant, error::Elapsed, timeout_at};

use crate::{BoxError, failure, wire::Wire};

/// Waits for `response` and reads its body, if that is no longer than `limit`.
///
/// A response that is not 2xx is certain at the end of its head. If its body is too long, or fails,
/// what was read of it is returned: to drop the status would be to send again what was refused.
pub(crate) async fn receive<B: Body<Error: Into<BoxError>>>(
    response: impl Future<Output = Result<Response<B>, Failure>>,
    deadline: Instant,
    limit: usize,
) -> Result<Response<Bytes>, Failure> {
    let response = timeout_at(deadline, response).await.unwrap_or_else(late)?;
    let (mut head, body) = response.into_parts();
    let wire = head.extensions.remove::<Arc<Wire>>();
    let mut bytes = BytesMut::new();
    let reading = read(body, limit, wire.as_deref(), &mut bytes);
    match timeout_at(deadline, reading).await.unwrap_or_else(late) {
        Err(failure) if head.status.is_success() => Err(failure),
        _ => Ok(Response::from_parts(head, bytes.freeze())),
    }
}

/// Appends `body` to `bytes`, or its first `limit` bytes if it is longer.
async fn read<B: Body<Error: Into<BoxError>>>(
    body: B,
    limit: usize,
    wire: Option<&Wire>,
    bytes: &mut BytesMut,
) -> Result<(), Failure> {
    let mut body = pin!(body);
    let announced = usize::try_from(body.size_hint().lower()).unwrap_or(usize::MAX);
    bytes.reserve(announced.min(limit).min(LARGEST_AT_ONCE));
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|error| failure::of_body(error.into(), wire))?;
        let Ok(data) = frame.into_data() else {
            continue;
        }; // trailers
        let room = limit - bytes.len();
        let is_too_long = data.remaining() > room;
        bytes.put(data.take(room));
        if is_too_long {
            let reason = format!("the body is longer than {limit} bytes");
            return Err(Failure::new(FailureKind::TooLarge, reason));
        }
    }
    Ok(())
}

/// What a server announces is taken at its word only so far.
const LARGEST_AT_ONCE: usize = 32 * 1024 * 1024;

fn late<T>(elapsed: Elapsed) -> Result<T, Failure> {
    Err(Failure::new(FailureKind::Timeout, elapsed))
}
