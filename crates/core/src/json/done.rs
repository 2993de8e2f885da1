//! Responses that say nothing but that it is done.

use bytes::Bytes;

use super::unmarked;
use crate::error::DecodeError;

/// Reads the response to a call that the service answers with 204 and no body. A body is not its
/// word: the page of a proxy must not pass for an approval.
pub(crate) fn decode_done(response: &http::Response<Bytes>) -> Result<(), DecodeError> {
    match unmarked(response.body()).trim_ascii() {
        b"" | b"{}" | b"[]" | b"null" => Ok(()),
        _ => Err(DecodeError::new(response, "", "there is a body, and none was expected")),
    }
}
