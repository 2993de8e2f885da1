//! Notes on a connection, taken where its bytes pass: hyper's errors do not say on which connection a
//! request failed, or how far it had come.

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
pub(crate) struct ConnectionNotes {
    made: Instant,
    is_http2: bool,
    has_read: AtomicBool,
    /// Whether anything was read since the last write.
    has_responded: AtomicBool,
    violation: OnceLock<Violation>,
}

/// A fatal protocol violation by the peer.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Violation {
    /// It agreed on HTTP/2, and began with something else.
    NotHttp2,
    /// It did not accept the client's part of the TLS handshake.
    HandshakeRefused,
    /// It broke TLS later.
    BrokenTls,
}

impl ConnectionNotes {
    pub(crate) fn new(is_http2: bool) -> Self {
        Self {
            made: Instant::now(),
            is_http2,
            has_read: AtomicBool::new(false),
            has_responded: AtomicBool::new(false),
            violation: OnceLock::new(),
        }
    }

    /// Returns the notes on `connection`, if it is one of those with notes.
    pub(crate) fn of(connection: &Connected) -> Option<Arc<Self>> {
        let mut extras = Extensions::new();
        connection.get_extras(&mut extras);
        extras.remove()
    }

    pub(crate) fn is_http2(&self) -> bool {
        self.is_http2
    }

    /// Whether anything was ever read.
    pub(crate) fn has_read(&self) -> bool {
        self.has_read.load(Ordering::Relaxed)
    }

    pub(crate) fn was_made_before(&self, instant: Instant) -> bool {
        self.made < instant
    }

    /// Whether a byte of the response to the last request has come. Requests that share a
    /// connection cannot be told apart.
    pub(crate) fn has_responded(&self) -> bool {
        self.has_responded.load(Ordering::Relaxed)
    }

    pub(crate) fn violation(&self) -> Option<Violation> {
        self.violation.get().copied()
    }

    /// Notes that the client writes.
    pub(crate) fn wrote(&self) {
        self.has_responded.store(false, Ordering::Relaxed);
    }

    /// Notes the first bytes that were read after a write.
    pub(crate) fn read(&self, bytes: &[u8]) {
        let is_first = !self.has_read.swap(true, Ordering::Relaxed);
        self.has_responded.store(true, Ordering::Relaxed);
        let is_settings = |first: &[u8]| first.get(3).is_none_or(|kind| *kind == SETTINGS);
        if is_first && self.is_http2 && !is_settings(bytes) {
            let _ = self.violation.set(Violation::NotHttp2);
        }
    }

    /// Notes that a read failed.
    pub(crate) fn read_failed(&self, error: &io::Error) {
        let Some(tls) = TlsError::of(error) else { return };
        let is_refusal = !self.has_read() && tls.is_of_handshake();
        let _ = self.violation.set(if is_refusal {
            Violation::HandshakeRefused
        } else {
            Violation::BrokenTls
        });
    }
}

/// The type of the frame that an HTTP/2 server sends first. It stands after three bytes of length.
const SETTINGS: u8 = 4;
