//! Bodies of 32 MiB that are made to cost much: time, and memory in bodies.

use std::{
    error::Error as StdError,
    hint::black_box,
    iter::successors,
    time::{Duration, Instant},
};

use bytes::Bytes;
use certcentral_bench::hostile::{self, Hostile};
use certcentral_core::{Api, ApiKey, Error, ListReissues, OrderId, Reissues};
use http::Response;

use crate::{goals::Goal, table};

const LENGTH: usize = 32 * 1024 * 1024;
/// The quickest counts, because noise only ever adds.
const ROUNDS: usize = 3;

pub(crate) fn ask() -> Vec<Goal> {
    let cases = hostile::all();
    let costs: Vec<_> = cases.iter().map(|case| (case, parsing(case), salvaging(case))).collect();
    let row = |(case, parsing, salvaging): &(&Hostile, Cost, Option<Cost>)| {
        let mut row = vec![case.name.to_owned(), case.status.to_string()];
        for cost in [Some(parsing), salvaging.as_ref()] {
            row.push(cost.map_or(String::new(), |cost| table::time(cost.time)));
            row.push(cost.map_or(String::new(), |cost| format!("{:.2}", cost.bodies)));
        }
        row.push(parsing.outcome.clone());
        row
    };
    let headings = ["", "status", "parse_response", "bodies", "salvage", "bodies", ""];
    let rows: Vec<_> = costs.iter().map(row).collect();
    table::print(
        "bodies of 32 MiB, the error printed; memory with the body itself",
        &headings,
        &rows,
    );

    let all =
        || costs.iter().flat_map(|(_, parsing, salvaging)| [Some(parsing), salvaging.as_ref()]);
    let most = |figure: fn(&Cost) -> f64| all().flatten().map(figure).fold(0.0, f64::max);
    let unread = costs.iter().filter(|(case, parsing, _)| case.is_list && !parsing.is_read);
    vec![
        Goal::at_most("most seconds", 0.5, most(|cost| cost.time.as_secs_f64())),
        Goal::at_most("most memory, in bodies", 6.0, most(|cost| cost.bodies)),
        Goal::at_most("lists that are not read", 0.0, unread.count() as f64),
    ]
}

struct Cost {
    time: Duration,
    /// The most memory at once, in lengths of the body.
    bodies: f64,
    is_read: bool,
    outcome: String,
}

fn parsing(case: &Hostile) -> Cost {
    let api = Api::new(ApiKey::new(case.key).unwrap());
    measure(case, |body| {
        let response = Response::builder().status(case.status).body(body).unwrap();
        api.parse_response(&ListReissues::new(OrderId(112_233)), response).map(|list| list.len())
    })
}

fn salvaging(case: &Hostile) -> Option<Cost> {
    let salvage = |body: Bytes| {
        let salvaged = Reissues::salvage(&body)?;
        Ok(salvaged.readable.len() + salvaged.unreadable.len())
    };
    (case.status == 200).then(|| measure(case, salvage))
}

fn measure(case: &Hostile, read: impl Fn(Bytes) -> Result<usize, Error>) -> Cost {
    let body = case.body(LENGTH);
    let run = |body: Bytes| {
        read(body).map_err(|error| {
            black_box(printed(&error));
            error.to_string()
        })
    };
    let timed = || {
        let body = Bytes::from(body.clone());
        let start = Instant::now();
        black_box(run(body)).ok();
        start.elapsed()
    };
    let time = (0..ROUNDS).map(|_| timed()).min().unwrap();
    let mut outcome = Ok(0);
    let counted = mockalloc::record_allocs(|| outcome = run(Bytes::from(body.clone())));
    let is_read = outcome.is_ok();
    let outcome = outcome.map_or_else(|error| reason(&error), |rows| format!("{rows} rows"));
    Cost { time, bodies: counted.peak_mem() as f64 / body.len() as f64, is_read, outcome }
}

/// All that an error and those behind it print.
fn printed(error: &(dyn StdError + 'static)) -> String {
    let chain = successors(Some(error), |&error| error.source());
    chain
        .flat_map(|error| [format!("{error}"), format!("{error:#}"), format!("{error:?}")])
        .collect()
}

/// What is left of a message without its URL, in one column of a table.
fn reason(error: &str) -> String {
    let reason = error.split_once(" (200 OK)").map_or(error, |(_, reason)| reason);
    reason.trim_start_matches(": ").chars().take(60).collect()
}
