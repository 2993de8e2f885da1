//! The industry's limits, which get shorter.

use time::{Date, Duration, Month};

/// From a day on: for how many days a public certificate is valid, and a validation is reused. The
/// service stays a day below the limits of the Baseline Requirements: documented, but assumed for
/// 2027, and for the 9, where its pages differ.
const LIMITS: [((i32, Month, u8), i64, i64); 3] = [
    ((2029, Month::March, 15), 46, 9),
    ((2027, Month::March, 15), 99, 99),
    ((2026, Month::February, 24), 199, 199),
];
/// Before that.
const EARLIER: i64 = 397;

/// Returns the longest time from the first to the last day of a certificate that begins on a day.
pub(super) fn longest_validity(day: Date) -> Duration {
    Duration::days(limits(day).0 - 1)
}

/// Returns how long a validation of a day is reused. Whether a shorter limit ends earlier ones sooner
/// is not known; here it does not.
pub(super) fn reuse(day: Date) -> Duration {
    Duration::days(limits(day).1)
}

fn limits(day: Date) -> (i64, i64) {
    let is_in_force = |&(year, month, from): &(i32, Month, u8)| {
        Date::from_calendar_date(year, month, from).is_ok_and(|from| from <= day)
    };
    let found = LIMITS.iter().find(|(since, ..)| is_in_force(since));
    found.map_or((EARLIER, EARLIER), |&(_, validity, reuse)| (validity, reuse))
}
