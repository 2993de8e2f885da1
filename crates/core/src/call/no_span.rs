//! Without the feature `tracing`, a call logs nothing.

#![expect(clippy::unused_self, reason = "called as the span is")]

use std::time::Duration;

use http::StatusCode;

use crate::{endpoint::Endpoint, error::Error};

#[derive(Clone, Debug)]
pub(super) struct Span;

impl Span {
    pub(super) fn open(_: &impl Endpoint, _: Option<&str>) -> Self {
        Self
    }

    pub(super) fn retrying(&self, _: u32, _: &Error, _: Duration) {}

    pub(super) fn failed(&self, _: u32, _: &Error) {}

    pub(super) fn within<T>(&self, work: impl FnOnce() -> T) -> T {
        work()
    }

    pub(super) fn close(self, _: u32, _: Option<(StatusCode, usize)>, _: &str) {}
}
