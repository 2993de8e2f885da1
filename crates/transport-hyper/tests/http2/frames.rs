//! A server that does with each stream what it is told, frame by frame.

use std::{
    io::{self, Write},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};
use tokio_rustls::TlsAcceptor;

use crate::site::Site;

/// What becomes of a stream.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reply {
    /// An empty list.
    List,
    /// An empty list, and a GOAWAY: later streams are not processed.
    LastList,
    /// What may be a list or the beginning of one, and a stream error that says "no error".
    CutList,
    /// As [`CutList`](Self::CutList), but the length was announced, and has come.
    SizedList,
    /// The beginning of a list whose announced length is more, and the regular end of the stream.
    ShortList,
    /// A GOAWAY that leaves this stream out: it was not processed.
    LeaveOut,
    /// A stream error: it was not processed.
    Refuse,
    /// A stream error: something went wrong inside the server.
    Reset,
    /// Nothing, and neither does anything else come on this connection from now on.
    Silence,
    /// The connection is closed.
    Close,
}

/// Says what to do with a stream, by the numbers of its connection and of the stream there.
type Plan = fn(connection: usize, stream: usize) -> Reply;

pub(crate) struct Server {
    pub(crate) site: Site,
    seen: Arc<Seen>,
}

#[derive(Default)]
struct Seen {
    connections: AtomicUsize,
    streams: AtomicUsize,
}

impl Server {
    pub(crate) async fn start(plan: Plan) -> Self {
        Self::start_leaving(0, plan).await
    }

    /// Starts a server that sends GOAWAY on the first `leaving` connections before the client has
    /// sent anything, and follows the plan on the others.
    pub(crate) async fn start_leaving(leaving: usize, plan: Plan) -> Self {
        let (site, listener, acceptor) = Site::open().await;
        let seen = Arc::<Seen>::default();
        tokio::spawn(accept(listener, acceptor, Arc::clone(&seen), leaving, plan));
        Self { site, seen }
    }

    /// How many connections have brought a request.
    pub(crate) fn connections(&self) -> usize {
        self.seen.connections.load(Ordering::Relaxed)
    }

    /// How many requests have come, whatever became of them.
    pub(crate) fn streams(&self) -> usize {
        self.seen.streams.load(Ordering::Relaxed)
    }
}

async fn accept(
    listener: TcpListener,
    acceptor: TlsAcceptor,
    seen: Arc<Seen>,
    leaving: usize,
    plan: Plan,
) {
    for number in 0.. {
        let (stream, _) = listener.accept().await.unwrap();
        let (acceptor, seen) = (acceptor.clone(), Arc::clone(&seen));
        tokio::spawn(async move {
            let accepting = acceptor.accept_with(stream, |tls| {
                if number < leaving {
                    let goaway = frame(GOAWAY, 0, 0, &[[0; 4], NO_ERROR].concat());
                    let early = [frame(SETTINGS, 0, 0, &[]), goaway].concat();
                    tls.writer().write_all(&early).unwrap();
                }
            });
            // A client may go at any point.
            if let Ok(mut tls) = accepting.await {
                let _ = serve(&mut tls, &seen, plan).await;
                let _ = tls.shutdown().await;
            }
        });
    }
}

async fn serve(
    wire: &mut (impl AsyncReadExt + AsyncWriteExt + Unpin),
    seen: &Seen,
    plan: Plan,
) -> io::Result<()> {
    wire.read_exact(&mut [0; PREFACE.len()]).await?;
    write(wire, SETTINGS, 0, 0, &[]).await?;
    let (mut connection, mut streams, mut is_leaving) = (None, 0, false);
    loop {
        let (kind, id) = read(wire).await?;
        if kind != HEADERS || is_leaving {
            continue;
        }
        let first = || seen.connections.fetch_add(1, Ordering::Relaxed);
        let connection = *connection.get_or_insert_with(first);
        seen.streams.fetch_add(1, Ordering::Relaxed);
        let reply = plan(connection, streams);
        streams += 1;
        match reply {
            Reply::Silence => loop {
                read(wire).await?;
            },
            Reply::Close => return Ok(()),
            Reply::LeaveOut => {
                let last = id.saturating_sub(2).to_be_bytes();
                write(wire, GOAWAY, 0, 0, &[last, NO_ERROR].concat()).await?;
                is_leaving = true;
            }
            Reply::Refuse => write(wire, RST_STREAM, 0, id, &REFUSED_STREAM).await?,
            Reply::Reset => write(wire, RST_STREAM, 0, id, &INTERNAL_ERROR).await?,
            Reply::CutList | Reply::SizedList => {
                let head: &[u8] =
                    if reply == Reply::CutList { &STATUS_200 } else { &STATUS_200_LENGTH_2 };
                write(wire, HEADERS, END_HEADERS, id, head).await?;
                write(wire, DATA, 0, id, b"{}").await?;
                write(wire, RST_STREAM, 0, id, &NO_ERROR).await?;
            }
            Reply::ShortList => {
                write(wire, HEADERS, END_HEADERS, id, &STATUS_200_LENGTH_4).await?;
                write(wire, DATA, 0, id, b"{").await?;
                write(wire, DATA, END_STREAM, id, b"}").await?;
            }
            Reply::LastList | Reply::List => {
                if reply == Reply::LastList {
                    write(wire, GOAWAY, 0, 0, &[id.to_be_bytes(), NO_ERROR].concat()).await?;
                    is_leaving = true;
                }
                write(wire, HEADERS, END_HEADERS, id, &STATUS_200).await?;
                write(wire, DATA, END_STREAM, id, b"{}").await?;
            }
        }
    }
}

const PREFACE: &str = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
const DATA: u8 = 0;
const HEADERS: u8 = 1;
const RST_STREAM: u8 = 3;
const SETTINGS: u8 = 4;
const GOAWAY: u8 = 7;
const END_STREAM: u8 = 1;
const END_HEADERS: u8 = 4;
const NO_ERROR: [u8; 4] = [0; 4];
const INTERNAL_ERROR: [u8; 4] = [0, 0, 0, 2];
const REFUSED_STREAM: [u8; 4] = [0, 0, 0, 7];
/// As header compression has it.
const STATUS_200: [u8; 1] = [0x88];
const STATUS_200_LENGTH_2: [u8; 5] = [0x88, 0x0f, 0x0d, 1, b'2'];
const STATUS_200_LENGTH_4: [u8; 5] = [0x88, 0x0f, 0x0d, 1, b'4'];

/// Reads a frame, and returns its type and its stream.
async fn read(wire: &mut (impl AsyncReadExt + Unpin)) -> io::Result<(u8, u32)> {
    let mut head = [0; 9];
    wire.read_exact(&mut head).await?;
    let [a, b, c, kind, _flags, id @ ..] = head;
    let length = u32::from_be_bytes([0, a, b, c]);
    wire.read_exact(&mut vec![0; usize::try_from(length).unwrap()]).await?;
    Ok((kind, u32::from_be_bytes(id)))
}

async fn write(
    wire: &mut (impl AsyncWriteExt + Unpin),
    kind: u8,
    flags: u8,
    id: u32,
    payload: &[u8],
) -> io::Result<()> {
    wire.write_all(&frame(kind, flags, id, payload)).await?;
    wire.flush().await
}

fn frame(kind: u8, flags: u8, id: u32, payload: &[u8]) -> Vec<u8> {
    let [_, a, b, c] = u32::try_from(payload.len()).unwrap().to_be_bytes();
    [&[a, b, c, kind, flags], &id.to_be_bytes()[..], payload].concat()
}
