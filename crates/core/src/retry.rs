//! When a call is retried, and after which pause.

use std::time::Duration;

/// How often a call is attempted, and how long it pauses in between.
///
/// After a transient failure the next attempt follows after a random time between the half and the
/// whole of `base_delay · 2ⁿ`, capped ("exponential backoff with equal jitter"). Three attempts thus
/// outlast a server that restarts within 0.75 s. After 429 the whole
/// [`Api`](crate::Api) pauses, and no attempt is used up.
///
/// Default: 3 attempts, base 500 ms, cap 20 s, 180 s of pauses after 429.
///
/// ```
/// use std::time::Duration;
///
/// use certcentral_core::{Api, ApiKey, RetryPolicy};
///
/// // A person waits: one attempt, and no pause after 429.
/// let interactive = RetryPolicy::none();
/// // Nobody waits: more attempts, further apart.
/// let nightly = RetryPolicy::default()
///     .max_attempts(6)
///     .base_delay(Duration::from_secs(2))
///     .max_delay(Duration::from_secs(120));
/// let api = Api::builder(ApiKey::new("0123456789ABCDEF")?).retry(nightly).build()?;
/// # let _ = (interactive, api);
/// # Ok::<(), certcentral_core::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RetryPolicy {
    pub(crate) max_attempts: u32,
    base_delay: Duration,
    max_delay: Duration,
    pub(crate) first_throttle_pause: Duration,
    max_throttled: Duration,
}

/// The longest pause that a call makes because the service asks for it. If it asks for more, the call
/// ends.
pub(crate) const LONGEST_PAUSE: Duration = Duration::from_secs(180);

impl RetryPolicy {
    /// Returns a policy of one attempt and no pause: a failure ends the call at once, 429 included. Only
    /// what met the end of its kept connection, or was not processed, is sent again.
    pub fn none() -> Self {
        Self { max_attempts: 1, max_throttled: Duration::ZERO, ..Self::default() }
    }

    /// Sets how many attempts are made, the first one included. Default: 3.
    #[must_use]
    pub fn max_attempts(self, max_attempts: u32) -> Self {
        Self { max_attempts, ..self }
    }

    /// Sets the bound of the first pause. Each further bound is twice the one before. Default:
    /// 500 ms.
    #[must_use]
    pub fn base_delay(self, base_delay: Duration) -> Self {
        Self { base_delay, ..self }
    }

    /// Sets the bound that no pause between attempts exceeds, unless the service asks for more.
    /// Default: 20 s.
    #[must_use]
    pub fn max_delay(self, max_delay: Duration) -> Self {
        Self { max_delay, ..self }
    }

    /// Sets the first pause of the whole [`Api`](crate::Api) after a 429 that names no time. Each
    /// further one that does not help is twice the one before, up to 60 s. Default: 5 s.
    #[must_use]
    pub fn first_throttle_pause(self, first_throttle_pause: Duration) -> Self {
        Self { first_throttle_pause, ..self }
    }

    /// Sets how long one call may be held up by its own 429 responses, in sum, before it ends with
    /// the last of them. Each counts for a second at least, so that their number is bounded too.
    /// Default: 180 s.
    #[must_use]
    pub fn max_throttled(self, max_throttled: Duration) -> Self {
        Self { max_throttled, ..self }
    }

    pub(crate) fn allows_another(&self, used: u32) -> bool {
        used < self.max_attempts
    }

    pub(crate) fn allows_throttled(&self, sum: Duration) -> bool {
        sum <= self.max_throttled
    }

    /// The pause after the `used`th attempt, chosen by `random` out of the whole range of `u64`.
    pub(crate) fn backoff(&self, used: u32, random: u64) -> Duration {
        let doubled = 2_u32.saturating_pow(used.saturating_sub(1));
        let bound = self.base_delay.saturating_mul(doubled).min(self.max_delay);
        let nanos = u64::try_from(bound.as_nanos()).unwrap_or(u64::MAX);
        let fixed = nanos / 2;
        let chosen = (u128::from(nanos - fixed) * u128::from(random)) >> u64::BITS;
        Duration::from_nanos(fixed + u64::try_from(chosen).unwrap_or_default())
    }
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            max_attempts: 3,
            base_delay: Duration::from_millis(500),
            max_delay: Duration::from_secs(20),
            first_throttle_pause: Duration::from_secs(5),
            max_throttled: LONGEST_PAUSE,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_the_cap_and_are_half_fixed_and_half_random() {
        let policy = RetryPolicy::default();
        let longest = |used| policy.backoff(used, u64::MAX).as_secs_f64();
        for (used, bound) in
            [(1, 0.5), (2, 1.0), (3, 2.0), (6, 16.0), (7, 20.0), (1000, 20.0), (u32::MAX, 20.0)]
        {
            assert!((longest(used) - bound).abs() < 1e-6, "{used}");
            assert!((policy.backoff(used, 0).as_secs_f64() - bound / 2.0).abs() < 1e-6);
            assert!((policy.backoff(used, 1 << 63).as_secs_f64() - bound * 0.75).abs() < 1e-6);
        }
    }

    #[test]
    fn absurd_delays_do_not_overflow() {
        let policy = RetryPolicy::default().base_delay(Duration::MAX).max_delay(Duration::MAX);
        assert!(policy.backoff(u32::MAX, u64::MAX) > Duration::from_secs(1 << 30));
    }
}
