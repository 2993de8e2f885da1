//! Scripts: what the server does with a connection, step by step.

use std::{
    fmt::{self, Display, Formatter},
    sync::{Arc, Condvar, Mutex},
    time::Duration,
};

use bytes::Bytes;

use super::Identity;

/// What a server does, step by step.
pub type Script = Vec<Step>;

/// One step of a [`Script`].
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Step {
    /// Closes in an orderly way: under TLS with a `close_notify`, and then with FIN.
    Close,
    /// Sends a `close_notify`, and leaves the connection below as it is.
    CloseNotify,
    /// Sends FIN and nothing else. Under TLS the data is cut off then.
    Fin,
    /// Performs the TLS handshake. Without this step it happens before the first request is read.
    Handshake,
    /// Performs the TLS handshake with another certificate.
    HandshakeAs(Identity),
    /// Performs the TLS handshake and writes right behind the server's part of it, where the client
    /// finds the bytes before it has sent its request.
    HandshakeAndWrite(Bytes),
    /// Reads the client's part of the handshake and writes half of the server's.
    HalfHandshake,
    /// Opens a gate, on which a test waits.
    Open(Gate),
    /// Waits for any bytes and reads them.
    ReadSome,
    /// Reads one whole request, and counts it.
    ReadRequest,
    /// Ends the connection with RST, even if there is more to read or write.
    Reset,
    /// Sends nothing until the client goes away, or for 15 seconds.
    Stall,
    /// Writes one byte after another, over and over, until the client goes away, or for 15 seconds.
    Trickle(Bytes),
    /// Reads the client's part of the handshake, and writes the server's one byte after another.
    TrickleHandshake,
    /// Waits until a test opens the gate.
    Wait(Gate),
    /// Writes bytes.
    Write(Bytes),
    /// Writes bytes past TLS.
    WriteRaw(Bytes),
    /// Writes the same bytes over and over until the client goes away, or 128 MiB are written.
    WriteWithoutEnd(Bytes),
}

/// Returns a step that writes bytes.
pub fn write(bytes: impl Into<Bytes>) -> Step {
    Step::Write(bytes.into())
}

/// Returns a step that performs the TLS handshake and writes right behind it.
pub fn handshake_and_write(bytes: impl Into<Bytes>) -> Step {
    Step::HandshakeAndWrite(bytes.into())
}

/// Returns a step that writes bytes past TLS.
pub fn write_raw(bytes: impl Into<Bytes>) -> Step {
    Step::WriteRaw(bytes.into())
}

/// Returns a step that writes bytes over and over.
pub fn write_without_end(bytes: impl Into<Bytes>) -> Step {
    Step::WriteWithoutEnd(bytes.into())
}

/// Returns a step that writes one byte after another, over and over.
pub fn trickle(bytes: impl Into<Bytes>) -> Step {
    Step::Trickle(bytes.into())
}

impl Step {
    /// Whether nothing can follow on the same connection.
    pub(crate) fn is_end(&self) -> bool {
        use Step::{Close, Fin, Reset, Stall, Trickle, TrickleHandshake, WriteWithoutEnd};
        matches!(
            self,
            Close | Fin | Reset | Stall | TrickleHandshake | Trickle(_) | WriteWithoutEnd(_)
        )
    }
}

impl Display for Step {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Close => f.write_str("closes"),
            Self::CloseNotify => f.write_str("sends close_notify"),
            Self::Fin => f.write_str("sends FIN"),
            Self::Handshake => f.write_str("performs the handshake"),
            Self::HandshakeAs(identity) => write!(f, "performs the handshake with {identity}"),
            Self::HandshakeAndWrite(bytes) => {
                write!(f, "performs the handshake and writes {}", Shown(bytes))
            }
            Self::HalfHandshake => f.write_str("writes half of its handshake"),
            Self::Open(_) => f.write_str("tells the test"),
            Self::ReadSome => f.write_str("reads some bytes"),
            Self::ReadRequest => f.write_str("reads a request"),
            Self::Reset => f.write_str("sends RST"),
            Self::Stall => f.write_str("sends nothing more"),
            Self::Trickle(bytes) => {
                write!(f, "writes {} byte by byte, over and over", Shown(bytes))
            }
            Self::TrickleHandshake => f.write_str("writes its handshake byte by byte"),
            Self::Wait(_) => f.write_str("waits for the test"),
            Self::Write(bytes) => write!(f, "writes {}", Shown(bytes)),
            Self::WriteRaw(bytes) => write!(f, "writes {} past TLS", Shown(bytes)),
            Self::WriteWithoutEnd(bytes) => write!(f, "writes {} over and over", Shown(bytes)),
        }
    }
}

/// What a script does, in words.
pub(crate) fn in_words(script: &[Step]) -> String {
    const MOST: usize = 6;
    let mut words: Vec<_> = script.iter().take(MOST).map(Step::to_string).collect();
    if script.len() > MOST {
        words.push(format!("and {} steps more", script.len() - MOST));
    }
    words.join(", ")
}

/// The beginning of what is written, in quotes.
struct Shown<'a>(&'a [u8]);

impl Display for Shown<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        const MOST: usize = 120;
        match self.0.get(..MOST) {
            None => write!(f, "\"{}\"", self.0.escape_ascii()),
            Some(beginning) => {
                write!(f, "\"{}\"… ({} bytes)", beginning.escape_ascii(), self.0.len())
            }
        }
    }
}

/// A gate at which a server waits for a test, or a test for the server, without sleeping.
#[derive(Clone, Debug, Default)]
pub struct Gate(Arc<(Mutex<bool>, Condvar)>);

impl Gate {
    /// Opens the gate for good.
    pub fn open(&self) {
        *self.0.0.lock().unwrap() = true;
        self.0.1.notify_all();
    }

    /// Waits until the gate is open.
    ///
    /// # Panics
    ///
    /// If it is still shut after 30 seconds: that is a failure, not a hang.
    pub fn wait(&self) {
        let open = self.0.0.lock().unwrap();
        let patience = Duration::from_secs(30);
        let (_open, waited) = self.0.1.wait_timeout_while(open, patience, |open| !*open).unwrap();
        assert!(!waited.timed_out(), "a gate stayed shut");
    }
}
