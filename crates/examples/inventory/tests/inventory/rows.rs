//! The program's output, read as anybody else would read it.

use std::collections::BTreeMap;

use serde::Deserialize;

#[derive(Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Row {
    pub(crate) order_id: u64,
    pub(crate) issued: Option<u64>,
    pub(crate) pending: Option<u64>,
    pub(crate) rejected: Option<u64>,
    pub(crate) other: Option<u64>,
    pub(crate) certificate_id: Option<u64>,
    pub(crate) common_name: Option<String>,
    pub(crate) valid_till: Option<String>,
    pub(crate) error: Option<String>,
}

pub(crate) fn of_json(text: &str) -> BTreeMap<u64, Row> {
    by_order(text.lines().map(|line| serde_json::from_str(line).unwrap()))
}

pub(crate) fn of_csv(text: &str) -> BTreeMap<u64, Row> {
    by_order(csv::Reader::from_reader(text.as_bytes()).into_deserialize().map(Result::unwrap))
}

fn by_order(rows: impl Iterator<Item = Row>) -> BTreeMap<u64, Row> {
    let mut by_order = BTreeMap::new();
    for row in rows {
        let earlier = by_order.insert(row.order_id, row);
        assert_eq!(earlier, None, "two rows for one order");
    }
    by_order
}
