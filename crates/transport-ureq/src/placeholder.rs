//! A placeholder for the API key in the requests that ureq sees.
//!
//! ureq's libraries log every byte of a request at `TRACE`. So the key is replaced by a placeholder
//! before ureq sees the request, and put back when the bytes are written to the socket. The
//! placeholder has the key's length, and bytes that occur in no UTF-8 text.

use std::{cell::RefCell, mem};

use bytes::Bytes;
use http::{HeaderMap, HeaderValue};

const KEY_HEADER: &str = "x-dc-devkey";

/// The first byte of a placeholder, and all others.
const FIRST: u8 = 0xf5;
const OTHER: u8 = 0xf6;

fn placeholder(length: usize) -> Vec<u8> {
    let mut bytes = vec![OTHER; length];
    if let Some(first) = bytes.first_mut() {
        *first = FIRST;
    }
    bytes
}

thread_local! {
    /// The key of the request that this thread is sending, until it has been put back.
    static REPLACED: RefCell<Option<HeaderValue>> = const { RefCell::new(None) };
}

/// While it lives, connections on this thread put the key back.
pub(crate) struct Placeholder {
    /// Of an exchange further up on this thread's stack.
    outer: Option<HeaderValue>,
}

impl Placeholder {
    /// Replaces the key in `headers`.
    pub(crate) fn replace_key(headers: &mut HeaderMap) -> Self {
        let key = headers.get_mut(KEY_HEADER).and_then(|value| {
            let bytes = Bytes::from(placeholder(value.len()));
            let mut placeholder = HeaderValue::from_maybe_shared(bytes).ok()?;
            placeholder.set_sensitive(true);
            Some(mem::replace(value, placeholder))
        });
        Self { outer: REPLACED.replace(key) }
    }
}

impl Drop for Placeholder {
    fn drop(&mut self) {
        REPLACED.set(self.outer.take());
    }
}

/// Puts the key back into bytes that are about to be written to the service. It is done once a
/// request: the head comes before the body, which is left alone.
pub(crate) fn put_key_back(output: &mut [u8]) {
    REPLACED.with_borrow_mut(|replaced| {
        let Some(key) = replaced else { return };
        let is_placeholder = |bytes: &[u8]| {
            bytes.split_first().is_some_and(|(_, rest)| rest.iter().all(|byte| *byte == OTHER))
        };
        let starts = output.iter().enumerate().filter(|(_, byte)| **byte == FIRST);
        let mut places = starts.map(|(at, _)| at..at + key.len());
        let place = places.find(|place| output.get(place.clone()).is_some_and(is_placeholder));
        if let Some(place) = place.and_then(|place| output.get_mut(place)) {
            place.copy_from_slice(key.as_bytes());
            *replaced = None;
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "ABRACADABRA7";

    #[test]
    fn only_the_first_placeholder_becomes_the_key_again() {
        let mut headers = headers();
        let guard = Placeholder::replace_key(&mut headers);
        let value = headers[KEY_HEADER].clone();
        assert!(value.is_sensitive() && value.len() == KEY.len() && value != KEY);

        let unlike = [&value.as_bytes()[1..], &[FIRST, FIRST, 0], &value.as_bytes()[..5]].concat();
        assert_eq!(written(&unlike), unlike);

        let head = [b"GET / HTTP/1.1\r\nx-dc-devkey: ", value.as_bytes(), b"\r\n"].concat();
        assert_eq!(written(&head), b"GET / HTTP/1.1\r\nx-dc-devkey: ABRACADABRA7\r\n");
        assert_eq!(written(value.as_bytes()), value.as_bytes(), "a body is sent as it is");

        drop(guard);
        assert_eq!(written(&head), head);
    }

    #[test]
    fn an_exchange_inside_another_leaves_the_outer_key_in_place() {
        let outer = Placeholder::replace_key(&mut headers());
        drop(Placeholder::replace_key(&mut HeaderMap::new()));
        assert_eq!(written(&placeholder(KEY.len())), KEY.as_bytes());
        drop(outer);
        assert!(REPLACED.with_borrow(Option::is_none));
    }

    fn headers() -> HeaderMap {
        let name = http::HeaderName::from_static(KEY_HEADER);
        HeaderMap::from_iter([(name, HeaderValue::from_static(KEY))])
    }

    fn written(output: &[u8]) -> Vec<u8> {
        let mut output = output.to_vec();
        put_key_back(&mut output);
        output
    }
}
