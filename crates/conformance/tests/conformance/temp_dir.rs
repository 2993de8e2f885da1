//! A temporary directory.

use std::{
    fs,
    path::{Path, PathBuf},
    process,
};

/// Is removed on drop, with all that is in it.
pub(crate) struct TempDir(PathBuf);

impl TempDir {
    /// `name` tells it apart from the others of this process.
    pub(crate) fn new(name: &str) -> Self {
        let name = format!("{name}-{}", process::id());
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        fs::create_dir(&path).unwrap();
        Self(path)
    }

    /// Writes a file and returns its path.
    pub(crate) fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.0.join(name);
        fs::write(&path, text).unwrap();
        path
    }
}

impl Drop for TempDir {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}
