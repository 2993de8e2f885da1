//! Dates and timestamps.

use serde::{Deserializer, Serialize, Serializer};

/// A date, `yyyy-MM-dd`, with midnight behind it or without. `null` and `""` are none.
pub(crate) mod date {
    use serde::ser::Error as _;
    use time::{Date, format_description::well_known::Iso8601};

    use super::{super::optional, Deserializer, Serialize, Serializer, offset, split_offset};

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<Option<Date>, D::Error> {
        optional(from, "a date as in 2020-04-08", |text| {
            let (date, time) = text.split_at_checked(10)?;
            // ISO 8601 has more forms than the service.
            let is_date = matches!(date.as_bytes(), [_, _, _, _, b'-', _, _, b'-', _, _]);
            if is_date && (time.is_empty() || is_midnight(time)) {
                Date::parse(date, &Iso8601::DATE).ok()
            } else {
                None
            }
        })
    }

    pub(crate) fn serialize<S: Serializer>(date: &Option<Date>, to: S) -> Result<S::Ok, S::Error> {
        let text = date.map(|date| date.format(&Iso8601::DATE)).transpose();
        text.map_err(S::Error::custom)?.serialize(to)
    }

    /// Whether `time` is midnight, in any zone: a time of day would be lost.
    fn is_midnight(time: &str) -> bool {
        let Some(time) = time.strip_prefix(['T', 't', ' ']) else { return false };
        let (clock, zone) = split_offset(time).unwrap_or((time, "Z"));
        let (seconds, fraction) = clock.split_once('.').unwrap_or((clock, "0"));
        let is_zero = !fraction.is_empty() && fraction.bytes().all(|byte| byte == b'0');
        matches!(seconds, "00:00" | "00:00:00") && is_zero && offset(zone).is_some()
    }
}

/// A timestamp, ISO 8601 with its offset from UTC. UTC is written `+00:00`, not `Z`.
pub(crate) mod timestamp {
    use serde::ser::Error as _;
    use time::{OffsetDateTime, format_description::well_known::Rfc3339};

    use super::{
        super::{missing, optional},
        Deserializer, Serializer, offset, split_offset,
    };

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<OffsetDateTime, D::Error> {
        option::deserialize(from)?.ok_or_else(|| missing("a timestamp"))
    }

    pub(crate) fn serialize<S: Serializer>(
        timestamp: &OffsetDateTime,
        to: S,
    ) -> Result<S::Ok, S::Error> {
        let text = timestamp.format(&Rfc3339).map_err(S::Error::custom)?;
        match text.strip_suffix('Z') {
            Some(utc) => to.collect_str(&format_args!("{utc}+00:00")),
            None => to.serialize_str(&text),
        }
    }

    /// A timestamp that may be absent: `null` and `""` are none.
    pub(crate) mod option {
        use super::{Deserializer, OffsetDateTime, Serializer, optional, read};

        pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
            from: D,
        ) -> Result<Option<OffsetDateTime>, D::Error> {
            optional(from, "a timestamp as in 2019-04-08T17:33:26+00:00", read)
        }

        pub(crate) fn serialize<S: Serializer>(
            timestamp: &Option<OffsetDateTime>,
            to: S,
        ) -> Result<S::Ok, S::Error> {
            match timestamp {
                Some(timestamp) => super::serialize(timestamp, to),
                None => to.serialize_none(),
            }
        }
    }

    /// A timestamp that may be absent, and may lack its offset, as in `2026-11-24 15:15:13`: then
    /// it is taken for UTC. Written with its offset.
    pub(crate) mod utc {
        pub(crate) use super::option::serialize;
        use super::{Deserializer, OffsetDateTime, optional, read};

        pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
            from: D,
        ) -> Result<Option<OffsetDateTime>, D::Error> {
            optional(from, "a timestamp as in 2026-11-24 15:15:13", |text| {
                read(text).or_else(|| {
                    let (date, time) = text.split_once([' ', 'T'])?;
                    read(&format!("{date}T{time}Z"))
                })
            })
        }
    }

    fn read(text: &str) -> Option<OffsetDateTime> {
        let read = |text: &str| OffsetDateTime::parse(text, &Rfc3339).ok();
        read(text).or_else(|| {
            // `+0000` and `+00` for `+00:00`, and a space for the `T`
            let (time, zone) = split_offset(text)?;
            let (date, clock) = time.split_once(['T', 't', ' '])?;
            read(&format!("{date}T{}{}", clock.trim_end(), offset(zone)?))
        })
    }
}

/// The time of day, and the offset from UTC behind it. A date in front has dashes too.
fn split_offset(time: &str) -> Option<(&str, &str)> {
    let clock = time.find(':')?;
    let sign = time.get(clock..)?.find(['Z', 'z', '+', '-'])?;
    let (clock, zone) = time.split_at_checked(clock + sign)?;
    Some((clock.trim_end(), zone))
}

/// An offset as RFC 3339 writes it.
fn offset(zone: &str) -> Option<String> {
    let digits = |part: &[u8]| part.iter().all(u8::is_ascii_digit);
    match zone.as_bytes() {
        [b'Z' | b'z'] => Some("Z".to_owned()),
        [b'+' | b'-', hours @ ..] if hours.len() == 2 && digits(hours) => {
            Some(format!("{zone}:00"))
        }
        [b'+' | b'-', rest @ ..] if rest.len() == 4 && digits(rest) => {
            let (hours, minutes) = zone.split_at_checked(3)?;
            Some(format!("{hours}:{minutes}"))
        }
        [b'+' | b'-', h, i, b':', m, n] if digits(&[*h, *i, *m, *n]) => Some(zone.to_owned()),
        _ => None,
    }
}
