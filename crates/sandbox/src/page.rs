//! Pages of a list: `filters`, `sort`, `offset`, `limit`.

use std::cmp::Ordering;

use serde_json::{Value, json};

use crate::query::Query;
use crate::refusal::Refusal;

/// The most rows of one page (observed), and how many there are without a limit.
const MOST: usize = 1000;

/// Returns one page of `rows` under `name`, and what it is a page of. Without rows, `name` is
/// absent: two public clients expect this.
///
/// `limit=0` counts as no limit (assumed).
pub(crate) fn page<T>(
    query: &Query<'_>,
    name: &str,
    rows: &[T],
    row: impl Fn(&T) -> Value,
) -> Result<Value, Refusal> {
    let offset = number(query, "offset")?.unwrap_or(0);
    let limit = number(query, "limit")?.unwrap_or(MOST);
    let most = if limit == 0 { MOST } else { limit.min(MOST) };
    let shown: Vec<Value> = rows.iter().skip(offset).take(most).map(row).collect();
    let page = json!({"total": rows.len(), "limit": limit.min(MOST), "offset": offset});
    let shown = if shown.is_empty() { Value::Null } else { Value::Array(shown) };
    Ok(json!({name: shown, "page": page}))
}

/// Returns the rows that every filter of the query fits. `fits` returns nothing for a filter that it
/// does not know; that it is refused is assumed.
pub(crate) fn filter<'a, T>(
    query: &Query<'_>,
    rows: impl Iterator<Item = &'a T>,
    fits: impl Fn(&T, &str, &str) -> Option<bool>,
) -> Result<Vec<&'a T>, Refusal> {
    let filters = query.filters();
    let mut kept = Vec::new();
    for row in rows {
        let mut is_kept = true;
        for (name, values) in &filters {
            let any: Option<Vec<bool>> =
                values.iter().map(|value| fits(row, name, value)).collect();
            let any = any.ok_or_else(|| Refusal::invalid(&format!("filters[{name}]")))?;
            is_kept &= any.contains(&true);
        }
        if is_kept {
            kept.push(row);
        }
    }
    Ok(kept)
}

/// Sorts by the properties of `sort`: comma-separated, descending with a `-`. `compare` returns
/// nothing for a property that it does not know.
pub(crate) fn sort<T>(
    query: &Query<'_>,
    rows: &mut [T],
    compare: impl Fn(&str, &T, &T) -> Option<Ordering>,
) -> Result<(), Refusal> {
    let properties = query.get("sort").unwrap_or_default().split(',').filter(|it| !it.is_empty());
    // The last property first: sorting is stable.
    for property in properties.rev() {
        // A plus sign is observed to work, and arrives as a blank unless it is encoded.
        let (name, descending) = match property.strip_prefix('-') {
            Some(name) => (name, true),
            None => (property.trim_start_matches(['+', ' ']), false),
        };
        if let [first, ..] = rows
            && compare(name, first, first).is_none()
        {
            return Err(Refusal::invalid("sort"));
        }
        rows.sort_by(|a, b| {
            let ordering = compare(name, a, b).unwrap_or(Ordering::Equal);
            if descending { ordering.reverse() } else { ordering }
        });
    }
    Ok(())
}

/// Returns whether `text` is what is searched for: the whole, or with a percent sign before it any
/// part.
pub(crate) fn matches(searched: &str, text: &str) -> bool {
    match searched.strip_prefix('%') {
        Some(part) => text.contains(part),
        None => text == searched,
    }
}

fn number(query: &Query<'_>, name: &'static str) -> Result<Option<usize>, Refusal> {
    let parse = |text: &str| text.parse().map_err(|_| Refusal::invalid(name));
    query.get(name).filter(|text| !text.is_empty()).map(parse).transpose()
}
