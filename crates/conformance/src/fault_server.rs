//! A server that runs scripts: the faults of the suite, and those that tests add.

mod identity;
pub mod responses;
mod script;

use std::{
    collections::VecDeque,
    io::{self, Read, Write},
    net::{Shutdown, SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc, Condvar, Mutex, Weak,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use rustls::{ServerConfig, ServerConnection, StreamOwned};
use socket2::{Domain, SockRef, Socket as Socket2, Type};

pub(crate) use self::script::in_words;
pub use self::{
    identity::{Identity, root_certificate_pem},
    script::{
        Gate, Script, Step, handshake_and_write, trickle, write, write_raw, write_without_end,
    },
};

/// Whether a server uses TLS.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "there are no others")]
pub enum Scheme {
    /// Without TLS.
    Http,
    /// With TLS.
    Https,
}

/// A server on loopback that goes through scripts, each once and in their order.
///
/// A script that begins with [`Step::ReadRequest`] is for the next request, whichever connection it
/// comes on. Any other is for the next connection. When no script is left, responses are good. Stops
/// on drop.
///
/// ```
/// use certcentral_conformance::fault_server::{FaultServer, Scheme, Step, write};
///
/// let fault = vec![Step::ReadRequest, write("HTTP/9.9 200 OK\r\n\r\n"), Step::Close];
/// let server = FaultServer::start(Scheme::Http, [fault]);
/// assert!(ureq::get(server.base_url()).call().is_err());
/// assert!(ureq::get(server.base_url()).call().is_ok());
/// assert_eq!((server.connections(), server.requests()), (2, 2));
/// ```
#[derive(Debug)]
pub struct FaultServer {
    address: SocketAddr,
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    scheme: Scheme,
    scripts: Mutex<VecDeque<Script>>,
    seen: Mutex<Seen>,
    news: Condvar,
    stopped: AtomicBool,
    /// Not owned: a socket is closed when its thread drops it.
    open: Mutex<Vec<Weak<TcpStream>>>,
}

/// What has happened so far.
#[derive(Clone, Copy, Debug, Default)]
struct Seen {
    connections: usize,
    requests: usize,
    keys: usize,
    finished: usize,
    ended: usize,
}

/// Ends a fault that the client does not end.
const PATIENCE: Duration = Duration::from_secs(15);
/// The most that is sent to a client that reads without a limit.
const MOST_WRITTEN: usize = 128 << 20;

impl FaultServer {
    /// Starts a server on a free port.
    ///
    /// # Panics
    ///
    /// If no port is free.
    pub fn start(scheme: Scheme, scripts: impl IntoIterator<Item = Script>) -> Self {
        let socket = Socket2::new(Domain::IPV4, Type::STREAM, None).unwrap();
        socket.bind(&SocketAddr::from(([127, 0, 0, 1], 0)).into()).unwrap();
        socket.listen(1024).unwrap(); // for the tests with hundreds of clients
        Self::listen(socket.into(), scheme, scripts)
    }

    /// Starts a server on a socket that is there already.
    pub(crate) fn listen(
        listener: TcpListener,
        scheme: Scheme,
        scripts: impl IntoIterator<Item = Script>,
    ) -> Self {
        let address = listener.local_addr().unwrap();
        let shared = Arc::new(Shared {
            scheme,
            scripts: Mutex::new(scripts.into_iter().collect()),
            seen: Mutex::default(),
            news: Condvar::new(),
            stopped: AtomicBool::new(false),
            open: Mutex::default(),
        });
        let accepting = Arc::clone(&shared);
        thread::spawn(move || accepting.accept(&listener));
        Self { address, shared }
    }

    /// Returns the base URL for clients.
    pub fn base_url(&self) -> String {
        let port = self.address.port();
        match self.shared.scheme {
            Scheme::Http => format!("http://127.0.0.1:{port}/services/v2"),
            Scheme::Https => format!("https://localhost:{port}/services/v2"),
        }
    }

    /// Returns how many connections it has accepted.
    pub fn connections(&self) -> usize {
        self.shared.seen.lock().unwrap().connections
    }

    /// Returns how many whole requests it has read.
    pub fn requests(&self) -> usize {
        self.shared.seen.lock().unwrap().requests
    }

    /// Returns how many of the requests carried a key.
    pub(crate) fn keys(&self) -> usize {
        self.shared.seen.lock().unwrap().keys
    }

    /// Waits until it has read `count` requests.
    ///
    /// # Panics
    ///
    /// If it has not after 30 seconds.
    pub fn wait_for_requests(&self, count: usize) {
        self.shared.wait_until(|seen| seen.requests >= count);
    }

    /// Waits until it has sent FIN or RST on `count` connections, or clients have closed them.
    ///
    /// # Panics
    ///
    /// If that has not happened after 30 seconds.
    pub fn wait_for_ends(&self, count: usize) {
        self.shared.wait_until(|seen| seen.finished + seen.ended >= count);
    }
}

impl Drop for FaultServer {
    fn drop(&mut self) {
        self.shared.stopped.store(true, Ordering::SeqCst);
        let _ = TcpStream::connect(self.address); // wakes `accept`
        for stream in self.shared.open.lock().unwrap().iter().filter_map(Weak::upgrade) {
            let _ = stream.shutdown(Shutdown::Both);
        }
    }
}

impl Shared {
    fn accept(self: Arc<Self>, listener: &TcpListener) {
        for stream in listener.incoming() {
            if self.stopped.load(Ordering::SeqCst) {
                return;
            }
            let stream = Arc::new(stream.unwrap());
            self.note(|seen| seen.connections += 1);
            self.open.lock().unwrap().push(Arc::downgrade(&stream));
            let shared = Arc::clone(&self);
            // Small stacks, because one test has hundreds of these.
            let thread = thread::Builder::new().stack_size(256 * 1024);
            // A peer that disconnects in the middle of a script ends it, which some scripts are for.
            let run = move || {
                let _ = Connection::new(Arc::clone(&shared), stream).run();
                shared.note(|seen| seen.ended += 1);
            };
            thread.spawn(run).unwrap();
        }
    }

    /// Returns the next script, if it is for a request or for a connection as asked.
    fn next_script(&self, for_request: bool) -> Option<Script> {
        let mut scripts = self.scripts.lock().unwrap();
        let is_for_request = |script: &Script| matches!(script[..], [Step::ReadRequest, ..]);
        if is_for_request(scripts.front()?) == for_request { scripts.pop_front() } else { None }
    }

    fn note(&self, happened: impl FnOnce(&mut Seen)) {
        happened(&mut self.seen.lock().unwrap());
        self.news.notify_all();
    }

    fn wait_until(&self, is_so: impl Fn(&Seen) -> bool) {
        let seen = self.seen.lock().unwrap();
        let patience = Duration::from_secs(30);
        let (_seen, waited) =
            self.news.wait_timeout_while(seen, patience, |seen| !is_so(seen)).unwrap();
        assert!(!waited.timed_out(), "the server did not see it in time");
    }
}

struct Connection {
    server: Arc<Shared>,
    wire: Wire,
    /// The beginning of a request that no step has read yet.
    unread: Vec<u8>,
}

enum Wire {
    Plain(Socket),
    Tls(Box<StreamOwned<ServerConnection, Socket>>),
}

/// A socket that can be shut down from elsewhere.
#[derive(Clone)]
struct Socket(Arc<TcpStream>);

impl Connection {
    fn new(server: Arc<Shared>, stream: Arc<TcpStream>) -> Self {
        let _ = stream.set_nodelay(true);
        Self { server, wire: Wire::Plain(Socket(stream)), unread: Vec::new() }
    }

    fn run(mut self) -> io::Result<()> {
        let mut script = self.server.next_script(false).unwrap_or_default();
        loop {
            for step in script {
                let is_end = step.is_end();
                self.step(step)?;
                if is_end {
                    return Ok(());
                }
            }
            self.secure()?;
            self.read_more()?;
            let good = || vec![Step::ReadRequest, write(responses::good())];
            script = self.server.next_script(true).unwrap_or_else(good);
        }
    }

    fn step(&mut self, step: Step) -> io::Result<()> {
        match step {
            Step::Close => self.close(),
            Step::CloseNotify => self.close_notify(),
            Step::Fin => self.fin(),
            Step::HalfHandshake => {
                let flight = self.server_flight()?;
                self.wire.write_all(&flight[..flight.len() / 2])
            }
            Step::Handshake => self.handshake(Identity::Trusted.config(), b""),
            Step::HandshakeAs(identity) => self.handshake(identity.config(), b""),
            Step::HandshakeAndWrite(bytes) => {
                let mut config = ServerConfig::clone(&Identity::Trusted.config());
                config.send_half_rtt_data = true;
                self.handshake(Arc::new(config), &bytes)
            }
            Step::Open(gate) => {
                gate.open();
                Ok(())
            }
            Step::ReadRequest => self.read_request(),
            Step::ReadSome => self.wire.read(&mut [0; 4096]).map(drop),
            Step::Reset => SockRef::from(&*self.wire.socket().0).set_linger(Some(Duration::ZERO)),
            Step::Stall => self.drain(),
            Step::Trickle(bytes) => self.trickle(bytes.iter().cycle()),
            Step::TrickleHandshake => {
                let flight = self.server_flight()?;
                self.trickle(flight.iter())
            }
            Step::Wait(gate) => {
                gate.wait();
                Ok(())
            }
            Step::Write(bytes) => {
                self.secure()?;
                self.wire.write_all(&bytes)
            }
            Step::WriteRaw(bytes) => self.wire.socket().write_all(&bytes),
            Step::WriteWithoutEnd(bytes) => self.write_without_end(&bytes),
        }
    }

    /// Performs the handshake, unless there was one already or the server is without TLS.
    fn secure(&mut self) -> io::Result<()> {
        match (&self.wire, self.server.scheme) {
            (Wire::Plain(_), Scheme::Https) => self.handshake(Identity::Trusted.config(), b""),
            _ => Ok(()),
        }
    }

    fn handshake(&mut self, config: Arc<ServerConfig>, first: &[u8]) -> io::Result<()> {
        let mut socket = self.wire.socket().clone();
        let mut tls = ServerConnection::new(config).unwrap();
        tls.writer().write_all(first)?;
        if let Err(error) = tls.complete_io(&mut socket) {
            // Read on, so that no RST takes the alert away from the client.
            self.fin()?;
            return Err(error);
        }
        self.wire = Wire::Tls(Box::new(StreamOwned::new(tls, socket)));
        Ok(())
    }

    /// Returns the server's response to the client's first message, up to its `Finished`.
    fn server_flight(&mut self) -> io::Result<Vec<u8>> {
        let mut tls = ServerConnection::new(Identity::Trusted.config()).unwrap();
        while !tls.wants_write() {
            if tls.read_tls(self.wire.socket())? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            tls.process_new_packets().map_err(io::Error::other)?;
        }
        let mut flight = Vec::new();
        while tls.wants_write() {
            tls.write_tls(&mut flight)?;
        }
        Ok(flight)
    }

    fn read_request(&mut self) -> io::Result<()> {
        self.secure()?;
        let end = loop {
            match self.unread.windows(4).position(|bytes| bytes == b"\r\n\r\n") {
                Some(end) => break end + 4,
                None => self.read_more()?,
            }
        };
        let head = String::from_utf8_lossy(&self.unread[..end]).to_ascii_lowercase();
        let has_key = head.contains("\r\nx-dc-devkey:");
        let length = head
            .split_once("\r\ncontent-length:")
            .and_then(|(_, length)| length.lines().next()?.trim().parse::<usize>().ok());
        while self.unread.len() < end + length.unwrap_or_default() {
            self.read_more()?;
        }
        self.unread.clear();
        self.server.note(|seen| {
            seen.requests += 1;
            seen.keys += usize::from(has_key);
        });
        Ok(())
    }

    fn read_more(&mut self) -> io::Result<()> {
        let mut some = [0; 4096];
        let count = self.wire.read(&mut some)?;
        if count == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        self.unread.extend_from_slice(&some[..count]);
        Ok(())
    }

    fn trickle<'a>(&mut self, bytes: impl Iterator<Item = &'a u8>) -> io::Result<()> {
        let begun = Instant::now();
        for byte in bytes.take_while(|_| begun.elapsed() < PATIENCE) {
            self.wire.write_all(&[*byte])?;
            thread::sleep(Duration::from_millis(5)); // the fault itself, not a wait for something
        }
        Ok(())
    }

    /// Writes slowly enough to last for two seconds at least.
    fn write_without_end(&mut self, bytes: &[u8]) -> io::Result<()> {
        let together = bytes.repeat((64 << 10) / bytes.len() + 1);
        for _ in 0..MOST_WRITTEN / together.len() {
            self.wire.write_all(&together)?;
            thread::sleep(Duration::from_millis(1));
        }
        Ok(())
    }

    fn close(&mut self) -> io::Result<()> {
        self.close_notify()?;
        self.fin()
    }

    /// Under TLS, announces the end.
    fn close_notify(&mut self) -> io::Result<()> {
        if let Wire::Tls(tls) = &mut self.wire {
            tls.conn.send_close_notify();
            tls.flush()?;
        }
        Ok(())
    }

    /// Sends FIN, and reads what the peer still sends, because closing a socket with unread bytes would
    /// send RST.
    fn fin(&mut self) -> io::Result<()> {
        self.wire.socket().0.shutdown(Shutdown::Write)?;
        self.server.note(|seen| seen.finished += 1);
        self.drain()
    }

    fn drain(&mut self) -> io::Result<()> {
        self.wire.socket().0.set_read_timeout(Some(PATIENCE))?;
        while self.wire.socket().read(&mut [0; 4096])? > 0 {}
        Ok(())
    }
}

impl Wire {
    fn socket(&mut self) -> &mut Socket {
        match self {
            Self::Plain(socket) => socket,
            Self::Tls(tls) => &mut tls.sock,
        }
    }
}

impl Read for Wire {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Plain(socket) => socket.read(buffer),
            Self::Tls(tls) => tls.read(buffer),
        }
    }
}

impl Write for Wire {
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

impl Read for Socket {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        (&*self.0).read(buffer)
    }
}

impl Write for Socket {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        (&*self.0).write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        (&*self.0).flush()
    }
}
