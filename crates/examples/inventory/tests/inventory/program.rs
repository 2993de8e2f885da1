//! The program, and a directory to run it in.

use std::{
    fs,
    ops::RangeInclusive,
    path::{Path, PathBuf},
    process::{self, Child, Command, Stdio},
    thread,
};

use certcentral_sandbox::Sandbox;

/// A directory that is removed when the test passes.
pub(crate) struct TempDir(PathBuf);

impl TempDir {
    pub(crate) fn new(name: &str) -> Self {
        let name = format!("inventory-{name}-{}", process::id());
        let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        fs::create_dir(&directory).unwrap();
        Self(directory)
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
        let child = Command::new(env!("CARGO_BIN_EXE_certcentral-inventory"))
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

impl Drop for TempDir {
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
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Running {
    /// Does what Ctrl-C does.
    #[cfg(unix)]
    pub(crate) fn interrupt(&self) {
        let pid = self.0.id().to_string();
        assert!(Command::new("kill").args(["-INT", &pid]).status().unwrap().success());
    }

    pub(crate) fn end(self) -> Run {
        let output = self.0.wait_with_output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Run { code: output.status.code(), stdout: text(output.stdout), stderr: text(output.stderr) }
    }
}
