//! The program as a user runs it.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod account;
mod arguments;
mod ids;
mod interruption;
mod living_orders;
mod odd_lists;
mod readers;
mod resuming;
mod rows;
mod updating;
mod whole_account;

use certcentral_example_cli::testing::TempDir;
use certcentral_sandbox::{LivingOrder, Sandbox};

const PROGRAM: &str = env!("CARGO_BIN_EXE_certcentral-inventory");

fn temp_dir(name: &str) -> TempDir {
    TempDir::new(env!("CARGO_TARGET_TMPDIR"), &format!("inventory-{name}"))
}

/// Starts a sandbox with two orders.
fn living() -> Sandbox {
    let sandbox = Sandbox::builder().order(LivingOrder::new(3, ["three.example.com"]));
    sandbox
        .order(LivingOrder::new(5, ["five.example.com", "www.five.example.com"]))
        .start()
        .unwrap()
}
