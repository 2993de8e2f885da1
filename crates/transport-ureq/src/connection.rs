//! A connection as ureq uses it.

use std::{
    fmt::{self, Debug, Formatter},
    io::{self, ErrorKind, Read, Write},
    mem,
    sync::Arc,
};

use certcentral_core::FailureKind;
use ureq::{
    Error,
    unversioned::transport::{Buffers, ConnectionDetails, LazyBuffers, NextTimeout, Transport},
};

use crate::{
    deadline::Deadline,
    failure::Classified,
    framing::Framing,
    idle::{Idle, Kept, Slot},
    placeholder,
    pool_generation::PoolGeneration,
    stream::Stream,
};

/// A handle on a connection, with the buffers that ureq reads and writes. It puts the API key back
/// in place of the placeholder.
pub(crate) struct Connection {
    /// `None` while the connection is idle.
    stream: Option<Stream>,
    slot: Arc<Slot>,
    idle: Idle,
    generation: PoolGeneration,
    /// The number of the generation in which it last worked.
    worked_in: u64,
    is_tls: bool,
    exchange: Exchange,
    buffers: LazyBuffers,
    buffer_sizes: (usize, usize),
}

/// The request and response that the connection is used for.
#[derive(Default)]
struct Exchange {
    /// Whether it is not the first.
    is_on_kept_connection: bool,
    /// Whether a byte of the response has come.
    has_begun: bool,
    framing: Framing,
    /// What is wrong with the response, once all before it has been passed on.
    malformed: Option<&'static str>,
    /// Whether the peer took no more of the request. It may have responded before that.
    is_cut: bool,
}

impl Connection {
    pub(crate) fn new(
        stream: Stream,
        details: &ConnectionDetails<'_>,
        idle: Idle,
        generation: PoolGeneration,
    ) -> Self {
        let sizes = (details.config.input_buffer_size(), details.config.output_buffer_size());
        Self {
            slot: idle.slot(),
            idle,
            worked_in: generation.number(),
            generation,
            is_tls: stream.is_tls(),
            stream: Some(stream),
            exchange: Exchange::default(),
            buffers: LazyBuffers::new(sizes.0, sizes.1),
            buffer_sizes: sizes,
        }
    }

    /// Reads what is there, and appends what ureq needs of it to the input.
    fn read(&mut self, deadline: Deadline) -> Result<Progress, Error> {
        if let Some(problem) = self.exchange.malformed {
            let error = io::Error::new(ErrorKind::InvalidData, problem);
            return Err(Classified::error(FailureKind::Protocol, error));
        }
        let input = self.buffers.input_append_buf();
        let room = input.len().saturating_sub(FRAMING_LOOKAHEAD);
        let stream = self.stream.as_mut().ok_or_else(gone)?;
        stream.set_deadline(deadline);
        let input = input.get_mut(..room).unwrap_or_default();
        let is_cut = self.exchange.is_cut;
        let outcome = if is_cut { stream.read_only(input) } else { stream.read(input) };
        let amount = match outcome {
            Ok(0) => return self.end(deadline),
            Ok(amount) => amount,
            Err(error) => return Err(self.failure(error, deadline)),
        };
        self.exchange.has_begun = true;
        self.worked_in = self.generation.number();
        if self.exchange.framing.is_over() {
            self.buffers.input_appended(amount);
            return Ok(Progress::Some);
        }
        let input = self.buffers.input_append_buf();
        let mut passed = Vec::with_capacity(amount + FRAMING_LOOKAHEAD);
        let bytes = input.get(..amount).unwrap_or_default();
        self.exchange.malformed = self.exchange.framing.filter(bytes, &mut passed).err();
        if let Some(input) = input.get_mut(..passed.len()) {
            input.copy_from_slice(&passed);
            self.buffers.input_appended(passed.len());
        }
        Ok(if passed.is_empty() { Progress::Nothing } else { Progress::Some })
    }

    /// The peer has ended the connection. ureq knows whether that ends the response, but for two
    /// cases.
    fn end(&self, deadline: Deadline) -> Result<Progress, Error> {
        let is_too_early = !self.exchange.has_begun || self.exchange.framing.lacks_chunks();
        let error = || io::Error::new(ErrorKind::UnexpectedEof, "the peer closed the connection");
        if is_too_early { Err(self.failure(error(), deadline)) } else { Ok(Progress::End) }
    }

    fn failure(&self, error: io::Error, deadline: Deadline) -> Error {
        let timed_out = deadline.timed_out(&error);
        timed_out.unwrap_or_else(|| Classified::in_use(error, self.exchange.is_stale()))
    }
}

/// The result of one read.
enum Progress {
    Some,
    /// Only bytes that ureq does not need.
    Nothing,
    End,
}

/// How many bytes [`Framing`] keeps back at most until it knows what they begin.
const FRAMING_LOOKAHEAD: usize = 32;

impl Exchange {
    /// Whether the server may have closed the connection before it saw the request.
    fn is_stale(&self) -> bool {
        self.is_on_kept_connection && !self.has_begun
    }
}

impl Transport for Connection {
    fn buffers(&mut self) -> &mut dyn Buffers {
        &mut self.buffers
    }

    fn transmit_output(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), Error> {
        if self.exchange.has_begun {
            self.exchange = Exchange { is_on_kept_connection: true, ..Exchange::default() };
        }
        if self.exchange.is_cut {
            return Ok(());
        }
        let deadline = Deadline::new(timeout);
        let stream = self.stream.as_mut().ok_or_else(gone)?;
        stream.set_deadline(deadline);
        let output = self.buffers.output().get_mut(..amount).unwrap_or_default();
        placeholder::put_key_back(output);
        let written = stream.write_all(output).and_then(|()| stream.flush());
        output.fill(0); // no copy of the key stays
        // Whether there is a response, and which failure it is otherwise, is known once it is read.
        self.exchange.is_cut = match written {
            Err(error) if deadline.timed_out(&error).is_some() => {
                return Err(self.failure(error, deadline));
            }
            written => written.is_err(),
        };
        Ok(())
    }

    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, Error> {
        let deadline = Deadline::new(timeout);
        loop {
            match self.read(deadline)? {
                Progress::Some => return Ok(true),
                Progress::Nothing => {}
                Progress::End => return Ok(false),
            }
        }
    }

    /// Returns whether the connection can be used again. ureq asks before it keeps a connection,
    /// which is idle from then on, and before it uses one that it has kept.
    fn is_open(&mut self) -> bool {
        let is_current = self.generation.is_current(self.worked_in);
        if let Some(mut stream) = self.stream.take() {
            let empty = LazyBuffers::new(self.buffer_sizes.0, self.buffer_sizes.1);
            let buffers = mem::replace(&mut self.buffers, empty);
            let is_whole = buffers.input().is_empty() && !self.exchange.is_cut;
            let is_good = is_current && is_whole && stream.is_silent();
            return is_good && self.idle.put(&self.slot, Kept { stream, buffers });
        }
        let Some(mut kept) = self.slot.take() else { return false };
        if is_current && kept.stream.is_silent() {
            (self.stream, self.buffers) = (Some(kept.stream), kept.buffers);
        }
        self.stream.is_some()
    }

    fn is_tls(&self) -> bool {
        self.is_tls
    }
}

/// ureq has not asked whether the connection is open.
fn gone() -> Error {
    io::Error::from(ErrorKind::NotConnected).into()
}

impl Debug for Connection {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connection").field("is_tls", &self.is_tls).finish_non_exhaustive()
    }
}
