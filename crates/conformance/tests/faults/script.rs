//! What a server does with one connection.

use std::{
    borrow::Cow,
    sync::{Arc, Condvar, Mutex},
    time::Duration,
};

use rustls::ServerConfig;

/// The steps of one connection. Once they are through, and neither side has ended it, the server
/// goes on with good answers.
pub(crate) type Script = Vec<Step>;

#[derive(Clone)]
pub(crate) enum Step {
    /// Close in an orderly way: under TLS with a `close_notify`, and then with FIN.
    Close,
    /// Send a `close_notify`, and leave the connection below as it is.
    CloseNotify,
    /// Send FIN and nothing else, which under TLS is a cut.
    Fin,
    /// The TLS handshake. Without this step it happens before the first request is read.
    Handshake,
    /// The TLS handshake as someone else.
    HandshakeAs(Arc<ServerConfig>),
    /// The TLS handshake, with bytes right behind the server's part, where the client finds them
    /// before it can say anything.
    HandshakeAndWrite(Bytes),
    /// The client's part of the handshake, and half of the server's.
    HalfHandshake,
    /// Lets the test go on.
    Open(Gate),
    /// Waits for any bytes at all, and takes them off the wire.
    ReadSome,
    /// Reads one whole request, and counts it.
    ReadRequest,
    /// Ends the connection with RST, whatever was left to read or write.
    Reset,
    /// Says nothing until the peer goes away.
    Stall,
    /// Writes one byte after another, over and over, until the peer goes away.
    Trickle(Bytes),
    /// The client's part of the handshake, and then the server's, one byte after another.
    TrickleHandshake,
    /// Waits for the test.
    Wait(Gate),
    Write(Bytes),
    /// Writes past TLS.
    WriteRaw(Bytes),
    /// Writes over and over until the peer goes away.
    WriteWithoutEnd(Bytes),
}

pub(crate) type Bytes = Cow<'static, [u8]>;

pub(crate) use Step::{
    Close, CloseNotify, Fin, HalfHandshake, Handshake, HandshakeAs, Open, ReadRequest, ReadSome,
    Reset, Stall, TrickleHandshake, Wait,
};

pub(crate) fn write(bytes: impl IntoBytes) -> Step {
    Step::Write(bytes.into_bytes())
}

pub(crate) fn handshake_and_write(bytes: impl IntoBytes) -> Step {
    Step::HandshakeAndWrite(bytes.into_bytes())
}

pub(crate) fn write_raw(bytes: impl IntoBytes) -> Step {
    Step::WriteRaw(bytes.into_bytes())
}

pub(crate) fn write_without_end(bytes: impl IntoBytes) -> Step {
    Step::WriteWithoutEnd(bytes.into_bytes())
}

pub(crate) fn trickle(bytes: impl IntoBytes) -> Step {
    Step::Trickle(bytes.into_bytes())
}

impl Step {
    /// Whether nothing can follow on the same connection.
    pub(crate) fn is_end(&self) -> bool {
        use Step::{Trickle, WriteWithoutEnd};
        matches!(
            self,
            Close | Fin | Reset | Stall | TrickleHandshake | Trickle(_) | WriteWithoutEnd(_)
        )
    }
}

/// What a table may write as bytes.
pub(crate) trait IntoBytes {
    fn into_bytes(self) -> Bytes;
}

impl IntoBytes for &'static str {
    fn into_bytes(self) -> Bytes {
        Cow::Borrowed(self.as_bytes())
    }
}

impl IntoBytes for &'static [u8] {
    fn into_bytes(self) -> Bytes {
        Cow::Borrowed(self)
    }
}

impl IntoBytes for String {
    fn into_bytes(self) -> Bytes {
        Cow::Owned(String::into_bytes(self))
    }
}

impl IntoBytes for Vec<u8> {
    fn into_bytes(self) -> Bytes {
        Cow::Owned(self)
    }
}

/// Where a server and a test wait for each other, in place of sleeping.
#[derive(Clone, Default)]
pub(crate) struct Gate(Arc<(Mutex<bool>, Condvar)>);

impl Gate {
    pub(crate) fn open(&self) {
        *self.0.0.lock().unwrap() = true;
        self.0.1.notify_all();
    }

    /// Waits until the gate is open. One that stays shut is a failure, not a hang.
    pub(crate) fn wait(&self) {
        let open = self.0.0.lock().unwrap();
        let patience = Duration::from_secs(30);
        let (_open, waited) = self.0.1.wait_timeout_while(open, patience, |open| !*open).unwrap();
        assert!(!waited.timed_out(), "a gate stayed shut");
    }
}
