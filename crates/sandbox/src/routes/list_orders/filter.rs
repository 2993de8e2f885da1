//! The filters of "List orders".

use time::{Date, Duration, OffsetDateTime, PrimitiveDateTime, Time};

use crate::account::{Order, OrderStatus};
use crate::dates::parse_moment;
use crate::json::{CONTAINER_ID, EMAIL, USER_ID};
use crate::page::matches;
use crate::query::Query;
use crate::refusal::Refusal;

pub(super) enum Filter {
    Id(u64),
    Certificate(u64),
    SerialNumber(String),
    CommonName(String),
    DomainName(String),
    Status(String),
    Product(String),
    Organization(u64),
    Renewed(bool),
    Search(String),
    ValidTill(Range),
    DateCreated(Range),
    /// What is the same for every order.
    All(bool),
}

/// Both ends included.
pub(super) struct Range {
    start: PrimitiveDateTime,
    end: PrimitiveDateTime,
}

/// Returns the filters of a query: of each of the lists, one has to fit.
///
/// That an unknown filter is refused is assumed.
pub(super) fn parse(query: &Query<'_>) -> Result<Vec<Vec<Filter>>, Refusal> {
    let parse_values = |(name, values): (&str, Vec<&str>)| {
        let filters = values.into_iter().map(|value| parse_one(name, value)).collect::<Option<_>>();
        filters.ok_or_else(|| Refusal::invalid(&format!("filters[{name}]")))
    };
    query.filters().into_iter().map(parse_values).collect()
}

fn parse_one(name: &str, value: &str) -> Option<Filter> {
    let is = |expected: u64| Some(Filter::All(value.parse() == Ok(expected)));
    match name {
        "id" => Some(Filter::Id(value.parse().ok()?)),
        "certificate_id" => Some(Filter::Certificate(value.parse().ok()?)),
        "serial_number" => Some(Filter::SerialNumber(value.to_owned())),
        "common_name" => Some(Filter::CommonName(value.to_owned())),
        "domain_name" => Some(Filter::DomainName(value.to_owned())),
        "status" => Some(Filter::Status(value.to_owned())),
        "search" => Some(Filter::Search(value.to_owned())),
        "valid_till" => Some(Filter::ValidTill(Range::parse(value)?)),
        "date_created" => Some(Filter::DateCreated(Range::parse(value)?)),
        "organization_id" => Some(Filter::Organization(value.parse().ok()?)),
        "container_id" => is(CONTAINER_ID),
        "user_id" => is(USER_ID),
        "product_name_id" => Some(Filter::Product(value.to_owned())),
        "email" => Some(Filter::All(value == EMAIL)),
        "origin" => Some(Filter::All(value == "certcentral")),
        "is_renewed" => Some(Filter::Renewed(value == "1")),
        "disable_renewal_notifications" => is(0),
        "metadata_id" => Some(Filter::All(false)),
        _ => None,
    }
}

impl Filter {
    pub(super) fn fits(&self, order: &Order, now: OffsetDateTime) -> bool {
        let primary = order.primary();
        let names = &primary.names;
        match self {
            Self::Id(id) => order.id == *id,
            Self::Certificate(id) => order.certificate(*id).is_some(),
            Self::SerialNumber(number) => order.certificates().any(|certificate| {
                let issued = certificate.issued();
                issued.is_some_and(|it| it.signed.serial_number.eq_ignore_ascii_case(number))
            }),
            Self::CommonName(name) => names.common_name == *name,
            Self::DomainName(name) => names.common_name == *name || names.dns_names.contains(name),
            Self::Status(status) => has_status(order, status, now),
            Self::Product(name_id) => order.product.name_id == name_id,
            Self::Organization(id) => order.organization().is_some_and(|it| it.id == *id),
            Self::Renewed(is_renewed) => order.renewed_by.is_some() == *is_renewed,
            Self::Search(text) => matches(text, EMAIL) || matches(text, &names.common_name),
            Self::ValidTill(range) => range.contains(at_midnight(primary.valid_till)),
            Self::DateCreated(range) => {
                range.contains(PrimitiveDateTime::new(order.created.date(), order.created.time()))
            }
            Self::All(fits) => *fits,
        }
    }
}

/// An order that has expired is found as `issued` too (documented).
fn has_status(order: &Order, status: &str, now: OffsetDateTime) -> bool {
    let has = order.status(now);
    has.as_str() == status || has == OrderStatus::Expired && status == "issued"
}

impl Range {
    /// `>2026-01-31`, `<2026-01-31`, `2026-01-01...2026-01-31`, or one day. The operators are what
    /// clients send; the ends of a range are part of it (assumed).
    fn parse(text: &str) -> Option<Self> {
        let last_second = Time::MIDNIGHT - Duration::SECOND;
        let first = PrimitiveDateTime::MIN;
        let last = PrimitiveDateTime::MAX;
        let end_of = |text: &str| {
            let moment = parse_moment(text)?;
            let whole_day = moment.time() == Time::MIDNIGHT && !text.contains(':');
            Some(if whole_day { moment.replace_time(last_second) } else { moment })
        };
        Some(if let Some(text) = text.strip_prefix('>') {
            Self { start: end_of(text)?.saturating_add(Duration::SECOND), end: last }
        } else if let Some(text) = text.strip_prefix('<') {
            Self { start: first, end: parse_moment(text)?.saturating_sub(Duration::SECOND) }
        } else if let Some((start, end)) = text.split_once("...") {
            Self { start: parse_moment(start)?, end: end_of(end)? }
        } else {
            Self { start: parse_moment(text)?, end: end_of(text)? }
        })
    }

    fn contains(&self, moment: PrimitiveDateTime) -> bool {
        (self.start..=self.end).contains(&moment)
    }
}

fn at_midnight(date: Date) -> PrimitiveDateTime {
    PrimitiveDateTime::new(date, Time::MIDNIGHT)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

    use super::*;

    #[test]
    fn ranges_are_read_with_their_operators() {
        for (text, inside, outside) in [
            (">2026-01-31", "2026-02-01", "2026-01-31T23:59:59"),
            ("<2026-01-31", "2026-01-30T23:59:59", "2026-01-31"),
            ("2026-01-31", "2026-01-31T12:00:00", "2026-02-01"),
            ("2026-01-01...2026-01-31", "2026-01-31T12:00:00", "2026-02-01"),
            (
                "2026-01-01T00:00:00...2026-01-01T10:00:00",
                "2026-01-01T10:00:00",
                "2026-01-01T10:00:01",
            ),
        ] {
            let range = Range::parse(text).unwrap();
            assert!(range.contains(parse_moment(inside).unwrap()), "{text} {inside}");
            assert!(!range.contains(parse_moment(outside).unwrap()), "{text} {outside}");
        }
        assert!(Range::parse("lately").is_none());
        assert!(Range::parse(">9999-12-31").is_some() && Range::parse("<-9999-01-01").is_none());
    }
}
