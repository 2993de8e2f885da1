//! Runs a program in a test.

#![allow(clippy::missing_panics_doc, clippy::unwrap_used, reason = "for tests")]

use std::{
    fs,
    path::{Path, PathBuf},
    process::{self, Child, Command, Stdio},
    sync::mpsc,
    thread,
    time::Duration,
};

use certcentral_sandbox::{HeldResponse, Sandbox};

/// A directory that is removed when its test passes.
#[derive(Debug)]
pub struct TempDir(PathBuf);

impl TempDir {
    /// Creates a directory in `parent`, which is `CARGO_TARGET_TMPDIR` of the test.
    pub fn new(parent: &str, name: &str) -> Self {
        let path = Path::new(parent).join(format!("{name}-{}", process::id()));
        fs::create_dir(&path).unwrap();
        Self(path)
    }

    /// Returns the path of a file in the directory.
    pub fn path(&self, file: &str) -> PathBuf {
        self.0.join(file)
    }

    /// Reads a file in the directory.
    pub fn read(&self, file: &str) -> String {
        fs::read_to_string(self.path(file)).unwrap()
    }

    /// Writes a file in the directory.
    pub fn write(&self, file: &str, text: impl AsRef<[u8]>) {
        fs::write(self.path(file), text).unwrap();
    }

    /// Returns the names of all files in the directory, sorted.
    pub fn files(&self) -> Vec<String> {
        let entries = fs::read_dir(&self.0).unwrap();
        let name = |entry: fs::DirEntry| entry.file_name().into_string().unwrap();
        let mut names: Vec<_> = entries.map(|entry| name(entry.unwrap())).collect();
        names.sort();
        names
    }

    /// Starts `program` in the directory, with `sandbox` as the service.
    pub fn start(&self, program: &str, sandbox: &Sandbox, args: &[&str]) -> Running {
        let certificate_file = self.0.with_extension("pem");
        // In one step: another program that was started may be reading it.
        let new = self.0.with_extension("pem.new");
        fs::write(&new, sandbox.ca_pem().unwrap()).unwrap();
        fs::rename(new, &certificate_file).unwrap();
        let mut command = self.command(program, args);
        command
            .env("CERTCENTRAL_API_KEY", sandbox.api_key())
            .env("CERTCENTRAL_BASE_URL", sandbox.base_url())
            .env("CERTCENTRAL_CA_FILE", certificate_file);
        Running(command.spawn().unwrap())
    }

    /// Starts `program` in the directory, with nothing configured.
    pub fn start_unconfigured(&self, program: &str, args: &[&str]) -> Running {
        Running(self.command(program, args).spawn().unwrap())
    }

    /// A file named `stdin` is the program's standard input.
    fn command(&self, program: &str, args: &[&str]) -> Command {
        let stdin = fs::File::open(self.path("stdin")).map_or_else(|_| Stdio::null(), Stdio::from);
        let mut command = Command::new(program);
        command.args(args).current_dir(&self.0).stdin(stdin);
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        for name in ["CERTCENTRAL_API_KEY", "CERTCENTRAL_BASE_URL", "CERTCENTRAL_CA_FILE"] {
            command.env_remove(name);
        }
        command
    }
}

impl Drop for TempDir {
    fn drop(&mut self) {
        let _ = fs::remove_file(self.0.with_extension("pem"));
        if !thread::panicking() {
            fs::remove_dir_all(&self.0).unwrap();
        }
    }
}

/// A program that runs.
#[derive(Debug)]
pub struct Running(Child);

impl Running {
    /// Does what Ctrl-C does.
    #[cfg(unix)]
    pub fn interrupt(&self) {
        let pid = self.0.id().to_string();
        assert!(Command::new("kill").args(["-INT", &pid]).status().unwrap().success());
    }

    /// Returns whether the program has ended.
    pub fn has_ended(&mut self) -> bool {
        self.0.try_wait().unwrap().is_some()
    }

    /// Waits until a request of the program is held. Panics if the program ends before it.
    pub fn wait_for(&mut self, held: HeldResponse) -> HeldResponse {
        let (sender, receiver) = mpsc::channel();
        thread::spawn(move || {
            held.wait();
            let _ = sender.send(held);
        });
        loop {
            match receiver.recv_timeout(Duration::from_millis(20)) {
                Ok(held) => return held,
                Err(_) => assert_eq!(self.0.try_wait().unwrap(), None, "the program has ended"),
            }
        }
    }

    /// Ends the program at once.
    pub fn kill(mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }

    /// Waits for the program's end.
    pub fn end(self) -> Run {
        let output = self.0.wait_with_output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Run { code: output.status.code(), stdout: text(output.stdout), stderr: text(output.stderr) }
    }
}

/// How a program ended.
#[derive(Debug)]
#[expect(missing_docs, reason = "the names say it")]
pub struct Run {
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}
