//! What can be read of a list that has unreadable rows.

use std::marker::PhantomData;

use bytes::Bytes;
use serde_json::value::RawValue;

use super::{
    list_reissues::{Reissue, Reissues},
    listing::Listing,
};
use crate::{
    endpoint::{decode_json, decode_text},
    error::DecodeError,
};

/// The rows of a list, each by itself readable or not; from [`Reissues::salvage`].
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct Salvaged {
    /// The rows that could be read, in the list's order.
    pub readable: Vec<Reissue>,
    /// The rows that could not, in the list's order.
    pub unreadable: Vec<UnreadableRow>,
}

/// A row of a list that cannot be read as a [`Reissue`].
#[derive(Debug)]
#[non_exhaustive]
pub struct UnreadableRow {
    /// The row's place in the list, from 0.
    pub index: usize,
    /// Where it went wrong, such as `certificates[17].date_created`.
    pub path: String,
    /// What is wrong there.
    pub error: serde_json::Error,
    /// The row as the service sent it, JSON.
    pub raw: String,
}

impl Reissues {
    /// Reads each row of `body` by itself, for those who want the other 499 when one is wrong.
    ///
    /// The body is the one that [`DecodeError::body`] kept. Reading takes time linear in it.
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
    ///
    /// # Errors
    ///
    /// [`DecodeError`] if the body as a whole is not a complete list of reissues: where rows may
    /// be missing, nothing can be salvaged.
    pub fn salvage(body: &[u8]) -> Result<Salvaged, DecodeError> {
        let response = http::Response::new(Bytes::copy_from_slice(body));
        let rows: Listing<Box<RawValue>> = decode_json(&response)?;
        let mut salvaged = Salvaged::default();
        for (index, raw) in rows.certificates.into_iter().enumerate() {
            match decode_text(raw.get(), PhantomData) {
                Ok(reissue) => salvaged.readable.push(reissue),
                Err((path, error)) => salvaged.unreadable.push(UnreadableRow {
                    index,
                    path: within(index, &path),
                    error,
                    raw: Box::<str>::from(raw).into(),
                }),
            }
        }
        Ok(salvaged)
    }
}

fn within(index: usize, path: &str) -> String {
    let dot = if path.is_empty() { "" } else { "." };
    format!("certificates[{index}]{dot}{path}")
}
