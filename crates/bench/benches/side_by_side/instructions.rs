//! What reading and a warm call execute, counted by valgrind's callgrind, which a busy machine does
//! not disturb.

use std::{env, process::Command};

use crate::{
    clients::{BARE_HYPER, BARE_UREQ, OURS_ON_HYPER, OURS_ON_UREQ, REQWEST, caller},
    goals::Goal,
    process::{Address, SEED, Server},
    reading, table,
};

pub(crate) fn ask() -> Vec<Goal> {
    let mut goals = readings();
    goals.extend(calls());
    goals
}

fn readings() -> Vec<Goal> {
    let bodies = [
        ("3 rows", 1000, STRICT, 1.17),
        ("100 rows", 20, STRICT, 1.09),
        ("1000 rows", 2, STRICT, 1.09),
        ("100 rows with three new fields each", 20, KEPT, 1.10),
    ];
    let measured = bodies.map(|(body, times, rival, limit)| {
        let count = |reader| {
            let run = |times: u32| executed(&[READING, reader, body, &times.to_string()]);
            (run(2 * times) - run(times)) / f64::from(times)
        };
        let counts = [OURS, STRICT, KEPT].map(count);
        let of_rival = if rival == STRICT { counts[1] } else { counts[2] };
        let goal = Goal::at_most(format!("{body}: to {rival}"), limit, counts[0] / of_rival);
        let to = |rival: f64| format!("{:.3}", counts[0] / rival);
        let counted = counts.map(|count| format!("{count:.0}"));
        let row = [&[body.to_owned()][..], &counted, &[to(counts[1]), to(counts[2])]].concat();
        (row, goal)
    });
    let (rows, goals): (Vec<_>, Vec<_>) = measured.into_iter().unzip();
    let headings = ["", OURS, STRICT, KEPT, "to the first", "to the second"];
    table::print("reading, instructions", &headings, &rows);
    goals
}

const OURS: &str = "ours";
const STRICT: &str = "typed, serde_json";
const KEPT: &str = "typed, serde_json, new fields kept";

fn calls() -> Vec<Goal> {
    let server = Server::sandbox();
    let names = [OURS_ON_HYPER, BARE_HYPER, OURS_ON_UREQ, BARE_UREQ, REQWEST];
    let counts = names.map(|name| per_call(name, &server.address));
    let [on_hyper, bare_hyper, on_ureq, bare_ureq, reqwest] = counts;
    let rows = names.iter().zip(counts).map(|(name, count)| {
        let to = |rival: f64| format!("{:.3}", count / rival);
        vec![(*name).to_owned(), format!("{count:.0}"), to(on_hyper), to(on_ureq)]
    });
    let headings = ["", "instructions", "to ours on hyper", "to ours on ureq"];
    table::print("a warm call, 3 rows", &headings, &rows.collect::<Vec<_>>());
    vec![
        Goal::at_most("on hyper: to the bare transport's", 0.95, on_hyper / bare_hyper),
        Goal::at_most("on hyper: to reqwest's", 0.72, on_hyper / reqwest),
        Goal::at_most("on ureq: to the bare transport's", 1.02, on_ureq / bare_ureq),
        Goal::at_most("on ureq: to reqwest's", 1.0, on_ureq / reqwest),
    ]
}

/// By the difference of a longer and a shorter run, so that start and handshake do not count. How
/// a response is cut into reads differs from call to call, so it takes many for a mean.
fn per_call(name: &str, at: &Address) -> f64 {
    let (few, many) = (100, 1100);
    let run = |calls: u32| {
        executed(&[CLIENT, name, &calls.to_string(), &at.base_url, &at.api_key, &at.ca_file])
    };
    (run(many) - run(few)) / f64::from(many - few)
}

fn executed(arguments: &[&str]) -> f64 {
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(env::current_exe().unwrap())
        .args(arguments)
        .output()
        .expect("valgrind should be installed");
    let said = String::from_utf8_lossy(&output.stderr);
    let collected = said.split("Collected :").nth(1).unwrap_or_else(|| panic!("{said}"));
    collected.split_whitespace().next().unwrap().parse().unwrap()
}

/// Does what this process was started for by [`executed`].
pub(crate) fn client(arguments: &[String]) -> bool {
    let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        [READING, reader, body, times] => reading::run(reader, body, times.parse().unwrap()),
        [CLIENT, name, calls, base_url, api_key, ca_file] => {
            let [base_url, api_key, ca_file] = [base_url, api_key, ca_file].map(str::to_owned);
            let call = caller(name, &Address { base_url, api_key, ca_file });
            for _ in 0..calls.parse().unwrap() {
                assert_eq!(call(SEED), 3);
            }
        }
        _ => return false,
    }
    true
}

// No names of questions: several of them, in one run, would be taken for such a process.
const CLIENT: &str = "count-calls";
const READING: &str = "count-reading";
