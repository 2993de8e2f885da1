//! What it takes to build each crate, beside a small client of reqwest and serde.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    process::Command,
    time::{Duration, Instant},
};

use crate::{goals::Goal, table};

pub(crate) fn ask() -> Vec<Goal> {
    let scratch = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let (target, rival) = (scratch.join("size"), rival(scratch));
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().parent().unwrap();
    let builds = [
        ("certcentral-core", workspace),
        ("certcentral-network", workspace),
        ("certcentral-transport-ureq", workspace),
        ("certcentral-transport-hyper", workspace),
        ("reqwest-client", &rival),
    ];
    let times = builds.map(|(package, from)| clean_build(package, from, &target));
    let rows = builds.iter().zip(times).map(|((package, from), (wall, cpu))| {
        vec![
            (*package).to_owned(),
            packages(package, from).to_string(),
            table::time(wall),
            table::time(cpu),
        ]
    });
    let title = "a clean release build, by default features";
    let headings = ["", "packages", "time", "processor time"];
    table::print(title, &headings, &rows.collect::<Vec<_>>());
    let [_, _, on_ureq, on_hyper, reqwest] = times.map(|(_, cpu)| cpu.as_secs_f64());
    vec![
        Goal::at_most("ureq's processor time to reqwest's", 0.7, on_ureq / reqwest),
        Goal::at_most("hyper's processor time to reqwest's", 0.8, on_hyper / reqwest),
    ]
}

/// A library that does with reqwest what ours do: one order, by the typed model. The versions are
/// those of this workspace; no HTTP/2 and ring for TLS, as ours, which is less than its defaults.
fn rival(scratch: &Path) -> PathBuf {
    // Not below the target directories, which are removed.
    let folder = scratch.join("reqwest-client");
    fs::create_dir_all(folder.join("src")).unwrap();
    fs::write(folder.join("Cargo.toml"), MANIFEST).unwrap();
    fs::write(folder.join("src/lib.rs"), include_str!("size/client.rs")).unwrap();
    fs::write(folder.join("src/typed.rs"), include_str!("../../src/typed.rs")).unwrap();
    let lock = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../Cargo.lock");
    fs::copy(lock, folder.join("Cargo.lock")).unwrap();
    folder
}

const MANIFEST: &str = r#"
[package]
name = "reqwest-client"
version = "0.1.0"
edition = "2024"

[workspace]

[dependencies]
reqwest = { version = "0.13", default-features = false, features = ["json", "rustls-no-provider"] }
rustls = { version = "0.23", default-features = false, features = ["ring", "std", "tls12"] }
serde = { version = "1", features = ["derive"] }
serde_json = "1"
time = { version = "0.3", default-features = false, features = ["std", "formatting", "parsing", "serde-human-readable"] }
tokio = { version = "1", features = ["rt", "time"] }
"#;

/// How many packages its normal dependencies are, itself counted.
fn packages(package: &str, from: &Path) -> usize {
    let tree = Command::new(env!("CARGO"))
        .args(["tree", "--offline", "-e", "normal", "--prefix", "none", "-p", package])
        .current_dir(from)
        .output()
        .unwrap();
    assert!(tree.status.success(), "{}", String::from_utf8_lossy(&tree.stderr));
    let tree = String::from_utf8(tree.stdout).unwrap();
    let name_and_version = |line: &str| line.split(' ').take(2).collect::<Vec<_>>().join(" ");
    tree.lines().map(name_and_version).collect::<BTreeSet<_>>().len()
}

/// How long it takes, by the clock and by the processors.
fn clean_build(package: &str, from: &Path, target: &Path) -> (Duration, Duration) {
    let target = target.join(package);
    let _ = fs::remove_dir_all(&target);
    let (start, used) = (Instant::now(), processor_time_of_children());
    let built = Command::new(env!("CARGO"))
        .args(["build", "--release", "--offline", "--quiet", "--package", package, "--target-dir"])
        .arg(&target)
        .env("CARGO_INCREMENTAL", "0")
        .current_dir(from)
        .status();
    assert!(built.unwrap().success());
    (start.elapsed(), processor_time_of_children().saturating_sub(used))
}

/// Of those that have ended, and of theirs.
fn processor_time_of_children() -> Duration {
    let stat = fs::read_to_string("/proc/self/stat").unwrap();
    let (_, fields) = stat.rsplit_once(')').unwrap();
    let ticks = fields.split_whitespace().skip(13).take(2); // cutime, cstime
    let ticks: u64 = ticks.map(|ticks| ticks.parse::<u64>().unwrap()).sum();
    Duration::from_millis(10 * ticks)
}
