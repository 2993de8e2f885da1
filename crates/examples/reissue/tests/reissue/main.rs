//! The program as a user runs it.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod approval;
mod arguments;
#[cfg(all(feature = "dns", unix))]
mod dns;
mod due;
mod files;
mod hooks;
mod interruption;
mod names;
mod renewal;
mod service;
mod waiting;
mod whole_process;

use certcentral_example_cli::testing::TempDir;

const PROGRAM: &str = env!("CARGO_BIN_EXE_certcentral-reissue");

fn temp_dir(name: &str) -> TempDir {
    TempDir::new(env!("CARGO_TARGET_TMPDIR"), &format!("reissue-{name}"))
}
