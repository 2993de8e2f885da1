//! A connection as ureq uses it: with TLS or, to loopback only, without.

use std::{
    fmt::{self, Debug, Formatter},
    io::{Read, Write},
};

use rustls::{ClientConnection, StreamOwned};
use ureq::{
    Error,
    unversioned::transport::{
        Buffers, ConnectionDetails, LazyBuffers, NextTimeout, Transport, TransportAdapter,
    },
};

use crate::{failure::Classified, placeholder};

/// A stream with the buffers that ureq reads and writes. It puts the API key back in place of the
/// placeholder.
pub(crate) struct Connection {
    stream: Stream,
    buffers: LazyBuffers,
}

pub(crate) enum Stream {
    Plain(TransportAdapter),
    Tls(Box<StreamOwned<ClientConnection, TransportAdapter>>),
}

impl Connection {
    pub(crate) fn new(stream: Stream, details: &ConnectionDetails<'_>) -> Self {
        let (input, output) =
            (details.config.input_buffer_size(), details.config.output_buffer_size());
        Self { stream, buffers: LazyBuffers::new(input, output) }
    }
}

impl Transport for Connection {
    fn buffers(&mut self) -> &mut dyn Buffers {
        &mut self.buffers
    }

    fn transmit_output(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), Error> {
        self.stream.socket().set_timeout(timeout);
        let output = self.buffers.output().get_mut(..amount).unwrap_or_default();
        placeholder::put_key_back(output);
        let written = match &mut self.stream {
            Stream::Plain(socket) => socket.write_all(output),
            Stream::Tls(tls) => tls.write_all(output),
        };
        output.fill(0); // no copy of the key stays
        Ok(written?)
    }

    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, Error> {
        self.stream.socket().set_timeout(timeout);
        let input = self.buffers.input_append_buf();
        let read = match &mut self.stream {
            Stream::Plain(socket) => socket.read(input),
            Stream::Tls(tls) => tls.read(input),
        };
        let amount = read.map_err(Classified::while_reading)?;
        self.buffers.input_appended(amount);
        Ok(amount > 0)
    }

    /// Returns whether the connection can be used again: the peer has neither closed it nor sent
    /// anything after the last response, whether that has been read yet or not.
    fn is_open(&mut self) -> bool {
        let is_silent = match &mut self.stream {
            Stream::Plain(_) => true,
            Stream::Tls(tls) => tls.conn.process_new_packets().is_ok_and(|state| {
                state.plaintext_bytes_to_read() == 0 && !state.peer_has_closed()
            }),
        };
        let socket = self.stream.socket().get_mut();
        is_silent && socket.buffers().input().is_empty() && socket.is_open()
    }

    fn is_tls(&self) -> bool {
        matches!(self.stream, Stream::Tls(_))
    }
}

impl Debug for Connection {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connection").field("is_tls", &self.is_tls()).finish_non_exhaustive()
    }
}

impl Stream {
    fn socket(&mut self) -> &mut TransportAdapter {
        match self {
            Self::Plain(socket) => socket,
            Self::Tls(tls) => &mut tls.sock,
        }
    }
}
