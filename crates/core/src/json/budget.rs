//! How much memory a body may take once it is read.
//!
//! A model can take many times the room of its text: `{}` is two bytes, and an object of JSON
//! values with one field takes hundreds. So whatever is added to a list, or kept of an unknown
//! field, is charged against a budget that the length of the body sets.

use std::cell::Cell;

use serde::de;

/// Bodies may take this much whatever their length: lists of any size that the service sends.
const FREE: usize = 64 * 1024 * 1024;

/// And this many times their length, if that is more.
const TIMES: usize = 4;

thread_local! {
    /// What is left for the body that this thread reads; no bound where there is no body.
    static LEFT: Cell<Option<usize>> = const { Cell::new(None) };
}

/// The budget for one body, in force until it is dropped.
pub(crate) struct Budget {
    outer: Option<usize>,
}

impl Budget {
    pub(crate) fn for_body(length: usize) -> Self {
        Self { outer: LEFT.replace(Some(FREE.max(length.saturating_mul(TIMES)))) }
    }
}

impl Drop for Budget {
    fn drop(&mut self) {
        LEFT.set(self.outer);
    }
}

/// What is left of the budget, to be given back when what was read since then is gone.
#[derive(Clone, Copy)]
pub(crate) struct Left(Option<usize>);

impl Left {
    pub(crate) fn now() -> Self {
        Self(LEFT.get())
    }

    pub(crate) fn restore(self) {
        LEFT.set(self.0);
    }

    pub(crate) fn is_nothing(self) -> bool {
        self.0 == Some(0)
    }
}

/// Takes `bytes` from the budget.
pub(crate) fn charge<E: de::Error>(bytes: usize) -> Result<(), E> {
    let Some(left) = LEFT.get() else { return Ok(()) };
    let rest = left.checked_sub(bytes);
    LEFT.set(Some(rest.unwrap_or(0)));
    rest.map(|_| ()).ok_or_else(|| {
        E::custom(
            "too many values for the length of the body; reading them would take too much memory",
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_used_up_where_there_is_no_body() {
        let charge = charge::<serde_json::Error>;
        charge(usize::MAX).unwrap();
        {
            let _budget = Budget::for_body(0);
            charge(FREE).unwrap();
            charge(1).unwrap_err();
        }
        charge(usize::MAX).unwrap();
    }
}
