//! Responses that say nothing but that it is done.

use bytes::Bytes;

use crate::{error::DecodeError, text::strip_bom};

/// Reads the response to a call that the service answers with 204 and no body. A body is an error:
/// a proxy's page must not count as success.
pub(crate) fn decode_done(response: &http::Response<Bytes>) -> Result<(), DecodeError> {
    match strip_bom(response.body()).trim_ascii() {
        b"" | b"{}" | b"[]" | b"null" => Ok(()),
        _ => Err(DecodeError::new(response, "", "there is a body, and none was expected")),
    }
}
