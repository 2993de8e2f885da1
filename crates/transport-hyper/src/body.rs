//! Reading a body, no more of it than is allowed.

use std::pin::pin;

use bytes::{Buf, BufMut, Bytes, BytesMut};
use certcentral_core::{Failure, FailureKind};
use http_body_util::BodyExt;
use hyper::body::Body;

use crate::{BoxError, failure};

/// Reads all of `body` into one buffer, or stops once it is longer than `limit`.
pub(crate) async fn read<B: Body<Error: Into<BoxError>>>(
    body: B,
    limit: usize,
) -> Result<Bytes, Failure> {
    let mut body = pin!(body);
    let announced = usize::try_from(body.size_hint().lower()).unwrap_or(usize::MAX);
    if announced > limit {
        return Err(too_large(limit));
    }
    let mut bytes = BytesMut::with_capacity(announced.min(LARGEST_AT_ONCE));
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|e| failure::classify(e.into()))?;
        let Ok(data) = frame.into_data() else {
            continue;
        }; // trailers
        if data.remaining() > limit - bytes.len() {
            return Err(too_large(limit));
        }
        bytes.put(data);
    }
    Ok(bytes.freeze())
}

/// What a server announces is taken at its word only so far.
const LARGEST_AT_ONCE: usize = 32 * 1024 * 1024;

fn too_large(limit: usize) -> Failure {
    Failure::new(FailureKind::TooLarge, format!("the body is longer than {limit} bytes"))
}
