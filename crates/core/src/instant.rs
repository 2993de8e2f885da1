//! Arithmetic on instants that no server can make panic.

use std::time::{Duration, Instant};

/// As far ahead as it ever matters.
const FAR_AHEAD: Duration = Duration::from_secs(100 * 365 * 24 * 60 * 60);

/// `now + by`, or far ahead where that is too late for an `Instant` to name.
pub(crate) fn later(now: Instant, by: Duration) -> Instant {
    now.checked_add(by).or_else(|| now.checked_add(FAR_AHEAD)).unwrap_or(now)
}
