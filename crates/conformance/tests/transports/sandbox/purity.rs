//! The core does no I/O, and nobody pays for packages they did not ask for.
//!
//! What the core's own code may not call is listed in its `clippy.toml`.

use std::{collections::BTreeSet, process::Command};

#[test]
fn the_core_depends_on_nothing_that_does_io() {
    let allowed = [
        "bytes",
        "certcentral-core",
        "deranged",
        "form_urlencoded",
        "http",
        "itoa",
        "memchr",
        "num-conv",
        "percent-encoding",
        "powerfmt",
        "proc-macro2",
        "quote",
        "rustls-pki-types",
        "serde",
        "serde_core",
        "serde_derive",
        "serde_json",
        "syn",
        "time",
        "time-core",
        "unicode-ident",
        "zeroize",
        "zmij",
    ];
    let tree = packages("certcentral-core");
    let unknown: Vec<_> = tree
        .iter()
        .filter(|package| !allowed.contains(&package.split(' ').next().unwrap()))
        .collect();
    assert!(unknown.is_empty(), "does any of these do I/O? {unknown:?}");
}

#[test]
fn the_trees_stay_small() {
    for (package, budget) in [
        ("certcentral-core", 26),
        ("certcentral-transport-ureq", 46),
        ("certcentral-transport-hyper", 62),
    ] {
        let count = packages(package).len();
        assert!(count <= budget, "{package} brings {count} packages, itself counted");
    }
}

/// The packages that `package` is built from, on this platform and with default features.
fn packages(package: &str) -> BTreeSet<String> {
    let tree = Command::new(env!("CARGO"))
        .args(["tree", "--locked", "--offline", "-e", "normal", "--prefix", "none", "-p", package])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    assert!(tree.status.success(), "{}", String::from_utf8_lossy(&tree.stderr));
    let name_and_version = |line: &str| line.split(' ').take(2).collect::<Vec<_>>().join(" ");
    String::from_utf8(tree.stdout).unwrap().lines().map(name_and_version).collect()
}
