//! What is known of a connection, noted where its bytes pass, because hyper's errors do not tell.

use std::{
    io,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicBool, Ordering},
    },
    time::Instant,
};

use certcentral_network::TlsError;
use http::Extensions;
use hyper_util::client::legacy::connect::Connected;

/// The notes on one connection.
pub(crate) struct Wire {
    made: Instant,
    is_http2: bool,
    /// Whether anything was ever read.
    has_spoken: AtomicBool,
    /// Whether anything was read since the last write.
    has_responded: AtomicBool,
    flaw: OnceLock<Flaw>,
}

/// What the peer did that no connection gets over.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Flaw {
    /// It agreed on HTTP/2, and began with something else.
    Foreign,
    /// It did not accept the client's part of the TLS handshake.
    Refusal,
    /// It broke TLS later.
    Tls,
}

impl Wire {
    pub(crate) fn new(is_http2: bool) -> Self {
        Self {
            made: Instant::now(),
            is_http2,
            has_spoken: AtomicBool::new(false),
            has_responded: AtomicBool::new(false),
            flaw: OnceLock::new(),
        }
    }

    /// Returns the notes on `connection`, if it is one of those that are watched.
    pub(crate) fn of(connection: &Connected) -> Option<Arc<Self>> {
        let mut extras = Extensions::new();
        connection.get_extras(&mut extras);
        extras.remove()
    }

    pub(crate) fn is_http2(&self) -> bool {
        self.is_http2
    }

    pub(crate) fn was_made_before(&self, instant: Instant) -> bool {
        self.made < instant
    }

    /// Whether a byte of the response to the last request has come. Requests that share a
    /// connection cannot be told apart.
    pub(crate) fn has_responded(&self) -> bool {
        self.has_responded.load(Ordering::Relaxed)
    }

    pub(crate) fn flaw(&self) -> Option<Flaw> {
        self.flaw.get().copied()
    }

    /// Notes that the client writes.
    pub(crate) fn speak(&self) {
        self.has_responded.store(false, Ordering::Relaxed);
    }

    /// Notes what the peer wrote, the first time after the client did.
    pub(crate) fn hear(&self, bytes: &[u8]) {
        let is_first = !self.has_spoken.swap(true, Ordering::Relaxed);
        self.has_responded.store(true, Ordering::Relaxed);
        let is_settings = |first: &[u8]| first.get(3).is_none_or(|kind| *kind == SETTINGS);
        if is_first && self.is_http2 && !is_settings(bytes) {
            let _ = self.flaw.set(Flaw::Foreign);
        }
    }

    /// Notes why nothing could be read.
    pub(crate) fn fail(&self, error: &io::Error) {
        let Some(tls) = TlsError::of(error) else { return };
        let is_refusal = !self.has_spoken.load(Ordering::Relaxed) && tls.is_of_handshake();
        let _ = self.flaw.set(if is_refusal { Flaw::Refusal } else { Flaw::Tls });
    }
}

/// The type of the frame that an HTTP/2 server sends first. It stands after three bytes of length.
const SETTINGS: u8 = 4;
