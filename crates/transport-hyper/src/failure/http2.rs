//! What HTTP/2 adds to what can go wrong.

use super::Link;

/// Whether the peer said that it did not process the request. With `is_harmless`, nothing comes of its
/// head alone.
///
/// hyper has the same error for a request that it had just handed to h2 when GOAWAY came. h2 may write
/// its head all the same, and resets the stream in place of its body.
#[cfg(feature = "http2")]
pub(super) fn is_unprocessed(error: Link<'_>, is_harmless: bool) -> bool {
    use h2::Reason;

    // Of a connection that the peer ends, h2 says so of the streams only that the peer leaves out.
    super::find::<h2::Error>(error).filter(|error| error.is_remote()).is_some_and(|error| {
        let reason = error.reason();
        error.is_go_away() && reason == Some(Reason::NO_ERROR) && is_harmless
            || error.is_reset() && reason == Some(Reason::REFUSED_STREAM)
    })
}

/// Whether the stream ended, and not the connection.
#[cfg(feature = "http2")]
pub(super) fn is_reset(error: Link<'_>) -> bool {
    super::find::<h2::Error>(error).is_some_and(h2::Error::is_reset)
}

/// Whether what the peer sent is not HTTP/2.
#[cfg(feature = "http2")]
pub(super) fn is_malformed(error: Link<'_>) -> bool {
    super::find::<h2::Error>(error).is_some_and(h2::Error::is_library)
}

#[cfg(not(feature = "http2"))]
pub(super) fn is_unprocessed(_: Link<'_>, _: bool) -> bool {
    false
}

#[cfg(not(feature = "http2"))]
pub(super) fn is_reset(_: Link<'_>) -> bool {
    false
}

#[cfg(not(feature = "http2"))]
pub(super) fn is_malformed(_: Link<'_>) -> bool {
    false
}
