//! Without the feature `tracing` a call tells nothing.

#![expect(clippy::unused_self, reason = "called as the span is")]

use std::time::Duration;

use super::Account;
use crate::{error::Error, order::OrderId};

pub(super) struct Span;

impl Span {
    pub(super) fn open(_: &str, _: Option<OrderId>) -> Self {
        Self
    }

    pub(super) fn repeating(&self, _: u32, _: &Error, _: Duration) {}

    pub(super) fn within<T>(&self, work: impl FnOnce() -> T) -> T {
        work()
    }

    pub(super) fn close(self, _: &Account, _: &str) {}
}
