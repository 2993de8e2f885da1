//! Lists of certificates as they are: with archived rows, or without.

use std::collections::{BTreeMap, HashMap};
use std::sync::LazyLock;

use bytes::Bytes;
use serde_json::value::{RawValue, to_raw_value};

/// The body of "List reissues" or "List duplicates", parsed once and not with each request.
pub(crate) struct CertificateList {
    all: Bytes,
    current: Bytes,
}

impl CertificateList {
    pub(crate) fn new(all: Bytes) -> Self {
        let current = without_archived(&all).unwrap_or_else(|| all.clone());
        Self { all, current }
    }

    /// Returns an order's list among the fixtures of a folder.
    pub(crate) fn fixture(folder: &'static str, order_id: u64) -> Option<&'static Self> {
        FIXTURES.get(&(folder, order_id))
    }

    pub(crate) fn body(&self, show_archived: bool) -> Bytes {
        if show_archived { self.all.clone() } else { self.current.clone() }
    }
}

static FIXTURES: LazyLock<HashMap<(&str, u64), CertificateList>> = LazyLock::new(|| {
    ["list_reissues", "list_duplicates"]
        .into_iter()
        .flat_map(certcentral_fixtures::folder)
        .filter_map(|fixture| {
            let list = CertificateList::new(Bytes::from_static(fixture.body));
            Some(((fixture.folder, fixture.number()?), list))
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

/// The number is documented for reissues, the string for duplicates; `true` is assumed.
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
