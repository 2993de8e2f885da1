//! An HTTP proxy on loopback that records every byte that its clients send.

use std::{
    io::{self, Read, Write},
    mem,
    net::{Shutdown, SocketAddr, TcpListener, TcpStream},
    sync::{Arc, Condvar, Mutex},
    thread::{self, JoinHandle},
    time::Duration,
};

/// What it does with a CONNECT request.
#[derive(Clone, Copy, Debug)]
pub(crate) enum ProxyMode {
    /// Opens the tunnel.
    Ok,
    /// Sends this and opens the tunnel.
    TunnelAfter(&'static str),
    /// Sends this and closes.
    Respond(&'static str),
    /// Sends this and does not close.
    RespondAndHold(&'static str),
    /// Sends this, and then a letter now and then, without end.
    RespondAndTrickle(&'static str),
    /// Pretends to open the tunnel, waits for the client's first bytes, sends this and closes.
    FakeTunnel(&'static str),
    /// Sends nothing at all.
    Silent,
    /// Sends one header, a byte at a time, without end.
    Trickle,
}

pub(crate) struct ConnectProxy {
    address: SocketAddr,
    state: Arc<State>,
    accepting: Option<JoinHandle<()>>,
}

impl ConnectProxy {
    pub(crate) fn start(mode: ProxyMode) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let state = Arc::<State>::default();
        let accepting = thread::spawn({
            let state = Arc::clone(&state);
            move || accept(&listener, mode, &state)
        });
        Self { address, state, accepting: Some(accepting) }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub(crate) fn url_with(&self, credentials: &str) -> String {
        format!("http://{credentials}@{}", self.address)
    }

    /// How many connections were made to it.
    pub(crate) fn connections(&self) -> usize {
        self.state.seen.lock().unwrap().connections
    }

    /// The head of each request, up to the empty line.
    pub(crate) fn heads(&self) -> Vec<String> {
        self.state.seen.lock().unwrap().heads.clone()
    }

    /// Every byte that clients sent, what went on through tunnels included.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        self.state.seen.lock().unwrap().bytes.clone()
    }

    /// Waits until clients have ended `count` connections.
    pub(crate) fn wait_for_ends(&self, count: usize) {
        let seen = self.state.seen.lock().unwrap();
        let patience = Duration::from_secs(30);
        let ended = self.state.ended.wait_timeout_while(seen, patience, |seen| seen.ends < count);
        assert!(!ended.unwrap().1.timed_out(), "a client never ended a connection");
    }
}

impl Drop for ConnectProxy {
    fn drop(&mut self) {
        self.state.seen.lock().unwrap().closing = true;
        // Wakes the thread that accepts.
        drop(TcpStream::connect(self.address));
        let _ = self.accepting.take().unwrap().join();
    }
}

#[derive(Default)]
struct State {
    seen: Mutex<Seen>,
    ended: Condvar,
}

#[derive(Default)]
struct Seen {
    connections: usize,
    heads: Vec<String>,
    bytes: Vec<u8>,
    ends: usize,
    closing: bool,
}

fn accept(listener: &TcpListener, mode: ProxyMode, state: &Arc<State>) {
    let mut open: Vec<TcpStream> = Vec::new();
    for stream in listener.incoming().map(Result::unwrap) {
        let mut seen = state.seen.lock().unwrap();
        if mem::take(&mut seen.closing) {
            break;
        }
        seen.connections += 1;
        drop(seen);
        let end = stream.try_clone().unwrap();
        open.push(stream.try_clone().unwrap());
        let state = Arc::clone(state);
        thread::spawn(move || {
            // A client may go at any point.
            let _ = serve(stream, mode, &state);
            let _ = end.shutdown(Shutdown::Both);
            state.seen.lock().unwrap().ends += 1;
            state.ended.notify_all();
        });
    }
    for stream in open {
        let _ = stream.shutdown(Shutdown::Both);
    }
}

fn serve(mut client: TcpStream, mode: ProxyMode, state: &State) -> io::Result<()> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let byte = &mut [0];
        client.read_exact(byte)?;
        head.extend(*byte);
        state.seen.lock().unwrap().bytes.extend(*byte);
    }
    let head = String::from_utf8_lossy(&head).into_owned();
    state.seen.lock().unwrap().heads.push(head.clone());
    match mode {
        ProxyMode::Respond(response) => client.write_all(response.as_bytes()),
        ProxyMode::RespondAndHold(response) => {
            client.write_all(response.as_bytes())?;
            pass(client, &mut io::sink(), state)
        }
        ProxyMode::FakeTunnel(text) => {
            client.write_all(b"HTTP/1.1 200 OK\r\n\r\n")?;
            client.read_exact(&mut [0])?;
            client.write_all(text.as_bytes())?;
            client.shutdown(Shutdown::Write)?;
            pass(client, &mut io::sink(), state)
        }
        ProxyMode::Silent => pass(client, &mut io::sink(), state),
        ProxyMode::RespondAndTrickle(response) => trickle(client, response),
        ProxyMode::Trickle => trickle(client, "HTTP/1.1 200 OK\r\nX-Slow: "),
        ProxyMode::Ok => {
            tunnel(client, "HTTP/1.1 200 Connection established\r\n\r\n", &head, state)
        }
        ProxyMode::TunnelAfter(response) => tunnel(client, response, &head, state),
    }
}

fn trickle(mut client: TcpStream, beginning: &str) -> io::Result<()> {
    client.write_all(beginning.as_bytes())?;
    loop {
        client.write_all(b"y")?; // until the client goes
        thread::sleep(Duration::from_millis(20));
    }
}

fn tunnel(mut client: TcpStream, response: &str, head: &str, state: &State) -> io::Result<()> {
    let Some(target) = head.strip_prefix("CONNECT ") else {
        return client.write_all(b"HTTP/1.1 405 CONNECT only\r\n\r\n");
    };
    let mut server = TcpStream::connect(target.split(' ').next().unwrap())?;
    client.write_all(response.as_bytes())?;
    let back = thread::spawn({
        let (mut server, mut client) = (server.try_clone()?, client.try_clone()?);
        move || {
            let _ = io::copy(&mut server, &mut client);
            client.shutdown(Shutdown::Write)
        }
    });
    let passed = pass(client, &mut server, state);
    server.shutdown(Shutdown::Write)?;
    let _ = back.join();
    passed
}

/// Forwards what the client sends until it ends, and records it.
fn pass(mut client: TcpStream, server: &mut dyn Write, state: &State) -> io::Result<()> {
    let buffer = &mut [0; 16 * 1024];
    loop {
        let count = client.read(buffer)?;
        if count == 0 {
            return Ok(());
        }
        state.seen.lock().unwrap().bytes.extend(&buffer[..count]);
        server.write_all(&buffer[..count])?;
    }
}
