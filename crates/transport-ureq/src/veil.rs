//! Keeps the key out of the logs of the libraries below.
//!
//! At their most verbose they log each byte that they write or read. So they are given a request
//! whose key is veiled, and the connection unveils it in what leaves them for the socket. Should
//! the service echo the key, it is veiled before they read it, and unveiled when they are done.
//! Veiled text is as long as the text itself, of bytes that no UTF-8 text has. A short key is no
//! secret, and may be any word of HTTP: it is veiled in what is sent, and nowhere else.

use std::{cell::RefCell, mem};

use http::{HeaderMap, HeaderValue};

/// The name of the header that carries the key.
const KEY_HEADER: &str = "x-dc-devkey";

/// How much of the key, from its start, may be seen: less than this.
const TELLING: usize = 5;

/// The least length of a key that is looked for in what is read.
const SECRET_LENGTH: usize = 8;

/// The bytes of a veil, each in its place. The first of them comes but once: it tells where the
/// next veil begins.
fn veil() -> impl Iterator<Item = u8> + Clone {
    [FIRST].into_iter().chain((0xf6..=0xff).cycle())
}

const FIRST: u8 = 0xf5;

thread_local! {
    /// Of the exchange that this thread performs.
    static SECRET: RefCell<Option<Secret>> = const { RefCell::new(None) };
}

struct Secret {
    key: HeaderValue,
    is_sent: bool,
    /// Whether anybody listens to what is read; if not, it is left alone.
    is_logged: bool,
    /// How much of the key's start stood at the end of what was read last.
    begun: usize,
    was_read: bool,
}

/// While it lives, connections on this thread unveil the key in what they send.
pub(crate) struct Veil {
    outer: Option<Secret>,
}

impl Veil {
    /// Veils the key in `headers`.
    pub(crate) fn draw(headers: &mut HeaderMap) -> Self {
        let secret = headers.get_mut(KEY_HEADER).and_then(|value| {
            let veiled: Vec<u8> = veil().take(value.len()).collect();
            let mut veiled = HeaderValue::from_bytes(&veiled).ok()?;
            veiled.set_sensitive(true);
            let key = mem::replace(value, veiled);
            let is_logged =
                log::max_level() >= log::LevelFilter::Debug && key.len() >= SECRET_LENGTH;
            Some(Secret { key, is_sent: false, is_logged, begun: 0, was_read: false })
        });
        Self { outer: SECRET.replace(secret) }
    }
}

impl Drop for Veil {
    fn drop(&mut self) {
        SECRET.set(self.outer.take());
    }
}

/// Unveils the key in what is about to be sent to the service.
pub(crate) fn unveil(sent: &mut [u8]) {
    SECRET.with_borrow_mut(|secret| {
        let Some(secret) = secret.as_mut().filter(|secret| !secret.is_sent) else { return };
        let is_veil = |text: &[u8]| text.iter().copied().eq(veil().take(text.len()));
        let firsts = (0..sent.len()).filter(|&at| sent.get(at) == Some(&FIRST));
        let mut veiled = firsts.map(|at| at..at + secret.key.len());
        let veiled = veiled.find(|place| sent.get(place.clone()).is_some_and(is_veil));
        if let Some(place) = veiled.and_then(|place| sent.get_mut(place)) {
            place.copy_from_slice(secret.key.as_bytes());
            secret.is_sent = true;
        }
    });
}

/// Veils the key in what was just read.
pub(crate) fn cover(read: &mut [u8]) {
    SECRET.with_borrow_mut(|secret| {
        if let Some(secret) = secret.as_mut().filter(|secret| secret.is_logged) {
            secret.cover(read);
        }
    });
}

/// Takes the veil off an answer's headers and body, if the key was in them.
pub(crate) fn lift(headers: &mut HeaderMap, body: &mut [u8]) {
    SECRET.with_borrow(|secret| {
        let Some(secret) = secret.as_ref().filter(|secret| secret.was_read) else { return };
        secret.uncover(body);
        for value in headers.values_mut() {
            let mut bytes = value.as_bytes().to_vec();
            secret.uncover(&mut bytes);
            if let Ok(lifted) = HeaderValue::from_bytes(&bytes) {
                *value = lifted;
            }
        }
    });
}

impl Secret {
    /// Veils the key where all of it stands, and its start where the read ends in it.
    fn cover(&mut self, read: &mut [u8]) {
        let mut rest = read;
        let mut before = mem::take(&mut self.begun);
        while !rest.is_empty() {
            let begun = self.begun_before(rest, before);
            before = 0;
            let spelled = self.spelled(rest, begun);
            let known = begun + spelled;
            let is_cut = spelled == rest.len() && known < self.key.len();
            let is_veiled = known == self.key.len() || (is_cut && known >= TELLING);
            if is_veiled {
                veil_over(rest, begun, spelled);
                self.was_read = true;
            }
            if is_cut {
                self.begun = known; // the next read may go on with it
                return;
            }
            rest = rest.get_mut(if is_veiled { spelled } else { 1 }..).unwrap_or_default();
        }
    }

