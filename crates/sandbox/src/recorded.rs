//! A request as the sandbox got it.

use std::fmt;
use std::time::Instant;

use bytes::Bytes;
use http::{HeaderMap, Method, StatusCode, Uri};

/// A request as the sandbox got it, and how it was answered.
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
    /// The whole body; empty if it was longer than 1 MiB, which is answered 413.
    pub body: Bytes,
    /// The number of the connection that it came over: 1 for the first that was opened.
    pub connection: usize,
    /// When its last byte had been read; the rate limit goes by this.
    pub received: Instant,
    /// What it was answered, or would have been if it was [`dropped`](Self::dropped).
    pub status: StatusCode,
    /// Whether its connection was closed in place of an answer, by
    /// [`drop_next`](crate::Sandbox::drop_next).
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
