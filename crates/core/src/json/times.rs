//! Dates and timestamps, for `#[serde(with = "times::date")]` and the like.

#![expect(clippy::ref_option, clippy::trivially_copy_pass_by_ref, reason = "serde's signatures")]

use std::fmt;

use serde::{
    Deserializer,
    de::{Error, Visitor},
};
use time::{
    Date, OffsetDateTime,
    format_description::well_known::{Iso8601, Rfc3339},
};

use super::lenient::{is_blank, refused};

/// A date, `yyyy-MM-dd`, which may have the first or the last second of the day behind it.
pub(crate) mod date {
    use serde::{Serialize, Serializer, ser::Error};

    use super::{Date, Deserializer, Iso8601, Loose, read_date};

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<Option<Date>, D::Error> {
        from.deserialize_option(Loose { read: read_date, expected: "a date as in 2020-04-08" })
    }

    pub(crate) fn serialize<S: Serializer>(date: &Option<Date>, to: S) -> Result<S::Ok, S::Error> {
        let text = date.map(|date| date.format(&Iso8601::DATE)).transpose();
        text.map_err(S::Error::custom)?.serialize(to)
    }
}

/// A timestamp, ISO 8601 with its offset from UTC. UTC is written `+00:00`, not `Z`.
pub(crate) mod timestamp {
    use serde::{Serialize, Serializer};

    use super::{Deserializer, Loose, OffsetDateTime, read_timestamp, written};

    const LOOSE: Loose<OffsetDateTime> =
        Loose { read: read_timestamp, expected: "a timestamp as in 2019-04-08T17:33:26+00:00" };

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<Option<OffsetDateTime>, D::Error> {
        from.deserialize_option(LOOSE)
    }

    pub(crate) fn serialize<S: Serializer>(
        timestamp: &Option<OffsetDateTime>,
        to: S,
    ) -> Result<S::Ok, S::Error> {
        timestamp.map(written).transpose()?.serialize(to)
    }

    /// A timestamp that must be there.
    pub(crate) mod required {
        use serde::{Serialize, Serializer, de::Error};

        use super::{Deserializer, LOOSE, OffsetDateTime, written};

        pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
            from: D,
        ) -> Result<OffsetDateTime, D::Error> {
            let timestamp = from.deserialize_str(LOOSE)?;
            timestamp.ok_or_else(|| D::Error::custom("a timestamp is missing"))
        }

        pub(crate) fn serialize<S: Serializer>(
            timestamp: &OffsetDateTime,
            to: S,
        ) -> Result<S::Ok, S::Error> {
            written(*timestamp)?.serialize(to)
        }
    }
}

/// Reads what may be absent: `null`, `""` and the database's date of zeros are none.
struct Loose<T> {
    read: fn(&str) -> Option<T>,
    expected: &'static str,
}

impl<'de, T> Visitor<'de> for Loose<T> {
    type Value = Option<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.expected)
    }

    #[inline]
    fn visit_none<E: Error>(self) -> Result<Option<T>, E> {
        Ok(None)
    }

    #[inline]
    fn visit_unit<E: Error>(self) -> Result<Option<T>, E> {
        Ok(None)
    }

    #[inline]
    fn visit_some<D: Deserializer<'de>>(self, from: D) -> Result<Option<T>, D::Error> {
        from.deserialize_str(self)
    }

    #[inline]
    fn visit_str<E: Error>(self, text: &str) -> Result<Option<T>, E> {
        match (self.read)(text).or_else(|| (self.read)(text.trim())) {
            None if !is_blank(text) && !text.starts_with("0000-00-00") => Err(refused(text, &self)),
            time => Ok(time),
        }
    }
}

fn written<E: serde::ser::Error>(timestamp: OffsetDateTime) -> Result<String, E> {
    let text = timestamp.format(&Rfc3339).map_err(E::custom)?;
    Ok(text.replace('Z', "+00:00"))
}

fn read_date(text: &str) -> Option<Date> {
    let (date, time) = text.split_at_checked(10)?;
    // ISO 8601 has more forms than the service.
    let is_date = matches!(date.as_bytes(), [_, _, _, _, b'-', _, _, b'-', _, _]);
    let is_whole_day = time.is_empty() || is_edge_of_day(time);
    if is_date && is_whole_day { Date::parse(date, &Iso8601::DATE).ok() } else { None }
}

/// Whether `time` is the first or last second of a day, in any zone: another time would be lost.
fn is_edge_of_day(time: &str) -> bool {
    let Some(time) = time.strip_prefix(['T', 't', ' ']) else { return false };
    let (clock, zone) = split_offset(time).unwrap_or((time, "Z"));
    let (seconds, fraction) = clock.split_once('.').unwrap_or((clock, "0"));
    let is_first = matches!(seconds, "00:00" | "00:00:00") && fraction.trim_matches('0').is_empty();
    let is_last = seconds == "23:59:59" && fraction.bytes().all(|byte| byte.is_ascii_digit());
    (is_first || is_last) && !fraction.is_empty() && offset(zone).is_some()
}

fn read_timestamp(text: &str) -> Option<OffsetDateTime> {
    let read = |text: &str| OffsetDateTime::parse(text, &Rfc3339).ok();
    read(text).or_else(|| {
        // `+0000` and `+00` for `+00:00`, and a space for the `T`
        let (time, zone) = split_offset(text)?;
        let (date, clock) = time.split_once(['T', 't', ' '])?;
        read(&format!("{date}T{}{}", clock.trim_end(), offset(zone)?))
    })
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
