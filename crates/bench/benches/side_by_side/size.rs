//! What it takes to build a program that lists reissues: on each transport, and on reqwest as it comes.

use std::{collections::BTreeSet, fs, process::Command, time::Duration};

use serde_json::Value;

use crate::{
    goals::Goal,
    programs::{ON_HYPER, ON_REQWEST, ON_UREQ, Program},
    table,
};

pub(crate) fn ask() -> Vec<Goal> {
    let programs = [ON_UREQ, ON_HYPER, ON_REQWEST];
    let builds = programs.each_ref().map(Build::of);
    let rows = builds.iter().zip(programs).map(|(build, program)| {
        vec![
            program.name.to_owned(),
            build.packages.to_string(),
            table::time(build.processor),
            table::bytes(build.binary),
            format!("{:.1} s", build.core),
            format!("{:.1} s", build.rustls),
        ]
    });
    let headings = ["", "packages", "processor time", "program", "core", "rustls"];
    let title = "a clean release build of a program that lists reissues, one job at a time";
    table::print(title, &headings, &rows.collect::<Vec<_>>());
    let [ureq, hyper, reqwest] = builds;
    let time = |build: &Build| build.processor.as_secs_f64() / reqwest.processor.as_secs_f64();
    let binary = |build: &Build| build.binary as f64 / reqwest.binary as f64;
    vec![
        Goal::at_most("on ureq: processor time to reqwest's", 0.45, time(&ureq)).because(SHARED),
        Goal::at_most("on hyper: processor time to reqwest's", 0.48, time(&hyper)).because(SHARED),
        Goal::at_most("on ureq: program to reqwest's", 0.45, binary(&ureq)).because(SHARED),
        Goal::at_most("on hyper: program to reqwest's", 0.5, binary(&hyper)).because(SHARED),
        Goal::at_most("core's time to rustls'", 0.57, ureq.core / ureq.rustls).because(CORE),
    ]
}

const SHARED: &str = "rustls, ring and the standard library are half of it, and in reqwest's too";
const CORE: &str = "what carries a reissuance, reads certificates and tells errors is no generic's";

struct Build {
    /// All that it depends on.
    packages: usize,
    processor: Duration,
    /// In bytes.
    binary: u64,
    /// How long single crates took, in seconds.
    core: f64,
    rustls: f64,
}

impl Build {
    fn of(program: &Program) -> Self {
        let folder = program.folder();
        let cargo = |arguments: &[&str]| {
            let mut cargo = Command::new(env!("CARGO"));
            cargo.args(arguments).env("CARGO_INCREMENTAL", "0").current_dir(&folder);
            let output = cargo.output().unwrap();
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
            String::from_utf8(output.stdout).unwrap()
        };
        let tree = cargo(&["tree", "--edges", "normal", "--prefix", "none"]);
        let name_and_version = |line: &str| line.split(' ').take(2).collect::<Vec<_>>().join(" ");
        let packages = tree.lines().map(name_and_version).collect::<BTreeSet<_>>().len() - 1;
        cargo(&["clean"]);
        let used = processor_time_of_children();
        // One job at a time, or each crate's time would be that of its neighbours too.
        cargo(&["build", "--release", "--jobs", "1", "--timings"]);
        let processor = processor_time_of_children().saturating_sub(used);
        let target = folder.join("target");
        let report = fs::read_to_string(target.join("cargo-timings/cargo-timing.html")).unwrap();
        Self {
            packages,
            processor,
            binary: fs::metadata(target.join("release").join(program.name)).unwrap().len(),
            core: seconds_of("certcentral-core", &report),
            rustls: seconds_of("rustls", &report),
        }
    }
}

/// How long a crate took, by the report of `cargo build --timings`; 0 if it is not there.
fn seconds_of(package: &str, report: &str) -> f64 {
    let (_, units) = report.split_once("const UNIT_DATA = ").unwrap();
    let (units, _) = units.split_once(";\n").unwrap();
    let units: Vec<Value> = serde_json::from_str(units).unwrap();
    let is_meant = |unit: &&Value| unit["name"] == package && unit["mode"] != "run-custom-build";
    units.iter().filter(is_meant).filter_map(|unit| unit["duration"].as_f64()).sum()
}

/// Of those that have ended, and of theirs.
fn processor_time_of_children() -> Duration {
    let stat = fs::read_to_string("/proc/self/stat").unwrap();
    let (_, fields) = stat.rsplit_once(')').unwrap();
    let ticks = fields.split_whitespace().skip(13).take(2); // cutime, cstime
    let ticks: u64 = ticks.map(|ticks| ticks.parse::<u64>().unwrap()).sum();
    Duration::from_millis(10 * ticks)
}
