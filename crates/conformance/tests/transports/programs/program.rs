//! Where a program is.

use std::{
    env,
    io::{self, Write as _},
    path::PathBuf,
    process::Command,
};

/// A program that is installed.
pub(crate) struct Program(PathBuf);

impl Program {
    /// Finds a program, or says that a test is skipped.
    ///
    /// # Panics
    ///
    /// If there is none and `CERTCENTRAL_REQUIRE_PROGRAMS` is set.
    pub(crate) fn find(name: &str) -> Option<Self> {
        let problem = if cfg!(target_os = "linux") {
            // Where Debian has servers, which is not on every user's path.
            let folders = env::var_os("PATH").unwrap_or_default();
            let mut folders =
                env::split_paths(&folders).chain(["/usr/sbin".into(), "/usr/local/sbin".into()]);
            match folders.find(|folder| folder.join(name).is_file()) {
                Some(folder) => return Some(Self(folder.join(name))),
                None => "it is not installed",
            }
        } else {
            "ports are kept for programs as Linux does it"
        };
        let required = env::var_os(REQUIRE).is_some_and(|value| !value.is_empty());
        assert!(!required, "{name} is required: {problem}");
        // Written at once, and not with `eprintln!`, whose output the harness keeps to itself.
        let line = format!("\nSKIPPED: a test with {name}: {problem}\n");
        let _ = io::stderr().write_all(line.as_bytes());
        None
    }

    pub(crate) fn command(&self) -> Command {
        Command::new(&self.0)
    }
}

const REQUIRE: &str = "CERTCENTRAL_REQUIRE_PROGRAMS";
