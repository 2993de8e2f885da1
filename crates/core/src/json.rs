//! Reading and writing JSON: the whole of a body here, its parts in the modules below.

mod budget; // how much memory a body may take once it is read
mod done; // responses without a body
mod fields; // structs that keep the fields that they do not name
pub(crate) mod lenient; // single values in the service's loose forms
pub(crate) mod list; // what all lists have in common
pub(crate) mod listing; // a list beside other fields
pub(crate) mod open_enum; // words that may be joined by new ones
pub(crate) mod salvage; // the readable rows of a list that has unreadable ones
pub(crate) mod whole; // whether a list is whole

use bytes::Bytes;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_path_to_error::Track;

pub(crate) use self::{
    budget::{Budget, Left, charge},
    done::decode_done,
    fields::{KeepUnknown, keep_unknown_fields},
};
use crate::{
    error::{BoxError, DecodeError, Error, InvalidInputError},
    text::{Excerpted, strip_bom},
};

/// Reads the body of `response` as JSON.
///
/// ```
/// use certcentral_core::{decode_json, http};
///
/// let error = decode_json::<Vec<u8>>(&http::Response::new("[1, 2, 300]".into())).unwrap_err();
/// assert_eq!(error.path(), "[2]");
/// ```
///
/// How much memory a hostile body takes is bounded for the models of this crate. A `T` of yours can
/// take many times its text: a [`serde_json::Value`] a hundred times, and an error that quotes a
/// long text in the wrong place twenty times. [`ApiBuilder::body_limit`](crate::ApiBuilder::body_limit)
/// bounds that.
///
/// # Errors
///
/// [`DecodeError`], with the path of the field that is at fault, if the body is not UTF-8, not
/// one complete JSON value, or not a `T`.
pub fn decode_json<T: DeserializeOwned>(
    response: &http::Response<Bytes>,
) -> Result<T, DecodeError> {
    read_body(response.body()).map_err(|(path, e)| DecodeError::new(response, path, e))
}

/// Writes `value` as the JSON body of a request; see [`Endpoint::body`](crate::Endpoint::body).
///
/// # Errors
///
/// [`InvalidInputError`] if `value` cannot be JSON, such as a map whose keys are not text.
pub fn encode_json<T: Serialize>(value: &T) -> Result<Option<Bytes>, Error> {
    let body = serde_json::to_vec(value).map_err(|e| {
        InvalidInputError::with_source("the request's body cannot be written as JSON", e)
    })?;
    Ok(Some(body.into()))
}

/// The path of a field in a body, and what is wrong there.
pub(crate) type Located<E> = (String, E);

/// Reads a whole body. An error comes with the path of the field that is at fault, which is empty
/// for the body as a whole.
pub(crate) fn read_body<'a, T: Deserialize<'a>>(body: &'a [u8]) -> Result<T, Located<BoxError>> {
    let _budget = Budget::for_body(body.len());
    let text = text_of(body).map_err(|e| (String::new(), e.into()))?;
    read_text(text).map_err(|(path, e)| (path, e.into()))
}

/// The text of a body. One check of the whole is cheaper than one for every string in it.
fn text_of(body: &[u8]) -> Result<&str, std::str::Utf8Error> {
    str::from_utf8(strip_bom(body))
}

/// Reads JSON within the budget that is in force.
fn read_text<'a, T: Deserialize<'a>>(text: &'a str) -> Result<T, Located<serde_json::Error>> {
    let left = Left::now();
    serde_json::from_str(text).map_err(|error| {
        if Left::now().is_nothing() {
            return (String::new(), error); // it is too much as a whole
        }
        left.restore();
        // The path costs time, so it is looked for only now.
        let json = &mut serde_json::Deserializer::from_str(text);
        let mut track = Track::new();
        let again = T::deserialize(serde_path_to_error::Deserializer::new(json, &mut track)).err();
        left.restore();
        match again {
            Some(located) => (path_of(track, &located), located),
            None => (String::new(), error),
        }
    })
}

/// Where `error` was met, fit for a log, because its names are the server's. A missing field has a
/// path too, although nothing is there, and so has one that is read after all others.
fn path_of(track: Track, error: &serde_json::Error) -> String {
    let path = track.path();
    let path = if path.iter().len() > 0 { path.to_string() } else { String::new() };
    // A `?` stands for a field whose name did not arrive.
    let path = path.strip_suffix('?').unwrap_or(&path).trim_end_matches('.');
    let path = Excerpted(path).to_string();
    let message = Excerpted(error).to_string();
    let named = ["missing field `", "in `"].iter().find_map(|start| message.strip_prefix(start));
    match named.and_then(|rest| rest.split_once('`')) {
        Some((name, _)) if path.is_empty() => name.to_owned(),
        Some((name, _)) => format!("{path}.{name}"),
        None => path,
    }
}
