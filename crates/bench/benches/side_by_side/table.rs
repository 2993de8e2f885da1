//! Aligned tables, and figures that fit into them.

use std::time::Duration;

use crate::measure::Sample;

/// A table: texts to the left, figures to the right.
pub(crate) fn print(title: &str, headings: &[&str], rows: &[Vec<String>]) {
    let headings: Vec<_> = headings.iter().map(|&heading| heading.to_owned()).collect();
    let all: Vec<_> = [&headings].into_iter().chain(rows).collect();
    let width = |column: usize| all.iter().map(|row| row[column].chars().count()).max();
    let widths: Vec<_> = (0..headings.len()).map(|column| width(column).unwrap_or(0)).collect();
    println!("\n{title}");
    for row in all {
        let cells = row.iter().zip(&widths).map(|(cell, &width)| {
            if is_figure(cell) { format!("{cell:>width$}") } else { format!("{cell:<width$}") }
        });
        println!("  {}", cells.collect::<Vec<_>>().join("  ").trim_end());
    }
}

/// As [`samples`], for what happens in other processes and threads too.
pub(crate) fn times(title: &str, samples: &[Sample]) {
    let ours = &samples[0];
    let headings = ["", "best", "median", "best to ours", "by rounds"];
    let rows: Vec<_> = samples.iter().map(|sample| times_of(sample, ours).into()).collect();
    print(title, &headings, &rows);
}

/// A number with a unit at most, or a limit.
fn is_figure(cell: &str) -> bool {
    let words: Vec<_> = cell.trim_start_matches(['≤', '≥', ' ']).split(' ').collect();
    words.len() <= 2 && words[0].parse::<f64>().is_ok()
}

/// One line for each sample; the first is ours, and all ratios are to it.
pub(crate) fn samples(title: &str, samples: &[Sample]) {
    let ours = &samples[0];
    let rows: Vec<_> = samples
        .iter()
        .map(|sample| {
            let memory = [sample.allocations.to_string(), bytes(sample.bytes), bytes(sample.peak)];
            [&times_of(sample, ours)[..], &memory].concat()
        })
        .collect();
    let headings = [
        "",
        "best",
        "median",
        "best to ours",
        "by rounds",
        "allocations",
        "allocated",
        "peak heap",
    ];
    print(title, &headings, &rows);
}

/// The name of a sample and its times, those of ours being 1.
fn times_of(sample: &Sample, ours: &Sample) -> [String; 5] {
    [
        sample.name.to_owned(),
        time(sample.best),
        time(sample.median),
        format!("{:.2}", sample.times_as_long_as(ours)),
        format!("{:.2}", sample.mostly_as_long_as(ours)),
    ]
}

pub(crate) fn time(time: Duration) -> String {
    let ns = time.as_nanos() as f64;
    match ns {
        _ if ns < 1e3 => format!("{ns:.0} ns"),
        _ if ns < 1e6 => format!("{:.2} µs", ns / 1e3),
        _ if ns < 1e9 => format!("{:.2} ms", ns / 1e6),
        _ => format!("{:.2} s", ns / 1e9),
    }
}

pub(crate) fn bytes(bytes: u64) -> String {
    match bytes {
        0..10_000 => format!("{bytes} B"),
        10_000..10_000_000 => format!("{:.1} kB", bytes as f64 / 1e3),
        _ => format!("{:.1} MB", bytes as f64 / 1e6),
    }
}
