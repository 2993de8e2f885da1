//! When the service looks for control of a name by itself.

use time::{Duration, OffsetDateTime};

/// The automatic checks of something that was submitted for validation.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Schedule {
    submitted: OffsetDateTime,
    /// The last check that was made.
    checked: OffsetDateTime,
}

/// For how long after the submission there is a check, and how often. The steps are documented;
/// that each span counts from the submission is assumed.
const STEPS: [(Duration, Duration); 4] = [
    (Duration::minutes(15), Duration::MINUTE),
    (Duration::HOUR, Duration::minutes(5)),
    (Duration::DAY, Duration::minutes(15)),
    (Duration::days(10), Duration::HOUR),
];

impl Schedule {
    pub(crate) fn starting(now: OffsetDateTime) -> Self {
        Self { submitted: now, checked: now }
    }

    /// Returns when the next check is; there is none after ten days.
    pub(crate) fn next(&self) -> Option<OffsetDateTime> {
        let since = self.checked - self.submitted;
        let (_, step) = STEPS.iter().find(|(until, _)| since < *until)?;
        let steps = since.whole_seconds() / step.whole_seconds() + 1;
        Some(self.submitted + Duration::seconds(steps * step.whole_seconds()))
    }

    /// Takes all checks up to `now` as made.
    pub(crate) fn check(&mut self, now: OffsetDateTime) {
        self.checked = self.checked.max(now);
    }

    pub(crate) fn is_due(&self, now: OffsetDateTime) -> bool {
        self.next().is_some_and(|next| next <= now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checks_become_rarer_and_end_after_ten_days() {
        let start = OffsetDateTime::UNIX_EPOCH;
        let mut schedule = Schedule::starting(start);
        let mut minutes = Vec::new();
        while let Some(next) = schedule.next() {
            minutes.push((next - start).whole_minutes());
            schedule.check(next);
        }
        assert_eq!(minutes[..17], [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 20, 25]);
        assert_eq!(minutes[22..26], [55, 60, 75, 90]);
        assert_eq!(minutes.last(), Some(&(10 * 24 * 60)));
        assert_eq!(minutes.len(), 15 + 9 + 92 + 9 * 24);
    }

    #[test]
    fn a_check_that_comes_late_is_made_once() {
        let start = OffsetDateTime::UNIX_EPOCH;
        let mut schedule = Schedule::starting(start);
        assert!(!schedule.is_due(start + Duration::seconds(59)));
        let late = start + Duration::seconds(150);
        assert!(schedule.is_due(late));
        schedule.check(late);
        assert_eq!(schedule.next(), Some(start + Duration::minutes(3)));
    }
}
