//! A connection's socket, with TLS or, to loopback only, without.

use std::io::{self, ErrorKind, Read, Write};

use rustls::{ClientConnection, StreamOwned};

use crate::{deadline::Deadline, socket::Socket};

#[derive(Debug)]
pub(crate) enum Stream {
    Plain(Socket),
    Tls(Box<StreamOwned<ClientConnection, Socket>>),
}

impl Stream {
    pub(crate) fn set_deadline(&mut self, deadline: Deadline) {
        match self {
            Self::Plain(socket) => socket.set_deadline(deadline),
            Self::Tls(tls) => tls.sock.set_deadline(deadline),
        }
    }

    /// Reads as [`Read::read`] does, from a peer that takes nothing more. (TLS would first try to
    /// write what is left.)
    pub(crate) fn read_only(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let Self::Tls(tls) = self else { return self.read(buffer) };
        loop {
            match tls.conn.reader().read(buffer) {
                Err(error) if error.kind() == ErrorKind::WouldBlock => {}
                outcome => return outcome,
            }
            tls.conn.read_tls(&mut tls.sock)?;
            let processed = tls.conn.process_new_packets();
            processed.map_err(|error| io::Error::new(ErrorKind::InvalidData, error))?;
        }
    }

    pub(crate) fn is_tls(&self) -> bool {
        matches!(self, Self::Tls(_))
    }

    /// Returns whether the peer has neither ended the connection nor sent anything after the last
    /// response, whether that has been read yet or not.
    pub(crate) fn is_silent(&mut self) -> bool {
        match self {
            Self::Plain(socket) => socket.is_silent(),
            Self::Tls(tls) => {
                let is_silent = tls.conn.process_new_packets().is_ok_and(|state| {
                    state.plaintext_bytes_to_read() == 0 && !state.peer_has_closed()
                });
                is_silent && tls.sock.is_silent()
            }
        }
    }
}

impl Read for Stream {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Plain(socket) => socket.read(buffer),
            Self::Tls(tls) => tls.read(buffer),
        }
    }
}

impl Write for Stream {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Plain(socket) => socket.write(bytes),
            Self::Tls(tls) => tls.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Plain(socket) => socket.flush(),
            Self::Tls(tls) => tls.flush(),
        }
    }
}