    /// How much of the key's start the last read ended with, at most `before`, if `text` goes on
    /// with it, to its end or its own.
    fn begun_before(&self, text: &[u8], before: usize) -> usize {
        let key = self.key.as_bytes();
        let ended = key.get(..before).unwrap_or_default();
        let goes_on = |&begun: &usize| {
            let spelled = self.spelled(text, begun);
            key.get(..begun).is_some_and(|start| ended.ends_with(start))
                && (begun + spelled == key.len() || spelled == text.len())
        };
        (1..=before).rev().find(goes_on).unwrap_or_default()
    }

    /// How much of the key from `begun` on `text` begins with.
    fn spelled(&self, text: &[u8], begun: usize) -> usize {
        let key = self.key.as_bytes().iter().skip(begun);
        text.iter().zip(key).take_while(|(a, b)| a == b).count()
    }

    fn uncover(&self, text: &mut [u8]) {
        let mut rest = text;
        while !rest.is_empty() {
            // A veil begins with the key, or where a read began in it.
            let found = (0..TELLING).find_map(|begun| {
                let veil = veil().take(self.key.len()).skip(begun);
                let veiled = rest.iter().zip(veil).take_while(|(a, b)| *a == b).count();
                let end = begun + veiled;
                (veiled > 0 && end >= TELLING).then_some((begun, end))
            });
            let (begun, end) = found.unwrap_or_default();
            let key = self.key.as_bytes().get(begun..end).unwrap_or_default();
            for (byte, key) in rest.iter_mut().zip(key) {
                *byte = *key;
            }
            rest = rest.get_mut(key.len().max(1)..).unwrap_or_default();
        }
    }
}

fn veil_over(text: &mut [u8], begun: usize, length: usize) {
    for (byte, veil) in text.iter_mut().zip(veil().skip(begun)).take(length) {
        *byte = veil;
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;

    const KEY: &str = "ABRACADABRA7";

    fn secret() -> Secret {
        let key = HeaderValue::from_static(KEY);
        Secret { key, is_sent: false, is_logged: true, begun: 0, was_read: false }
    }

    /// What is seen of `text`, read in two parts, and what it becomes afterwards.
    fn read(text: &str, cut: usize) -> (String, String) {
        let mut secret = secret();
        let mut seen = text.as_bytes().to_vec();
        let (first, second) = seen.split_at_mut(cut);
        secret.cover(first);
        secret.cover(second);
        let mut lifted = seen.clone();
        secret.uncover(&mut lifted);
        (String::from_utf8_lossy(&seen).into_owned(), String::from_utf8(lifted).unwrap())
    }

    #[test]
    fn the_key_is_not_seen_wherever_a_read_ends_and_nothing_is_lost() {
        for text in [
            "ABRACADABRA7",
            "key: ABRACADABRA7, ABRACADABRA7ABRACADABRA7.",
            "cut off: ABRACADA",
            "something else: ABRACA-DABRA ABRABRACADABRA7 \u{e9}",
            "it begins anew: ABRACADABRAABRACADABRA7",
        ] {
            for cut in 0..=text.len() {
                if !text.is_char_boundary(cut) {
                    continue;
                }
                let (seen, lifted) = read(text, cut);
                assert_eq!(lifted, text, "cut at {cut}");
                assert!(!seen.contains(KEY), "{seen:?}, cut at {cut}");
            }
        }
        assert_eq!(read("ABRACADABRA7", 7).0, "\u{fffd}".repeat(12));
        assert_eq!(read("ABRACADABRA7", 4).0, format!("ABRA{}", "\u{fffd}".repeat(8)));
        assert_eq!(read("nothing of it: ABRA", 3).0, "nothing of it: ABRA");
    }

    #[test]
    fn only_the_first_veil_is_lifted_in_what_is_sent() {
        let mut headers = HeaderMap::from_iter([(
            http::HeaderName::from_static(KEY_HEADER),
            HeaderValue::from_static(KEY),
        )]);
        let veil = Veil::draw(&mut headers);
        let veiled = headers[KEY_HEADER].as_bytes().to_vec();
        assert!(headers[KEY_HEADER].is_sensitive() && veiled.len() == KEY.len());

        let mut others = [&veiled[1..], &[0xf5, 0xf5, 0], &veiled[..5]].concat();
        unveil(&mut others);
        assert_eq!(others, [&veiled[1..], &[0xf5, 0xf5, 0], &veiled[..5]].concat());

        let mut head = [b"GET / HTTP/1.1\r\nx-dc-devkey: ", &*veiled, b"\r\n"].concat();
        unveil(&mut head);
        assert_eq!(head, b"GET / HTTP/1.1\r\nx-dc-devkey: ABRACADABRA7\r\n");
        let mut body = veiled.clone();
        unveil(&mut body);
        assert_eq!(body, veiled, "a body is sent as it is");

        drop(veil);
        unveil(&mut veiled.clone());
        assert!(SECRET.with_borrow(Option::is_none));
    }
}
