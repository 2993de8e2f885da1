//! What a warm call executes, counted by valgrind's callgrind, which a busy machine does not
//! disturb.

use std::{env, process::Command};

use crate::{
    clients::{BARE_HYPER, BARE_UREQ, OURS_ON_HYPER, OURS_ON_UREQ, REQWEST, caller},
    goals::Goal,
    process::{Address, SEED, Server},
    table,
};

pub(crate) fn ask() -> Vec<Goal> {
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
        Goal::at_most("on hyper: to the bare transport's", 1.02, on_hyper / bare_hyper)
            .because(MORE),
        Goal::at_most("on hyper: to reqwest's", 1.0, on_hyper / reqwest),
        Goal::at_most("on ureq: to the bare transport's", 1.02, on_ureq / bare_ureq),
        Goal::at_most("on ureq: to reqwest's", 1.0, on_ureq / reqwest),
    ]
}

/// What ours does that bare hyper-util does not.
const MORE: &str = "of 5000 to 6000 more, 2000 are a call's states, its limiter and deadline among them, 1200 \
                    the watched connection, 900 what an error would say, 700 a boxed future";

/// By the difference of a longer and a shorter run, so that start and handshake do not count. How
/// a response is cut into reads differs from call to call, so it takes many for a mean.
fn per_call(name: &str, at: &Address) -> f64 {
    let (few, many) = (100, 1100);
    let more = executed(name, at, many) - executed(name, at, few);
    more / f64::from(many - few)
}

fn executed(name: &str, at: &Address, calls: u32) -> f64 {
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(env::current_exe().unwrap())
        .args([CLIENT, name, &calls.to_string(), &at.base_url, &at.api_key, &at.ca_file])
        .output()
        .expect("valgrind should be installed");
    let said = String::from_utf8_lossy(&output.stderr);
    let collected = said.split("Collected :").nth(1).unwrap_or_else(|| panic!("{said}"));
    collected.split_whitespace().next().unwrap().parse().unwrap()
}

/// Does the calls if this process was started to.
pub(crate) fn client(arguments: &[String]) -> bool {
    let [what, name, calls, base_url, api_key, ca_file] = arguments else { return false };
    if what != CLIENT {
        return false;
    }
    let [base_url, api_key, ca_file] = [base_url, api_key, ca_file].map(Clone::clone);
    let call = caller(name, &Address { base_url, api_key, ca_file });
    for _ in 0..calls.parse().unwrap() {
        assert_eq!(call(SEED), 3);
    }
    true
}

const CLIENT: &str = "call";
