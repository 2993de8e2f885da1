use std::fs::File;

use fs4::{FileExt, TryLockError};

/// Locks a file until it is closed, and returns whether it did: another run can have it. Where
/// files cannot be locked, none is.
pub fn lock(file: &File) -> bool {
    !matches!(FileExt::try_lock(file), Err(TryLockError::WouldBlock))
}
