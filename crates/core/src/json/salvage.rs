//! The readable rows of a list that has unreadable ones.

use std::fmt::{self, Debug, Formatter};

use bytes::Bytes;
use serde::{Deserialize, de::Error as _};
use serde_json::{Deserializer, Error, value::RawValue};

use super::{
    lenient::{Reader, State},
    list::Listing,
    read_text, text_of,
};
use crate::{error::DecodeError, text::Excerpted};

/// The rows of a list, each readable or not, if you want the other 499 when one is wrong.
///
/// Of a list in pages, the next page begins at the offset of this one plus the lengths of both fields.
/// Do not give the readable rows to [`next_page`](crate::Paged::next_page): a short page is the last.
///
/// ```
/// use certcentral_core::Reissues;
///
/// let body = br#"{"certificates": [
///     {"id": 1, "status": "issued", "date_created": "2019-04-08T17:33:26+00:00"},
///     {"id": 2, "status": "issued", "date_created": "yesterday"}
/// ]}"#;
/// let salvaged = Reissues::salvage(body)?;
/// assert_eq!(salvaged.readable.len(), 1);
/// assert_eq!(salvaged.unreadable[0].path, "certificates[1].date_created");
/// # Ok::<(), certcentral_core::DecodeError>(())
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub struct Salvaged<T> {
    /// The rows that could be read, in the list's order.
    pub readable: Vec<T>,
    /// The rows that could not, in the list's order.
    pub unreadable: Vec<UnreadableRow>,
}

/// A row of a list that cannot be read.
#[non_exhaustive]
pub struct UnreadableRow {
    /// The row's place in the list, from 0.
    pub index: usize,
    /// The path of the field that is at fault, such as `certificates[17].date_created`.
    pub path: String,
    /// What is wrong there.
    pub error: Error,
    /// The row as the service sent it, JSON.
    pub raw: String,
}

impl UnreadableRow {
    fn new(list: &str, index: usize, path: &str, error: Error, raw: &str) -> Self {
        let dot = if path.is_empty() { "" } else { "." };
        let path = format!("{list}[{index}]{dot}{path}");
        Self { index, path, error, raw: raw.to_owned() }
    }
}

impl Debug for UnreadableRow {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.debug_struct("UnreadableRow")
            .field("index", &self.index)
            .field("path", &self.path)
            .field("error", &self.error)
            .field("raw", &Excerpted(&self.raw))
            .finish()
    }
}

/// Reads each row of the list called `name`, if `check` finds that the list can be used.
pub(crate) fn salvage<'a, T: Deserialize<'a>>(
    name: &'static str,
    body: &'a [u8],
    check: fn(&Listing<&'a RawValue>) -> Result<(), Error>,
) -> Result<Salvaged<T>, DecodeError> {
    let unusable = |e: Error| DecodeError::of_body(Bytes::copy_from_slice(body), e);
    let state = &mut State::for_body(body.len());
    let text = text_of(body).map_err(|e| unusable(Error::custom(e)))?;
    let json = &mut Deserializer::from_str(text);
    let list = Listing::read(name, Reader::new(&mut *json, state)).map_err(unusable)?;
    json.end().and_then(|()| check(&list)).map_err(unusable)?;

    let mut salvaged = Salvaged { readable: Vec::new(), unreadable: Vec::new() };
    for (index, row) in list.rows.into_iter().map(RawValue::get).enumerate() {
        state.charge(2 * size_of::<T>()).map_err(unusable)?;
        let left = state.left();
        match read_text(row, state) {
            Ok(row) => salvaged.readable.push(row),
            Err((path, error)) => {
                state.give_back(left);
                let row = UnreadableRow::new(name, index, &path, error, row);
                // Its own room, its text, its path and its error.
                let room = 2 * size_of::<UnreadableRow>() + row.raw.len() + 256;
                state.charge(room).map_err(unusable)?;
                salvaged.unreadable.push(row);
            }
        }
    }
    Ok(salvaged)
}
