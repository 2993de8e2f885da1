//! Files that are there whole or not at all, and belong to one run at a time.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, ErrorKind, Read, Write},
    path::{Path, PathBuf},
};

use crate::{error::CliError, lock::lock};

/// Reads a file and locks it, or returns `None` if there is none.
///
/// # Errors
///
/// If it cannot be read, is used by another run, or is empty.
pub fn read(path: &Path) -> Result<Option<(Vec<u8>, File)>, CliError> {
    let name = path.display();
    let mut file = match File::open(path) {
        Err(e) if e.kind() == ErrorKind::NotFound => return Ok(None),
        file => file.map_err(|e| format!("cannot read {name}: {e}"))?,
    };
    if !lock(&file) {
        return Err(format!("{name} is used by another run; wait for its end").into());
    }
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes).map_err(|e| format!("cannot read {name}: {e}"))?;
    if bytes.trim_ascii().is_empty() {
        return Err(format!(
            "{name} is empty, as a run leaves it that is killed; remove it, and run again"
        )
        .into());
    }
    Ok(Some((bytes, file)))
}

/// Writes a new file, which is locked. It is there with all that is in it, or not at all.
///
/// # Errors
///
/// If it is there already, or cannot be written.
pub fn create(path: &Path, text: &str, is_private: bool) -> Result<File, CliError> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(false);
    #[cfg(unix)]
    if is_private {
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    }
    let new = new(path);
    let write = || {
        let mut file = options.open(&new)?;
        if !lock(&file) {
            return Err(ErrorKind::ResourceBusy.into());
        }
        file.set_len(0)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        // A rename would overwrite.
        fs::hard_link(&new, path)?;
        fs::remove_file(&new)?;
        sync(folder(path))?;
        Ok(file)
    };
    Ok(write().map_err(|e: io::Error| format!("cannot write {}: {e}", path.display()))?)
}

/// Writes a file, synced, in place of one that may be there.
///
/// # Errors
///
/// If it cannot be written.
pub fn replace(path: &Path, bytes: &[u8]) -> Result<(), CliError> {
    let write = || {
        let new = new(path);
        let mut file = File::create(&new)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&new, path)?;
        sync(folder(path))
    };
    Ok(write().map_err(|e: io::Error| format!("cannot write {}: {e}", path.display()))?)
}

/// Switches a symbolic link to a folder, in one step.
///
/// # Errors
///
/// If there is something else than a link, or it cannot be switched.
pub fn switch(link: &Path, target: &Path) -> Result<(), CliError> {
    let is_other = fs::symlink_metadata(link).is_ok_and(|it| !it.is_symlink());
    if is_other {
        return Err(format!("{} is no symbolic link; move it away", link.display()).into());
    }
    let parent = folder(link);
    let new = new(link);
    let switch = || {
        fs::create_dir_all(parent)?;
        let _ = fs::remove_file(&new); // of a run that was killed
        symlink(&fs::canonicalize(target)?, &new)?;
        fs::rename(&new, link)?;
        sync(parent)
    };
    Ok(switch().map_err(|e| format!("cannot switch {}: {e}", link.display()))?)
}

#[cfg(unix)]
use std::os::unix::fs::symlink;

#[cfg(not(unix))]
fn symlink(_: &Path, _: &Path) -> io::Result<()> {
    Err(ErrorKind::Unsupported.into())
}

fn sync(folder: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}

/// The folder of a file.
fn folder(path: &Path) -> &Path {
    path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Where a file or link is made that then takes its place.
fn new(path: &Path) -> PathBuf {
    beside(path, ".new")
}

/// Returns the path of a file that is named after the one at `path`, with `ending` behind.
pub fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    name.into()
}
