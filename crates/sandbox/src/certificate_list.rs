//! `GET /order/certificate/{order_id}/reissue`: with archived rows, or without.

use std::collections::{BTreeMap, HashMap};
use std::sync::LazyLock;

use bytes::Bytes;
use http::{Method, Response, StatusCode};
use serde_json::value::{RawValue, to_raw_value};

use super::{Call, Route};
use crate::refusal::{Refusal, response};
use crate::service::Account;

pub(super) const ROUTE: Route = Route {
    method: Method::GET,
    path: "/order/certificate/{order_id}/reissue",
    name: "List reissues",
    content_type: "application/json",
    serve,
};

fn serve(call: &Call<'_>, account: &mut Account) -> Result<Response<Bytes>, Refusal> {
    let order_id = call.id("order_id").ok_or_else(Refusal::no_such_order)?;
    let list = account
        .reissues
        .get(&order_id)
        .or_else(|| FIXTURES.get(&order_id))
        .ok_or_else(Refusal::no_such_order)?;
    Ok(response(StatusCode::OK, list.body(call.query.flag("show_archived"))))
}

/// A list as it is, parsed once and not with each request.
pub(crate) struct ReissueList {
    all: Bytes,
    current: Bytes,
}

impl ReissueList {
    pub(crate) fn new(all: Bytes) -> Self {
        let current = without_archived(&all).unwrap_or_else(|| all.clone());
        Self { all, current }
    }

    fn body(&self, show_archived: bool) -> Bytes {
        if show_archived { self.all.clone() } else { self.current.clone() }
    }
}

static FIXTURES: LazyLock<HashMap<u64, ReissueList>> = LazyLock::new(|| {
    certcentral_fixtures::folder("list_reissues")
        .filter_map(|fixture| {
            let list = ReissueList::new(Bytes::from_static(fixture.body));
            Some((fixture.number()?, list))
        })
        .collect()
});

/// Returns `body` without its archived rows, or nothing if it has none.
///
/// The rows that stay keep their bytes; what surrounds the list keeps its values.
fn without_archived(body: &[u8]) -> Option<Bytes> {
    let mut fields: Object = serde_json::from_slice(body).ok()?;
    let rows: Vec<&RawValue> = serde_json::from_str(fields.get("certificates")?.get()).ok()?;
    let kept: Vec<_> = rows.iter().filter(|row| !is_archived(row)).collect();
    if kept.len() == rows.len() {
        return None;
    }
    let kept = to_raw_value(&kept).ok()?;
    fields.insert("certificates".to_owned(), &kept);
    Some(serde_json::to_vec(&fields).ok()?.into())
}

/// `1` is documented, `"1"` is observed in "List duplicates", `true` is assumed.
fn is_archived(row: &RawValue) -> bool {
    serde_json::from_str::<Object>(row.get())
        .ok()
        .and_then(|fields| fields.get("archived").map(|archived| archived.get()))
        .is_some_and(|archived| matches!(archived, "1" | "\"1\"" | "true"))
}

/// A JSON object whose values stay the text they are.
type Object<'a> = BTreeMap<String, &'a RawValue>;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn archived_rows_go_and_the_others_keep_their_bytes() {
        let body = br#"{"certificates": [{"id": 1,  "archived": 0}, {"id": 2, "archived": 1},
            {"archived": "1", "id": 3}, {"id":4,"archived":"0"}, {"id":5, "archived":true}, {"id":6}],
            "page" : {"total":  6}}"#;
        assert_eq!(
            without_archived(body).as_deref(),
            Some(
                br#"{"certificates":[{"id": 1,  "archived": 0},{"id":4,"archived":"0"},{"id":6}],"page":{"total":  6}}"#.as_slice()
            )
        );
    }

    #[test]
    fn bodies_without_archived_rows_are_left_alone() {
        for body in [
            r"{}",
            r"[]",
            r#"{"certificates": null}"#,
            r#"{"certificates": [{"id": 1, "archived": 0}]}"#,
            r#"{"certificates": [1, null]}"#,
            r"<html>",
        ] {
            assert_eq!(without_archived(body.as_bytes()), None, "{body}");
        }
    }
}
