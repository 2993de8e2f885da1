//! Resident memory of a client's process: with 1000 calls in flight, and reading a huge answer.

use std::{env, fs, process::Command};

use tokio::task::JoinSet;

use crate::{
    clients::{BARE_HYPER, OURS_ON_HYPER, OURS_ON_UREQ, REQWEST, caller, lister, runtime},
    goals::Goal,
    process::{Address, HUGE, SEED, Server},
    table,
};

const IN_FLIGHT: usize = 1000;
/// How many handshakes run at once differs from time to time, and with it the peak.
const ROUNDS: usize = 5;

pub(crate) fn ask() -> Vec<Goal> {
    let held = |name| {
        let server = Server::barrier(IN_FLIGHT);
        peak(HOLD, name, &server.address)
    };
    let names = [OURS_ON_HYPER, BARE_HYPER, REQWEST];
    let mut peaks = [f64::INFINITY; 3];
    for _ in 0..ROUNDS {
        for (peak, name) in peaks.iter_mut().zip(names) {
            *peak = peak.min(held(name));
        }
    }
    let [ours, _, reqwest] = peaks;
    let title = format!("a process with {IN_FLIGHT} calls in flight, the least of {ROUNDS}");
    print(&title, &names.into_iter().zip(peaks).collect::<Vec<_>>());
    let mut goals = vec![
        Goal::at_most("1000 in flight: to reqwest's", 1.0, ours / reqwest)
            .because("how many handshakes run at once is chance"),
    ];

    let server = Server::sandbox();
    let names = [OURS_ON_HYPER, OURS_ON_UREQ, BARE_HYPER, REQWEST];
    let peaks = names.map(|name| peak(READ, name, &server.address));
    let [on_hyper, on_ureq, _, reqwest] = peaks;
    let rows: Vec<_> = names.into_iter().zip(peaks).collect();
    print("a process that reads an answer of 31 MiB", &rows);
    goals.push(Goal::at_most("31 MiB on hyper: to reqwest's", 1.0, on_hyper / reqwest));
    goals.push(Goal::at_most("31 MiB on ureq: to reqwest's", 1.0, on_ureq / reqwest));
    goals
}

fn print(title: &str, rows: &[(&str, f64)]) {
    let row = |&(name, kib): &(&str, f64)| {
        vec![name.to_owned(), format!("{:.1} MiB", kib / 1024.0), format!("{:.2}", kib / rows[0].1)]
    };
    table::print(title, &["", "peak", "to ours"], &rows.iter().map(row).collect::<Vec<_>>());
}

/// The most memory that another process had, in KiB.
fn peak(what: &str, name: &str, at: &Address) -> f64 {
    let output = Command::new(env::current_exe().unwrap())
        .args([what, name, &at.base_url, &at.api_key, &at.ca_file])
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim().parse().unwrap()
}

const HOLD: &str = "hold";
const READ: &str = "read";

/// Does so and prints its peak if this process was started to.
pub(crate) fn client(arguments: &[String]) -> bool {
    let [what, name, base_url, api_key, ca_file] = arguments else { return false };
    let [base_url, api_key, ca_file] = [base_url, api_key, ca_file].map(Clone::clone);
    let at = Address { base_url, api_key, ca_file };
    match what.as_str() {
        HOLD => hold(name, &at),
        READ => assert!(caller(name, &at)(HUGE) > 20_000),
        _ => return false,
    }
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    println!("{}", peak.trim().trim_end_matches(" kB"));
    true
}

/// Nobody is answered before all have asked.
fn hold(name: &str, at: &Address) {
    runtime().block_on(async {
        let list = lister(name, at);
        let calls: JoinSet<_> = (0..IN_FLIGHT).map(|_| list(SEED)).collect();
        assert_eq!(calls.join_all().await, [3; IN_FLIGHT]);
    });
}
