//! A TCP connection on which each read and write ends at a deadline.

use std::{
    io::{self, ErrorKind, Read, Write},
    net::TcpStream,
    time::Duration,
};

use crate::deadline::Deadline;

/// The kernel rounds a long timeout of a socket up by as much as two seconds. A long wait is
/// therefore several short ones.
const LONGEST_WAIT: Duration = Duration::from_secs(1);

#[derive(Debug)]
pub(crate) struct Socket {
    stream: TcpStream,
    deadline: Deadline,
    /// What the socket was told last, to save system calls.
    read_timeout: Option<Duration>,
    write_timeout: Option<Duration>,
}

impl Socket {
    pub(crate) fn new(stream: TcpStream, deadline: Deadline) -> io::Result<Self> {
        stream.set_nodelay(true)?;
        Ok(Self { stream, deadline, read_timeout: None, write_timeout: None })
    }

    pub(crate) fn set_deadline(&mut self, deadline: Deadline) {
        self.deadline = deadline;
    }

    /// Reads as [`Read::read`] does, and leaves the bytes to be read again.
    pub(crate) fn peek(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.receive(|stream| stream.peek(buffer))
    }

    /// Returns whether the peer has neither ended the connection nor sent anything.
    pub(crate) fn is_silent(&self) -> bool {
        let probe = self.stream.set_nonblocking(true).and_then(|()| self.stream.peek(&mut [0]));
        let is_silent = probe.is_err_and(|error| error.kind() == ErrorKind::WouldBlock);
        is_silent && self.stream.set_nonblocking(false).is_ok()
    }

    fn receive(
        &mut self,
        mut receive: impl FnMut(&TcpStream) -> io::Result<usize>,
    ) -> io::Result<usize> {
        loop {
            let wait = Some(self.deadline.time_left()?.min(LONGEST_WAIT));
            if self.read_timeout != wait {
                tolerate_macos(self.stream.set_read_timeout(wait))?;
                self.read_timeout = wait;
            }
            match receive(&self.stream) {
                Err(error) if is_only_a_wait(&error) => {}
                result => return result,
            }
        }
    }
}

impl Read for Socket {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.receive(|mut stream| stream.read(buffer))
    }
}

impl Write for Socket {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        loop {
            let wait = Some(self.deadline.time_left()?.min(LONGEST_WAIT));
            if self.write_timeout != wait {
                tolerate_macos(self.stream.set_write_timeout(wait))?;
                self.write_timeout = wait;
            }
            match self.stream.write(bytes) {
                Err(error) if is_only_a_wait(&error) => {}
                result => return result,
            }
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Whether a wait ended, and not the connection.
fn is_only_a_wait(error: &io::Error) -> bool {
    match error.kind() {
        ErrorKind::Interrupted | ErrorKind::WouldBlock => true,
        // Elsewhere, this is a peer that is gone.
        ErrorKind::TimedOut => cfg!(windows),
        _ => false,
    }
}

/// macOS refuses to set a timeout once the peer has closed, though there may be bytes to read.
fn tolerate_macos(result: io::Result<()>) -> io::Result<()> {
    match result {
        Err(error) if cfg!(target_os = "macos") && error.kind() == ErrorKind::InvalidInput => {
            Ok(())
        }
        result => result,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use std::{net::TcpListener, thread, time::Instant};

    use ureq::unversioned::transport::NextTimeout;

    use super::*;

    #[test]
    fn a_long_wait_is_cut_into_short_ones() {
        let (mut socket, mut peer) = pair(deadline(Duration::from_secs(20)));
        peer.write_all(b"a").unwrap();
        socket.read_exact(&mut [0]).unwrap();
        socket.write_all(b"b").unwrap();
        let told = [socket.stream.read_timeout(), socket.stream.write_timeout()];
        for timeout in told {
            assert!(timeout.unwrap().unwrap() <= LONGEST_WAIT);
        }
    }

    #[test]
    fn waits_go_on_until_the_deadline_and_no_longer() {
        let whole = Duration::from_millis(1200);
        let begun = Instant::now();
        let (mut socket, _peer) = pair(deadline(whole));
        let error = socket.read(&mut [0]).unwrap_err();
        assert!(socket.deadline.timed_out(&error).is_some(), "{error}");
        assert!(begun.elapsed() >= whole, "longer than one wait: {:?}", begun.elapsed());

        // Even if there is something to read, or room to write.
        assert!(socket.write(b"b").is_err() && socket.peek(&mut [0]).is_err());
    }

    #[test]
    fn a_peer_that_does_not_read_blocks_no_longer_than_the_deadline() {
        let (mut socket, _peer) = pair(deadline(Duration::from_millis(100)));
        let error = socket.write_all(&vec![0; 64 << 20]).unwrap_err();
        assert!(socket.deadline.timed_out(&error).is_some(), "{error}");
    }

    #[test]
    fn a_peek_leaves_the_bytes() {
        let (mut socket, mut peer) = pair(deadline(Duration::from_secs(20)));
        assert!(socket.is_silent());
        peer.write_all(b"ab").unwrap();
        let (mut peeked, mut read) = ([0; 1], [0; 2]);
        assert_eq!(socket.peek(&mut peeked).unwrap(), 1);
        assert!(!socket.is_silent());
        socket.read_exact(&mut read).unwrap();
        assert_eq!((&peeked, &read), (b"a", b"ab"));
    }

    fn deadline(after: Duration) -> Deadline {
        Deadline::new(NextTimeout { after: after.into(), ..NextTimeout::default() })
    }

    fn pair(deadline: Deadline) -> (Socket, TcpStream) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let accepting = thread::spawn(move || listener.accept().unwrap().0);
        let socket = Socket::new(TcpStream::connect(address).unwrap(), deadline).unwrap();
        (socket, accepting.join().unwrap())
    }
}
