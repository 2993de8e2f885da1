//! Dates and times as the service writes and reads them.

use time::{Date, Month, OffsetDateTime, PrimitiveDateTime, Time, UtcOffset};

/// Such as `2026-03-01T08:09:10+00:00`.
pub(crate) fn timestamp(at: OffsetDateTime) -> String {
    let at = at.to_offset(UtcOffset::UTC);
    let (hour, minute, second) = at.to_hms();
    format!("{}T{hour:02}:{minute:02}:{second:02}+00:00", day(at.date()))
}

/// Such as `2026-03-01`.
pub(crate) fn day(date: Date) -> String {
    format!("{:04}-{:02}-{:02}", date.year(), u8::from(date.month()), date.day())
}

/// Such as `Sun, 01 Mar 2026 08:09:10 GMT`, for the header `Date`.
pub(crate) fn http_date(at: OffsetDateTime) -> String {
    let at = at.to_offset(UtcOffset::UTC);
    let (hour, minute, second) = at.to_hms();
    let (weekday, month) = (at.weekday().to_string(), at.month().to_string());
    let date = format!("{:.3}, {:02} {:.3} {:04}", weekday, at.day(), month, at.year());
    format!("{date} {hour:02}:{minute:02}:{second:02} GMT")
}

/// Reads `2026-03-01`, or `21 DEC 2021`, which request bodies may have too.
pub(crate) fn parse_day(text: &str) -> Option<Date> {
    let parts: Vec<&str> = text.split(['-', ' ']).collect();
    let [first, month, last] = parts.try_into().ok()?;
    match month.parse::<u8>() {
        Ok(month) => date(first, Month::try_from(month).ok()?, last),
        Err(_) => date(last, month_named(month)?, first),
    }
}

/// Reads a day with or without a time of day: `2026-03-01`, `2026-03-01T08:09:10`,
/// `2026-3-1+8:9:10`. Parts without a leading zero are observed to work.
pub(crate) fn parse_moment(text: &str) -> Option<PrimitiveDateTime> {
    match text.split_once(['T', '+', ' ']) {
        None => Some(PrimitiveDateTime::new(parse_day(text)?, Time::MIDNIGHT)),
        Some((date, time)) => {
            let parts: Vec<u8> =
                time.split(':').map(|part| part.parse().ok()).collect::<Option<_>>()?;
            let [hour, minute, second] = parts.try_into().ok()?;
            let time = Time::from_hms(hour, minute, second).ok()?;
            Some(PrimitiveDateTime::new(parse_day(date)?, time))
        }
    }
}

fn date(year: &str, month: Month, day: &str) -> Option<Date> {
    Date::from_calendar_date(year.parse().ok()?, month, day.parse().ok()?).ok()
}

fn month_named(name: &str) -> Option<Month> {
    (1..=12)
        .filter_map(|number| Month::try_from(number).ok())
        .find(|month| month.to_string().get(..3).is_some_and(|it| it.eq_ignore_ascii_case(name)))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

    use super::*;

    #[test]
    fn a_header_has_names_for_day_and_month() {
        let at = parse_moment("2026-03-01T08:09:10").unwrap().assume_utc();
        assert_eq!(http_date(at), "Sun, 01 Mar 2026 08:09:10 GMT");
    }

    #[test]
    fn every_documented_form_is_read() {
        for (text, expected) in [
            ("2026-03-01", "2026-03-01 0:00:00.0"),
            ("2026-3-1+4:5:6", "2026-03-01 4:05:06.0"),
            ("2026-03-01 14:05:06", "2026-03-01 14:05:06.0"),
            ("2026-03-01T23:59:59", "2026-03-01 23:59:59.0"),
        ] {
            assert_eq!(parse_moment(text).unwrap().to_string(), expected);
        }
        assert_eq!(parse_day("21 DEC 2021"), parse_day("2021-12-21"));
        for text in ["", "2026", "2026-13-01", "2026-02-30", "2026-03-01T24:00:00", "1 ABC 2026"] {
            assert_eq!(parse_moment(text), None, "{text}");
        }
    }

    #[test]
    fn parts_are_padded() {
        let at = parse_moment("2026-3-1+4:5:6").unwrap().assume_utc();
        assert_eq!(timestamp(at), "2026-03-01T04:05:06+00:00");
    }
}
