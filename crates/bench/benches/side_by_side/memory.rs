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
/// How many handshakes run at once is chance, and so is what the allocator keeps.
const ROUNDS: usize = 5;

pub(crate) fn ask() -> Vec<Goal> {
    let names = [OURS_ON_HYPER, BARE_HYPER, REQWEST];
    let peaks = least(names, |name| {
        let server = Server::barrier(IN_FLIGHT);
        peak(HOLD, name, &server.address)
    });
    let [ours, _, reqwest] = peaks;
    print(&format!("a process with {IN_FLIGHT} calls in flight"), &names, &peaks);
    let mut goals = vec![Goal::at_most("1000 in flight: to reqwest's", 1.0, ours / reqwest)];

    let server = Server::sandbox();
    let names = [OURS_ON_HYPER, OURS_ON_UREQ, BARE_HYPER, REQWEST];
    let peaks = least(names, |name| peak(READ, name, &server.address));
    let [on_hyper, on_ureq, _, reqwest] = peaks;
    print("a process that reads an answer of 31 MiB", &names, &peaks);
    goals.push(Goal::at_most("31 MiB on hyper: to reqwest's", 1.0, on_hyper / reqwest));
    goals.push(Goal::at_most("31 MiB on ureq: to reqwest's", 1.0, on_ureq / reqwest));
    goals
}

/// The least of some rounds, in which they take turns.
fn least<const N: usize>(names: [&'static str; N], peak: impl Fn(&'static str) -> f64) -> [f64; N] {
    let mut peaks = [f64::INFINITY; N];
    for _ in 0..ROUNDS {
        for (least, name) in peaks.iter_mut().zip(names) {
            *least = least.min(peak(name));
        }
    }
    peaks
}

fn print(what: &str, names: &[&str], peaks: &[f64]) {
    let rows = names.iter().zip(peaks).map(|(name, kib)| {
        vec![
            (*name).to_owned(),
            format!("{:.1} MiB", kib / 1024.0),
            format!("{:.2}", kib / peaks[0]),
        ]
    });
    let title = format!("{what}, the least of {ROUNDS}");
    table::print(&title, &["", "peak", "to ours"], &rows.collect::<Vec<_>>());
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
