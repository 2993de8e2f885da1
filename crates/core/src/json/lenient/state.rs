//! The state of a reading: its budget of memory, and the path to what failed.

use std::fmt;

use serde::de::Error;
use serde_json::Value;

/// What a reading may still take from the heap, and where it failed.
///
/// A value can take many times the memory of its text: `{}` is two bytes, and a map with one entry
/// takes hundreds. So what is added to a list or a map is charged against a budget that the length
/// of the body sets.
pub(crate) struct State {
    left: usize,
    is_spent: bool,
    /// From the value that failed to the root.
    path: Vec<String>,
    /// The value of a field that its struct does not name, until [`Fields`](super::object::Fields) takes it.
    pub(super) other: Option<Value>,
}

impl State {
    pub(crate) fn for_body(length: usize) -> Self {
        // Lists of any length that the service sends take less than this.
        const FREE: usize = 64 * 1024 * 1024;
        Self::new(FREE.max(length.saturating_mul(4)))
    }

    fn new(left: usize) -> Self {
        Self { left, is_spent: false, path: Vec::new(), other: None }
    }

    /// What is left of the budget, to be given back when what was read since then is dropped.
    pub(crate) fn left(&self) -> usize {
        self.left
    }

    pub(crate) fn give_back(&mut self, left: usize) {
        *self = Self::new(left);
    }

    #[inline]
    pub(crate) fn charge<E: Error>(&mut self, bytes: usize) -> Result<(), E> {
        match self.left.checked_sub(bytes) {
            Some(left) => self.left = left,
            None => return Err(self.spent()),
        }
        Ok(())
    }

    #[cold]
    fn spent<E: Error>(&mut self) -> E {
        (self.left, self.is_spent) = (0, true);
        E::custom(
            "too many values for the length of the body; reading them would take too much memory",
        )
    }

    #[cold]
    #[inline(never)]
    pub(super) fn failed_at(&mut self, step: fmt::Arguments<'_>) {
        self.path.push(step.to_string());
    }

    /// The path of the value that failed, such as `certificates[17].date_created`; empty if the
    /// body as a whole is at fault.
    pub(crate) fn path(&self) -> String {
        let steps = self.path.iter().rev().filter(|_| !self.is_spent);
        let path: String = steps.map(String::as_str).collect();
        path.strip_prefix('.').map(str::to_owned).unwrap_or(path)
    }
}

/// A node of a map has room for several pairs, and may have but one.
pub(super) fn room_for_pair(is_first: bool) -> usize {
    if is_first { 1024 } else { 160 }
}

/// A list that grows has up to twice the room that it needs, and begins with four times.
pub(super) fn room_for_entry<T>(is_first: bool) -> usize {
    (if is_first { 4 } else { 2 }) * size_of::<T>()
}
