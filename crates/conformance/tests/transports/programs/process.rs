//! A running program.

use std::{
    fs::{self, File},
    net::{Ipv4Addr, TcpStream},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use super::port::Port;
use crate::temp_dir::TempDir;

/// A program that listens on its port, until dropped.
pub(crate) struct Process {
    command: Command,
    child: Child,
    pub(crate) port: Port,
    dir: TempDir,
}

impl Process {
    /// Starts `command`, whose configuration is in `dir`, and waits until it listens on `port`.
    pub(crate) fn start(mut command: Command, port: Port, dir: TempDir) -> Self {
        let output = File::create(dir.path().join(OUTPUT)).unwrap();
        command.stdin(Stdio::null());
        command.stdout(output.try_clone().unwrap()).stderr(output).current_dir(dir.path());
        let child = command.spawn().unwrap();
        let mut process = Self { command, child, port, dir };
        process.wait_until_ready();
        process
    }

    /// Ends the program, which has no time to close its connections.
    pub(crate) fn kill(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// Starts the program again, on the same port.
    pub(crate) fn restart(&mut self) {
        self.kill();
        self.child = self.command.spawn().unwrap();
        self.wait_until_ready();
    }

    /// Returns the lines of a log in the program's directory, once there are `count`. A program may
    /// log a request after the client has its response.
    pub(crate) fn log(&self, name: &str, count: usize) -> Vec<String> {
        let begun = Instant::now();
        loop {
            let text = fs::read_to_string(self.dir.path().join(name)).unwrap_or_default();
            let lines: Vec<_> = text.lines().map(str::to_owned).collect();
            if lines.len() >= count && text.ends_with('\n') {
                return lines;
            }
            assert!(begun.elapsed() < PATIENCE, "not {count} lines in {name}:\n{text}");
            thread::sleep(PAUSE);
        }
    }

    fn wait_until_ready(&mut self) {
        let begun = Instant::now();
        while TcpStream::connect((Ipv4Addr::LOCALHOST, self.port.number())).is_err() {
            let ended = self.child.try_wait().unwrap();
            assert!(
                ended.is_none() && begun.elapsed() < PATIENCE,
                "{:?} does not listen ({ended:?}):\n{}",
                self.command,
                fs::read_to_string(self.dir.path().join(OUTPUT)).unwrap_or_default(),
            );
            thread::sleep(PAUSE);
        }
    }
}

/// What a program writes to standard output and standard error.
const OUTPUT: &str = "output";

/// Longer than anything takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(20);
const PAUSE: Duration = Duration::from_millis(2);

impl Drop for Process {
    fn drop(&mut self) {
        // Before its directory goes.
        self.kill();
    }
}
