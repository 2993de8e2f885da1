//! `GET /order/certificate/status-changes`: orders whose status changed lately; `{}` if none did.

use bytes::Bytes;
use http::{Method, Response, StatusCode};
use serde_json::json;
use time::{Duration, OffsetDateTime, UtcOffset};

use super::{Call, JSON, Route};
use crate::account::Account;
use crate::dates::parse_moment;
use crate::query::Query;
use crate::refusal::Refusal;
use crate::response;

pub(super) const ROUTE: Route = Route {
    method: Method::GET,
    path: "/order/certificate/status-changes",
    name: "Status change list",
    content_type: Some(JSON),
    serve,
};

const LONGEST: Duration = Duration::days(7);
const FILTER: &str = "filters[status_last_updated]";

fn serve(call: &Call<'_>, account: &mut Account) -> Result<Response<Bytes>, Refusal> {
    let now = account.now();
    let (start, end) = frame(&call.query, now)?;
    let changed = account
        .shown_orders()
        .filter(|order| (start..=end).contains(&order.status_changed()))
        .map(|order| {
            json!({
                "order_id": order.id,
                "certificate_id": order.primary().id,
                "status": order.status(now).as_str(),
            })
        })
        .collect::<Vec<_>>();
    let body = if changed.is_empty() { json!({}) } else { json!({"orders": changed}) };
    Ok(response::json(StatusCode::OK, &body))
}

/// The time frame asked for, at most seven days.
fn frame(
    query: &Query<'_>,
    now: OffsetDateTime,
) -> Result<(OffsetDateTime, OffsetDateTime), Refusal> {
    let number = |name| {
        let parse = |text: &str| text.parse::<u32>().map_err(|_| Refusal::invalid(name));
        query.get(name).map(parse).transpose()
    };
    let (start, end) = match (number("minutes")?, number("seconds")?, query.get(FILTER)) {
        (None, None, None) => return Err(Refusal::required("minutes")),
        (None, None, Some(filter)) => range(filter).ok_or_else(|| Refusal::invalid(FILTER))?,
        (minutes, seconds, _) => {
            let minutes = Duration::minutes(minutes.unwrap_or(0).into());
            let ago = minutes + Duration::seconds(seconds.unwrap_or(0).into());
            if ago > LONGEST {
                return Err(Refusal::time_frame_too_long());
            }
            (now - ago, now)
        }
    };
    if end - start > LONGEST { Err(Refusal::time_frame_too_long()) } else { Ok((start, end)) }
}

/// `start...end` in Mountain Daylight Time, whatever the season. A day without a time begins at
/// midnight, also as the end (assumed).
fn range(filter: &str) -> Option<(OffsetDateTime, OffsetDateTime)> {
    let mdt = UtcOffset::from_hms(-6, 0, 0).ok()?;
    let (start, end) = filter.split_once("...")?;
    let parse = |text| Some(parse_moment(text)?.assume_offset(mdt));
    Some((parse(start)?, parse(end)?))
}
