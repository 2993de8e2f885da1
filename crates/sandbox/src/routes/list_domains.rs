//! `GET /domain`: oldest id first (assumed).

use bytes::Bytes;
use http::{Method, Response, StatusCode};
use serde_json::json;
use time::{Duration, OffsetDateTime};

use super::{Call, JSON, Route};
use crate::account::{Account, Domain};
use crate::json::validation::{active_validations, domain};
use crate::json::with;
use crate::page::{filter, matches, page, sort};
use crate::refusal::Refusal;
use crate::response;

pub(super) const ROUTE: Route = Route {
    method: Method::GET,
    path: "/domain",
    name: "List domains",
    content_type: Some(JSON),
    serve,
};

fn serve(call: &Call<'_>, account: &mut Account) -> Result<Response<Bytes>, Refusal> {
    let now = account.now();
    let fits = |domain: &Domain, name: &str, value: &str| fits(domain, name, value, now);
    let mut rows = filter(&call.query, account.domains(), fits)?;
    sort(&call.query, &mut rows, |property, a, b| {
        Some(match property {
            "id" => a.id.cmp(&b.id),
            "name" => a.name.cmp(&b.name),
            "date_created" => a.created.cmp(&b.created),
            _ => return None,
        })
    })?;
    let with_times = call.query.flag("include_dcv_expiration_time");
    let row = |it: &&Domain| {
        with(domain(it, with_times), json!({"validations": active_validations(it, now)}))
    };
    Ok(response::json(StatusCode::OK, &page(&call.query, "domains", &rows, row)?))
}

fn fits(domain: &Domain, name: &str, value: &str, now: OffsetDateTime) -> Option<bool> {
    Some(match name {
        "status" => value == "active",
        "dcv_method" => value == domain.dcv_method.as_str(),
        "search" => matches(value, &domain.name),
        "validation" => {
            let (_, when) =
                value.split_once('_').filter(|(kind, _)| ["ov", "ev"].contains(kind))?;
            let until = domain.approval.as_ref().map(|approval| approval.until);
            until.is_some_and(|until| ends(until - now, when))
        }
        // Of what it adds to a row, only the names are known.
        "include_validation_reuse_status" => true,
        _ => return None,
    })
}

/// Returns whether a validation that has `left` to its end is one of those that `when` names.
fn ends(left: Duration, when: &str) -> bool {
    let days = |from, to| (Duration::days(from)..Duration::days(to)).contains(&left);
    match when {
        "expired_in_last_7_days" => days(-7, 0),
        "expiring_within_7_days" => days(0, 7),
        "expiring_within_30_days" => days(0, 30),
        "expiring_from_31_to_60_days" => days(30, 60),
        "expiring_from_61_to_90_days" => days(60, 90),
        _ => false,
    }
}
