//! The program, and where it is run.

use std::{
    env, fs,
    ops::RangeInclusive,
    path::{Path, PathBuf},
    process::{self, Child, Command, Stdio},
    sync::LazyLock,
    thread,
};

use certcentral_sandbox::Sandbox;
use serde_json::Value;

/// A folder of its own, gone when the test ends well.
pub(crate) struct Desk(PathBuf);

impl Desk {
    pub(crate) fn new(name: &str) -> Self {
        let name = format!("audit_orders-{name}-{}", process::id());
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        fs::create_dir(&folder).unwrap();
        Self(folder)
    }

    pub(crate) fn path(&self, file: &str) -> PathBuf {
        self.0.join(file)
    }

    pub(crate) fn read(&self, file: &str) -> String {
        fs::read_to_string(self.path(file)).unwrap()
    }

    pub(crate) fn list_orders(&self, orders: RangeInclusive<u64>) {
        let lines: Vec<_> = orders.map(|order_id| order_id.to_string()).collect();
        fs::write(self.path("orders.txt"), lines.join("\n")).unwrap();
    }

    /// Starts the program with the lines of `orders.txt` as standard input.
    pub(crate) fn start(&self, sandbox: &Sandbox, args: &[&str]) -> Running {
        fs::write(self.path("ca.pem"), sandbox.ca_pem().unwrap()).unwrap();
        let child = Command::new(&*PROGRAM)
            .args(args)
            .current_dir(&self.0)
            .env("CERTCENTRAL_API_KEY", sandbox.api_key())
            .env("CERTCENTRAL_BASE_URL", sandbox.base_url())
            .env("CERTCENTRAL_CA_FILE", "ca.pem")
            .stdin(fs::File::open(self.path("orders.txt")).unwrap())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn();
        Running(child.unwrap())
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        if !thread::panicking() {
            fs::remove_dir_all(&self.0).unwrap();
        }
    }
}

pub(crate) struct Running(Child);

/// How it ended.
pub(crate) struct Run {
    pub(crate) code: Option<i32>,
    pub(crate) printed: String,
    /// What it wrote to standard error.
    pub(crate) told: String,
}

impl Running {
    /// As Ctrl-C does.
    #[cfg(unix)]
    pub(crate) fn interrupt(&self) {
        let pid = self.0.id().to_string();
        assert!(Command::new("kill").args(["-INT", &pid]).status().unwrap().success());
    }

    pub(crate) fn end(self) -> Run {
        let output = self.0.wait_with_output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Run { code: output.status.code(), printed: text(output.stdout), told: text(output.stderr) }
    }
}

/// Cargo builds examples for `cargo test`, but not for `cargo test --test audit_orders`.
static PROGRAM: LazyLock<PathBuf> = LazyLock::new(|| {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap();
    let mut cargo = Command::new(env!("CARGO"));
    // As a whole workspace, so that the features are those of `cargo test --workspace` and nothing
    // is built twice.
    cargo.args(["build", "--workspace", "--example", "audit_orders", "--locked"]);
    cargo.args(["--message-format", "json"]).arg("--target-dir").arg(target);
    if !cfg!(debug_assertions) {
        cargo.arg("--release");
    }
    // What cargo tells a test about its package is nothing to others: ring would be built anew.
    for (name, _) in env::vars_os() {
        if name.to_string_lossy().starts_with("CARGO_PKG_") || name == "CARGO_MANIFEST_DIR" {
            cargo.env_remove(name);
        }
    }
    let built = cargo.current_dir(env!("CARGO_MANIFEST_DIR")).output().unwrap();
    assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
    let messages = String::from_utf8(built.stdout).unwrap();
    let mut executables = messages.lines().filter_map(|line| {
        let message: Value = serde_json::from_str(line).unwrap();
        message["executable"].as_str().map(PathBuf::from)
    });
    executables.next_back().unwrap()
});
