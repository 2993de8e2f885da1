//! What it takes to build a program that lists reissues: on each transport, and on reqwest as it comes.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use serde_json::Value;

use crate::{goals::Goal, table};

pub(crate) fn ask() -> Vec<Goal> {
    let builds = PROGRAMS.map(Build::of);
    let rows = builds.iter().zip(PROGRAMS).map(|(build, (name, ..))| {
        vec![
            name.to_owned(),
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
        Goal::at_most("on ureq: processor time to reqwest's", 0.45, time(&ureq)),
        Goal::at_most("on hyper: processor time to reqwest's", 0.48, time(&hyper)),
        Goal::at_most("on ureq: program to reqwest's", 0.45, binary(&ureq)),
        Goal::at_most("on hyper: program to reqwest's", 0.5, binary(&hyper)),
        Goal::at_most("core's time to rustls'", 0.57, ureq.core / ureq.rustls),
    ]
}

/// The name of a program, its source, and what it depends on.
type Program = (&'static str, &'static str, &'static str);

/// That of reqwest has its default features.
const PROGRAMS: [Program; 3] = [
    (
        "on-ureq",
        include_str!("size/on_ureq.rs"),
        r#"certcentral-transport-ureq = { path = "{crates}/transport-ureq" }"#,
    ),
    (
        "on-hyper",
        include_str!("size/on_hyper.rs"),
        r#"
certcentral-transport-hyper = { path = "{crates}/transport-hyper" }
tokio = { version = "1", features = ["macros", "rt"] }
"#,
    ),
    (
        "on-reqwest",
        include_str!("size/on_reqwest.rs"),
        r#"
reqwest = { version = "0.13", features = ["json"] }
serde = { version = "1", features = ["derive"] }
serde_json = "1"
time = { version = "0.3", default-features = false, features = ["std", "formatting", "parsing", "serde-human-readable"] }
tokio = { version = "1", features = ["macros", "rt"] }
"#,
    ),
];

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
    fn of((name, source, dependencies): Program) -> Self {
        let folder = folder(name, source, dependencies);
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
            binary: fs::metadata(target.join("release").join(name)).unwrap().len(),
            core: seconds_of("certcentral-core", &report),
            rustls: seconds_of("rustls", &report),
        }
    }
}

/// A package outside the workspace, with the versions of this one.
fn folder(name: &str, source: &str, dependencies: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("size").join(name);
    fs::create_dir_all(folder.join("src")).unwrap();
    let dependencies = dependencies.replace("{crates}", concat!(env!("CARGO_MANIFEST_DIR"), "/.."));
    let manifest = format!(
        "[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[workspace]\n\n\
         [dependencies]\n{dependencies}\n"
    );
    fs::write(folder.join("Cargo.toml"), manifest).unwrap();
    fs::write(folder.join("src/main.rs"), source).unwrap();
    fs::write(folder.join("src/typed.rs"), include_str!("../../src/typed.rs")).unwrap();
    let lock = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../Cargo.lock");
    fs::copy(lock, folder.join("Cargo.lock")).unwrap();
    folder
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
