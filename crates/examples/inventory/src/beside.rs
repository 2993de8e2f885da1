//! A file that is to replace another.

use std::{
    fs::{self, File},
    io,
    path::{Path, PathBuf},
};

use certcentral_example_cli::{file::beside, lock};

pub(crate) struct Beside {
    path: PathBuf,
    /// The file, to be written.
    pub(crate) file: File,
}

impl Beside {
    /// Creates a file beside the one at `path`, named after it with `ending` behind, and with the
    /// permissions of the one at `like`.
    pub(crate) fn create(path: &Path, ending: &str, like: &Path) -> io::Result<Self> {
        let path = beside(path, ending);
        // What a killed run has left. It is not written over: it could be another run's, and about to
        // replace the file.
        let _ = fs::remove_file(&path);
        let file = File::create_new(&path)?;
        lock(&file);
        let beside = Self { path, file };
        fs::set_permissions(&beside.path, fs::metadata(like)?.permissions())?;
        Ok(beside)
    }

    /// Replaces the file at `path` in one step. Until then it is as it was.
    pub(crate) fn replace(&self, path: &Path) -> io::Result<()> {
        self.file.sync_all()?;
        fs::rename(&self.path, path)
    }
}

impl Drop for Beside {
    fn drop(&mut self) {
        // It is not there if it has the other's name now.
        let _ = fs::remove_file(&self.path);
    }
}
