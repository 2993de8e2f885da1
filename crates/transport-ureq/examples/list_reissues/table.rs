//! Reissues as an aligned table.

use certcentral_core::{Reissue, Reissues};

use crate::printable::printable;

const HEADINGS: [&str; 8] = [
    "ID",
    "STATUS",
    "COMMON NAME",
    "OTHER NAMES",
    "CREATED",
    "VALID TILL",
    "DAYS LEFT",
    "REQUESTED BY",
];

/// One line for each reissue below a line of headings.
pub(crate) fn render(reissues: &Reissues) -> String {
    let mut rows = vec![HEADINGS.map(str::to_owned)];
    rows.extend(reissues.into_iter().map(cells));
    let mut widths = [0; HEADINGS.len()];
    for row in &rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = cell.chars().count().max(*width);
        }
    }
    let line = |row: &[String; 8]| {
        let cells = row.iter().zip(widths).map(|(cell, width)| format!("{cell:width$}"));
        cells.collect::<Vec<_>>().join("  ").trim_end().to_owned() + "\n"
    };
    rows.iter().map(line).collect()
}

fn cells(reissue: &Reissue) -> [String; 8] {
    let name = |part: &Option<String>| part.clone().unwrap_or_default();
    let requester = format!("{} {}", name(&reissue.firstname), name(&reissue.lastname));
    [
        reissue.id.to_string(),
        reissue.status.to_string(),
        name(&reissue.common_name),
        other_names(reissue),
        reissue.date_created.date().to_string(),
        reissue.valid_till.map(|date| date.to_string()).unwrap_or_default(),
        reissue.days_remaining.map(|days| days.to_string()).unwrap_or_default(),
        if requester.trim().is_empty() { name(&reissue.email) } else { requester },
    ]
    .map(|cell| if cell.trim().is_empty() { "-".to_owned() } else { printable(&cell) })
}

/// The first names beside the common name, and how many more there are.
fn other_names(reissue: &Reissue) -> String {
    let is_other = |name: &&String| Some(*name) != reissue.common_name.as_ref();
    let names: Vec<_> = reissue.dns_names.iter().filter(is_other).map(String::as_str).collect();
    match names.split_at_checked(3) {
        Some((shown, [])) => shown.join(", "),
        Some((shown, more)) => format!("{} and {} more", shown.join(", "), more.len()),
        None => names.join(", "),
    }
}
