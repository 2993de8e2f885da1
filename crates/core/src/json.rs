//! Reading and writing JSON.

pub(crate) mod lenient; // the reader
pub(crate) mod list; // lists of rows, which must be complete
pub(crate) mod open_enum; // string enums with an `Other` variant
pub(crate) mod salvage; // the readable rows of a list that has unreadable ones
pub(crate) mod serial; // serial numbers
pub(crate) mod times; // dates and timestamps

use bytes::Bytes;
use serde::{
    Deserialize, Serialize,
    de::{DeserializeOwned, IgnoredAny},
};

use self::lenient::{Reader, State};
use crate::{
    error::{BoxError, DecodeError, Error, InvalidInputError},
    text::{Excerpted, strip_bom},
};

/// Reads the body of `response` as JSON, in any of the forms in which the service sends it.
///
/// Derive `Deserialize` for `T`. A field then reads what its type says, as the models of this crate do:
///
/// | type | is read from |
/// | --- | --- |
/// | `Option<_>` | `null`, `""` and `[]` are `None`; anything else as follows |
/// | a number | a number, also with `.0`, or a text that holds one |
/// | `bool` | `true`, `1` or a text that holds one of them; `null` and `""` are `false` |
/// | `String` | a text, or the digits of a whole number |
/// | `Vec<_>` | a list, or an object with numbered keys; `null`, `""` and `{}` are empty |
/// | a map | an object; `null`, `""` and `[]` are empty |
/// | a struct | an object; a field twice is an error |
///
/// The last field of a struct, if it is called `extra`, gets an object with the fields that the struct
/// does not name. It needs `#[serde(default)]`, because there may be none. What is under
/// `#[serde(flatten)]`, `tag` or `untagged` is read in the documented forms only, and an `Option`
/// cannot hold a `RawValue`.
///
/// ```
/// use certcentral_core::{decode_json, http};
/// use serde_json::{Map, Value};
///
/// #[derive(serde::Deserialize)]
/// struct Product {
///     id: u64,
///     names: Vec<String>,
///     days: Option<u32>,
///     #[serde(default)]
///     extra: Map<String, Value>,
/// }
///
/// let body = r#"{"id": "7", "names": {}, "days": "", "group": "ssl"}"#;
/// let product: Product = decode_json(&http::Response::new(body.into()))?;
/// assert_eq!((product.id, product.names.len(), product.days), (7, 0, None));
/// assert_eq!(product.extra["group"], "ssl");
///
/// let error = decode_json::<Vec<u8>>(&http::Response::new("[1, 2, 300]".into())).unwrap_err();
/// assert_eq!(error.path(), "[2]");
/// # Ok::<(), certcentral_core::DecodeError>(())
/// ```
///
/// How much memory a hostile body takes is bounded: by the larger of 64 MiB and four times its
/// length. Not bounded are an error of serde's own that quotes a long text in the wrong place, such as
/// the variant of an enum, and what is made of a value under `flatten`, `tag` or `untagged`.
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

/// Reads the response to a call to which the service responds with 204 and no body. A body is an error:
/// the page of a proxy must not count as success.
pub(crate) fn decode_no_content(response: &http::Response<Bytes>) -> Result<(), DecodeError> {
    match strip_bom(response.body()).trim_ascii() {
        b"" | b"{}" | b"[]" | b"null" => Ok(()),
        _ => Err(DecodeError::new(response, "", "there is a body, and none was expected")),
    }
}

/// The path of a field in a body, and what is wrong there.
pub(crate) type Located<E> = (String, E);

/// Reads a whole body. An error comes with the path of the field that is at fault, which is empty
/// for the body as a whole.
pub(crate) fn read_body<'a, T: Deserialize<'a>>(body: &'a [u8]) -> Result<T, Located<BoxError>> {
    let text = text_of(body).map_err(|e| (String::new(), e.into()))?;
    read_text(text, &mut State::for_body(body.len())).map_err(|(path, e)| (path, e.into()))
}

/// The text of a body. One check of the whole is cheaper than one for every string in it.
fn text_of(body: &[u8]) -> Result<&str, std::str::Utf8Error> {
    str::from_utf8(strip_bom(body))
}

fn read_text<'a, T: Deserialize<'a>>(
    text: &'a str,
    state: &mut State,
) -> Result<T, Located<serde_json::Error>> {
    let json = &mut serde_json::Deserializer::from_str(text);
    let read = T::deserialize(Reader::new(&mut *json, state));
    match read.and_then(|value| json.end().map(|()| value)) {
        Ok(value) => Ok(value),
        Err(error) => Err(located(error, text, state)),
    }
}

#[cold]
fn located(error: serde_json::Error, text: &str, state: &State) -> Located<serde_json::Error> {
    (path_of(&error, state), cut_off(text, error))
}

/// The error of a text that ends in a number, which may be a part of one: that it ends is what is wrong
/// then. Any other is as it was.
fn cut_off(text: &str, error: serde_json::Error) -> serde_json::Error {
    let lines = || text.split('\n');
    let is_at_end = text.ends_with(|c: char| c.is_ascii_digit())
        && error.line() == lines().count()
        && lines().next_back().is_some_and(|line| error.column() >= line.len());
    let end = is_at_end.then(|| serde_json::from_str::<IgnoredAny>(text).err()).flatten();
    end.filter(serde_json::Error::is_eof).unwrap_or(error)
}

/// Where `error` was met, fit for a log, because its names are the server's. A missing field has a
/// path too, although nothing is there.
fn path_of(error: &serde_json::Error, state: &State) -> String {
    let path = Excerpted(state.path()).to_string();
    let message = Excerpted(error).to_string();
    let missing = message.strip_prefix("missing field `").and_then(|rest| rest.split_once('`'));
    match missing {
        Some((name, _)) if path.is_empty() => name.to_owned(),
        Some((name, _)) => format!("{path}.{name}"),
        None => path,
    }
}
