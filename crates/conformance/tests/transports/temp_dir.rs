//! A temporary directory.

use std::{
    env, fs,
    io::ErrorKind,
    path::{Path, PathBuf},
    process,
    sync::atomic::{AtomicUsize, Ordering},
};

/// Is removed on drop, with all that is in it.
///
/// It is in the system's directory for such things, because Squid, which changes its user if it is
/// started by root, cannot reach every checkout.
pub(crate) struct TempDir {
    path: PathBuf,
    outside: Vec<PathBuf>,
}

impl TempDir {
    pub(crate) fn new() -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        loop {
            let count = COUNT.fetch_add(1, Ordering::Relaxed);
            let name = format!("certcentral-programs-{}-{count}", process::id());
            let path = env::temp_dir().join(name);
            match fs::create_dir(&path) {
                // A process that was killed may have left it, long ago.
                Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
                created => {
                    created.unwrap();
                    return Self { path, outside: Vec::new() };
                }
            }
        }
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Removes another file too.
    pub(crate) fn remove_too(&mut self, path: impl Into<PathBuf>) {
        self.outside.push(path.into());
    }

    /// Writes a file and returns its path.
    pub(crate) fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.path.join(name);
        fs::write(&path, text).unwrap();
        path
    }
}

impl Drop for TempDir {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.path);
        for file in &self.outside {
            let _ = fs::remove_file(file);
        }
    }
}
