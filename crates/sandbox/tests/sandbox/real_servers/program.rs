//! Programs: where they are, directories for their files, and one that runs.

use std::io::Write as _;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use std::{env, fs, io, process, thread};

use socket2::{Domain, Socket, Type};

/// A program that is installed.
pub(super) struct Program(PathBuf);

impl Program {
    /// Finds a program, or says that a test is skipped.
    ///
    /// # Panics
    ///
    /// If there is none and `CERTCENTRAL_REQUIRE_PROGRAMS` is set.
    pub(super) fn find(name: &str) -> Option<Self> {
        // Where Debian has servers, which is not on every user's path.
        let path = env::var_os("PATH").unwrap_or_default();
        let mut folders = env::split_paths(&path).chain(["/usr/sbin".into()]);
        let folder = folders.find(|folder| folder.join(name).is_file());
        // Ports are reserved as Linux does it.
        if let Some(folder) = folder.filter(|_| cfg!(target_os = "linux")) {
            return Some(Self(folder.join(name)));
        }
        let required = env::var_os("CERTCENTRAL_REQUIRE_PROGRAMS");
        assert!(required.is_none_or(|it| it.is_empty()), "{name} is required, and not there");
        // Written at once, and not with `eprintln!`, whose output the harness keeps to itself.
        let line = format!("\nSKIPPED: a test with {name}, which is not there\n");
        let _ = io::stderr().write_all(line.as_bytes());
        None
    }

    pub(super) fn command(&self) -> Command {
        Command::new(&self.0)
    }
}

/// A directory that is removed on drop, with all that is in it.
pub(super) struct TempDir(PathBuf);

impl TempDir {
    pub(super) fn new() -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("certcentral-sandbox-{}-{count}", process::id());
        let path = env::temp_dir().join(name);
        let _ = fs::remove_dir_all(&path); // of a process that was killed long ago
        fs::create_dir(&path).unwrap();
        Self(path)
    }

    pub(super) fn path(&self) -> &Path {
        &self.0
    }

    /// Writes a file and returns its path.
    pub(super) fn write(&self, name: &str, text: impl AsRef<[u8]>) -> String {
        let path = self.0.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        path.display().to_string()
    }
}

impl Drop for TempDir {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// A free TCP port, which nobody else gets.
///
/// On Linux two sockets with `SO_REUSEADDR` can have one port as long as none of them listens, and one
/// of them may listen then. All servers set it.
pub(super) struct Port(Socket);

impl Port {
    pub(super) fn reserve() -> Self {
        let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
        socket.set_reuse_address(true).unwrap();
        socket.bind(&SocketAddr::from((Ipv4Addr::LOCALHOST, 0)).into()).unwrap();
        Self(socket)
    }

    pub(super) fn address(&self) -> SocketAddr {
        self.0.local_addr().unwrap().as_socket().unwrap()
    }
}

/// A program that runs until dropped.
pub(super) struct Running(Child);

impl Running {
    /// Starts a program, and waits until it is ready.
    pub(super) fn start(mut command: Command, is_ready: impl Fn() -> bool) -> Self {
        let mut running = Self(command.spawn().unwrap());
        let begun = Instant::now();
        while !is_ready() {
            let ended = running.0.try_wait().unwrap();
            assert!(ended.is_none(), "{command:?} ended: {ended:?}");
            assert!(begun.elapsed() < PATIENCE, "{command:?} does not get ready");
            thread::sleep(Duration::from_millis(2));
        }
        running
    }
}

/// Longer than anything takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(20);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
