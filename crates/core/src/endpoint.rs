//! What an endpoint is: a request, and the reading of its answer.

use std::{any, marker::PhantomData};

use bytes::Bytes;
use http::Method;
use serde::de::{DeserializeOwned, DeserializeSeed};
use serde_path_to_error::Track;

use crate::{error::DecodeError, order::OrderId};

/// One call of the Services API: how its request is made and how its 2xx answer is read.
///
/// Everything else (address, headers, errors, retries, pacing) is the same for all endpoints and
/// lives elsewhere. A new endpoint is one type with this trait, inside this crate or outside (where
/// it depends on `serde`; `bytes` and `http` are brought along):
///
/// ```
/// use certcentral_core::{Api, ApiKey, DecodeError, Endpoint, bytes::Bytes, decode_json, http};
/// use serde::Deserialize;
///
/// /// `GET /user/me`: the user that the key belongs to.
/// struct Me;
///
/// #[derive(Debug, Deserialize, PartialEq)]
/// struct User {
///     id: u64,
///     email: String,
/// }
///
/// impl Endpoint for Me {
///     type Output = User;
///
///     fn path(&self) -> String {
///         "/user/me".to_owned()
///     }
///
///     fn parse(&self, response: &http::Response<Bytes>) -> Result<User, DecodeError> {
///         decode_json(response)
///     }
/// }
///
/// let api = Api::new(ApiKey::new("0123456789ABCDEF")?);
/// assert_eq!(api.build_request(&Me)?.uri(), "https://www.digicert.com/services/v2/user/me");
///
/// let answer = http::Response::new(Bytes::from(r#"{"id": 7, "email": "a@example.com"}"#));
/// assert_eq!(api.parse_response(&Me, answer)?, User { id: 7, email: "a@example.com".into() });
/// # Ok::<(), certcentral_core::Error>(())
/// ```
pub trait Endpoint: Send + 'static {
    /// What a 2xx answer is read into.
    type Output: Send + 'static;

    /// The request's method. Idempotent ones are repeated after any transient failure; others
    /// only if the request cannot have reached the service, or was refused with 429.
    fn method(&self) -> Method {
        Method::GET
    }

    /// Path and query below the base URL, percent-encoded, beginning with one `/`.
    fn path(&self) -> String;

    /// The JSON body, if there is one.
    ///
    /// # Errors
    ///
    /// Whatever `serde_json` reports; the call then ends with
    /// [`Error::Invalid`](crate::Error::Invalid), and nothing is sent.
    fn body(&self) -> Result<Option<Bytes>, serde_json::Error> {
        Ok(None)
    }

    /// What logs call it. Default: the name of the type, without its path and parameters.
    fn name(&self) -> &'static str {
        let path = any::type_name::<Self>().split('<').next().unwrap_or_default();
        path.rsplit("::").next().unwrap_or(path)
    }

    /// The order that it is about, for logs. Default: none.
    fn order_id(&self) -> Option<OrderId> {
        None
    }

    /// Reads an answer whose status is 2xx.
    ///
    /// # Errors
    ///
    /// [`DecodeError`] if the answer is not complete and right: there is no partial output.
    fn parse(&self, response: &http::Response<Bytes>) -> Result<Self::Output, DecodeError>;
}

/// Reads the whole body of `response` as JSON.
///
/// # Errors
///
/// [`DecodeError`], with the path of the field that is at fault, if the body is not UTF-8, not
/// one complete JSON value, or not a `T`.
pub fn decode_json<T: DeserializeOwned>(
    response: &http::Response<Bytes>,
) -> Result<T, DecodeError> {
    decode_with(response, PhantomData)
}

/// As [`decode_json`], into what `seed` makes of it.
pub(crate) fn decode_with<'a, S: DeserializeSeed<'a> + Copy>(
    response: &'a http::Response<Bytes>,
    seed: S,
) -> Result<S::Value, DecodeError> {
    // One check of the whole is cheaper than one for every string in it.
    let text = str::from_utf8(response.body()).map_err(|e| DecodeError::new(response, "", e))?;
    decode_text(text, seed).map_err(|(path, error)| DecodeError::new(response, path, error))
}

/// Reads JSON; an error comes with the path of the field that is at fault, empty for the whole.
pub(crate) fn decode_text<'a, S: DeserializeSeed<'a> + Copy>(
    text: &'a str,
    seed: S,
) -> Result<S::Value, (String, serde_json::Error)> {
    let json = &mut serde_json::Deserializer::from_str(text);
    let read = seed.deserialize(&mut *json).and_then(|value| json.end().map(|()| value));
    read.map_err(|error| {
        // The path costs time, so it is looked for only now that there is an error.
        let again = &mut serde_json::Deserializer::from_str(text);
        let mut track = Track::new();
        let again = seed.deserialize(serde_path_to_error::Deserializer::new(again, &mut track));
        let path = track.path();
        match again {
            Err(located) if path.iter().len() > 0 => {
                let path = path.to_string();
                // A `?` stands for a field whose name did not arrive.
                let path = path.strip_suffix('?').unwrap_or(&path).trim_end_matches('.');
                (path.to_owned(), located)
            }
            _ => (String::new(), error),
        }
    })
}
