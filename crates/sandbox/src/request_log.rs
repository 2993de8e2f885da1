//! A request as it arrived.

use std::fmt;
use std::time::Instant;

use bytes::Bytes;
use http::{HeaderMap, Method, StatusCode, Uri};

/// A request as it arrived, and the status of its response.
///
/// `Debug` shows neither the API key nor the body.
#[derive(Clone)]
#[non_exhaustive]
pub struct RecordedRequest {
    /// The method.
    pub method: Method,
    /// The path and query, as the request line had them.
    pub uri: Uri,
    /// Every header; `X-DC-DEVKEY` is marked sensitive.
    pub headers: HeaderMap,
    /// The whole body; empty if it was longer than 1 MiB, which is refused with 413.
    pub body: Bytes,
    /// The number of its connection: 1 for the first that was opened.
    pub connection: usize,
    /// When its last byte had been read; the rate limit counts by this.
    pub received: Instant,
    /// The status of its response, which was not sent if it was [`dropped`](Self::dropped).
    pub status: StatusCode,
    /// Whether [`drop_next`](crate::Sandbox::drop_next) closed its connection before the response.
    pub dropped: bool,
}

impl fmt::Debug for RecordedRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RecordedRequest")
            .field("method", &self.method)
            .field("uri", &self.uri)
            .field("headers", &self.headers)
            .field("connection", &self.connection)
            .field("status", &self.status)
            .field("dropped", &self.dropped)
            .finish_non_exhaustive()
    }
}
