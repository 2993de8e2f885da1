//! A connection as ureq uses it.

use std::{
    fmt::{self, Debug, Formatter},
    io::{self, Read, Write},
};

use ureq::{
    Error,
    unversioned::transport::{Buffers, ConnectionDetails, LazyBuffers, NextTimeout, Transport},
};

use crate::{deadline::Deadline, failure::Classified, placeholder, stream::Stream};

/// A stream with the buffers that ureq reads and writes. It puts the API key back in place of the
/// placeholder.
pub(crate) struct Connection {
    stream: Stream,
    buffers: LazyBuffers,
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
        let deadline = Deadline::new(timeout);
        self.stream.set_deadline(deadline);
        let output = self.buffers.output().get_mut(..amount).unwrap_or_default();
        placeholder::put_key_back(output);
        let written = self.stream.write_all(output).and_then(|()| self.stream.flush());
        output.fill(0); // no copy of the key stays
        written.map_err(|error| failure(error, deadline))
    }

    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, Error> {
        let deadline = Deadline::new(timeout);
        self.stream.set_deadline(deadline);
        let read = self.stream.read(self.buffers.input_append_buf());
        let amount = read.map_err(|error| failure(error, deadline))?;
        self.buffers.input_appended(amount);
        Ok(amount > 0)
    }

    /// Returns whether the connection can be used again.
    fn is_open(&mut self) -> bool {
        self.stream.is_silent()
    }

    fn is_tls(&self) -> bool {
        self.stream.is_tls()
    }
}

fn failure(error: io::Error, deadline: Deadline) -> Error {
    deadline.timed_out(&error).unwrap_or_else(|| Classified::in_use(error))
}

impl Debug for Connection {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connection").field("is_tls", &self.is_tls()).finish_non_exhaustive()
    }
}
