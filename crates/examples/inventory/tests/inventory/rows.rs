//! The program's output, read as another program would.

use std::collections::BTreeMap;

use serde::Deserialize;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "the names of all columns")]
pub(crate) struct Row {
    pub(crate) order_id: u64,
    pub(crate) order_status: Option<String>,
    pub(crate) product: Option<String>,
    pub(crate) certificates: Option<usize>,
    pub(crate) certificate_id: Option<u64>,
    pub(crate) role: Option<String>,
    pub(crate) status: Option<String>,
    pub(crate) serial_number: Option<String>,
    pub(crate) common_name: Option<String>,
    pub(crate) dns_names: Option<String>,
    pub(crate) date_created: Option<String>,
    pub(crate) date_issued: Option<String>,
    pub(crate) valid_from: Option<String>,
    pub(crate) valid_till: Option<String>,
    pub(crate) archived: Option<bool>,
    pub(crate) error_kind: String,
    pub(crate) error: String,
}

pub(crate) fn of_json(text: &str) -> Vec<Row> {
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

pub(crate) fn of_csv(text: &str) -> Vec<Row> {
    csv::Reader::from_reader(text.as_bytes()).into_deserialize().map(Result::unwrap).collect()
}

/// Returns the id, role and status of each order's certificates, in the order of the rows.
pub(crate) fn certificates(rows: &[Row]) -> BTreeMap<u64, Vec<(u64, &str, &str)>> {
    let mut orders: BTreeMap<u64, Vec<_>> = BTreeMap::new();
    for row in rows.iter().filter(|row| row.error.is_empty()) {
        let (role, status) = (row.role.as_deref().unwrap(), row.status.as_deref().unwrap());
        orders.entry(row.order_id).or_default().push((row.certificate_id.unwrap(), role, status));
    }
    orders
}

/// Returns the kind of each order's error.
pub(crate) fn errors(rows: &[Row]) -> BTreeMap<u64, &str> {
    let failed = rows.iter().filter(|row| !row.error.is_empty());
    failed.map(|row| (row.order_id, row.error_kind.as_str())).collect()
}
