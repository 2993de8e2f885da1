//! A connection: opened, sent on, and how it ended.

use std::{
    future::poll_fn,
    io::{self, ErrorKind},
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll, ready},
    time::{Duration, Instant},
};

use bytes::Bytes;
use certcentral_network::TlsError;
use http::{HeaderValue, Request, Response, Uri, header::HOST};
use http_body_util::Full;
#[cfg(feature = "http2")]
use hyper::client::conn::http2;
use hyper::{
    body::Incoming,
    client::conn::{TrySendError, http1},
    rt::{Read, ReadBufCursor, Write},
};
use hyper_util::client::legacy::connect;
use tokio::{sync::oneshot, time::timeout};

/// A connection. In HTTP/1 it has one owner; in HTTP/2 others may have it too.
pub(crate) struct Connection {
    sender: Sender,
    handover: Handover,
    end: Option<oneshot::Receiver<End>>,
    pub(crate) made: Instant,
    used: Instant,
}

enum Sender {
    Http1(http1::SendRequest<Full<Bytes>>),
    #[cfg(feature = "http2")]
    Http2(http2::SendRequest<Full<Bytes>>),
}

/// Lets a request be handed to its connection before that ends or after, and not meanwhile.
///
/// Between the two is tokio's channel. What is sent just as its receiver is dropped stays in it for as
/// long as there is a sender, and so for as long as its caller waits.
#[derive(Clone, Default)]
struct Handover(Arc<Mutex<()>>);

impl Handover {
    fn alone<T>(&self, work: impl FnOnce() -> T) -> T {
        let _alone = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        work()
    }
}

/// How a connection ended.
#[derive(Default)]
pub(crate) struct End {
    /// An error that no request was told of.
    pub(crate) error: Option<hyper::Error>,
    /// Whether a part of a response's head had come.
    pub(crate) has_begun_response: bool,
}

impl Connection {
    /// Opens a connection over `stream`, and has it driven by the runtime.
    pub(crate) async fn open<T>(stream: T) -> hyper::Result<Self>
    where
        T: connect::Connection + Read + Write + Send + Unpin + 'static,
    {
        #[cfg(feature = "http2")]
        let is_http2 = stream.connected().is_negotiated_h2();
        let stream = Stream(stream);
        let (ended, end) = oneshot::channel();
        let handover = Handover::default();
        let ending = handover.clone();
        #[cfg(feature = "http2")]
        if is_http2 {
            let executor = hyper_util::rt::TokioExecutor::new();
            let (sender, mut connection) = http2::handshake(executor, stream).await?;
            tokio::spawn(async move {
                let error = (&mut connection).await.err();
                ending.alone(|| drop(connection));
                let _ = ended.send(End { error, has_begun_response: false });
            });
            return Ok(Self::new(Sender::Http2(sender), handover, Some(end), Instant::now()));
        }
        let (sender, mut connection) = http1::handshake(stream).await?;
        tokio::spawn(async move {
            let error = poll_fn(|context| connection.poll_without_shutdown(context)).await.err();
            let parts = ending.alone(|| connection.into_parts());
            let http1::Parts { mut io, read_buf, .. } = parts;
            let _ = ended.send(End { error, has_begun_response: !read_buf.is_empty() });
            // In a box, because this future would have room for the stream twice.
            let shutdown = poll_fn(move |context| Pin::new(&mut io).poll_shutdown(context));
            // TLS has something to say at the end, which a peer that reads no more does not let it.
            let _ = timeout(PATIENCE, Box::pin(shutdown)).await;
        });
        Ok(Self::new(Sender::Http1(sender), handover, Some(end), Instant::now()))
    }

    fn new(
        sender: Sender,
        handover: Handover,
        end: Option<oneshot::Receiver<End>>,
        made: Instant,
    ) -> Self {
        Self { sender, handover, end, made, used: Instant::now() }
    }

    /// Sends `request` to `target`.
    pub(crate) async fn send(
        &mut self,
        mut request: Request<Full<Bytes>>,
        target: &Uri,
    ) -> Result<Response<Incoming>, TrySendError<Request<Full<Bytes>>>> {
        *request.uri_mut() = target.clone();
        match &mut self.sender {
            Sender::Http1(sender) => {
                if let Some((authority, path)) = target.authority().zip(target.path_and_query()) {
                    *request.uri_mut() = path.clone().into();
                    let host = HeaderValue::try_from(authority.as_str());
                    request.headers_mut().extend(host.ok().map(|host| (HOST, host)));
                }
                let response = self.handover.alone(|| sender.try_send_request(request));
                response.await
            }
            #[cfg(feature = "http2")]
            Sender::Http2(sender) => {
                let response = self.handover.alone(|| sender.try_send_request(request));
                response.await
            }
        }
    }

    /// Returns another owner of the connection, if it can have more than one.
    pub(crate) fn share(&self) -> Option<Self> {
        match &self.sender {
            Sender::Http1(_) => None,
            #[cfg(feature = "http2")]
            Sender::Http2(sender) => {
                let sender = Sender::Http2(sender.clone());
                Some(Self::new(sender, self.handover.clone(), None, self.made))
            }
        }
    }

    pub(crate) fn is_http2(&self) -> bool {
        !matches!(self.sender, Sender::Http1(_))
    }

    /// Whether a request can be sent now, on a connection that was not idle for too long.
    pub(crate) fn is_usable(&self, idle_timeout: Duration) -> bool {
        let is_ready = match &self.sender {
            Sender::Http1(sender) => sender.is_ready(),
            #[cfg(feature = "http2")]
            Sender::Http2(sender) => sender.is_ready(),
        };
        is_ready && self.used.elapsed() < idle_timeout
    }

    /// Waits until another request can be sent, or cannot.
    ///
    /// The connection's own task makes it ready, a moment after the end of a response, unless a part of
    /// the request is still to be written.
    pub(crate) async fn becomes_ready(&mut self) -> bool {
        let ready = match &mut self.sender {
            Sender::Http1(sender) => timeout(PATIENCE, sender.ready()).await,
            #[cfg(feature = "http2")]
            Sender::Http2(sender) => Ok(sender.ready().await),
        };
        self.used = Instant::now();
        matches!(ready, Ok(Ok(())))
    }

    /// Waits until the connection has ended. Who opened it is told how, once.
    pub(crate) async fn end(&mut self) -> End {
        match self.end.take() {
            Some(end) => end.await.unwrap_or_default(),
            None => End::default(),
        }
    }
}

/// A busy machine may take long to run that task, and a peer to read what ends a connection.
const PATIENCE: Duration = Duration::from_secs(1);

/// A stream whose errors hyper and h2 understand.
///
/// A peer that takes no more of a request may have responded before that. Whether it has, and which
/// failure it is otherwise, is known once that is read, so what is left to write is dropped. An error
/// of TLS is the end of a connection like any other, unless it is the server's verdict on the client's
/// part of the handshake.
struct Stream<T>(T);

impl<T: Read + Unpin> Read for Stream<T> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(context, buffer).map_err(|error| {
            match TlsError::of(&error) {
                Some(tls) if tls.is_of_handshake() => io::Error::new(HANDSHAKE_REFUSED, tls),
                Some(tls) => io::Error::new(ErrorKind::ConnectionAborted, tls),
                None => error,
            }
        })
    }
}

/// The kind of an error that says that the peer did not accept the client's part of the TLS handshake.
/// h2 keeps only the kind of an error, and reading a socket has others.
pub(crate) const HANDSHAKE_REFUSED: ErrorKind = ErrorKind::PermissionDenied;

impl<T: Write + Unpin> Write for Stream<T> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = ready!(Pin::new(&mut self.0).poll_write(context, bytes));
        Poll::Ready(Ok(written.unwrap_or(bytes.len())))
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let _ = ready!(Pin::new(&mut self.0).poll_flush(context));
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use hyper_util::rt::TokioIo;
    use tokio::io::{AsyncReadExt, DuplexStream, duplex};

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_connection_that_cannot_be_shut_down_is_closed() {
        let (stream, mut peer) = duplex(1024);
        let wire = Wire { stream: TokioIo::new(stream), is_http2: false, can_shut_down: false };
        drop(Connection::open(wire).await.unwrap());
        let end = timeout(Duration::from_secs(10), peer.read(&mut [0])).await;
        assert_eq!(end.unwrap().unwrap(), 0);
    }

    /// Both threads send until the connection takes no more, so a request is nearly always on its way
    /// when that ends.
    #[cfg(feature = "http2")]
    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn a_request_that_meets_the_end_of_its_connection_fails() {
        for _ in 0..50 {
            let (stream, peer) = duplex(1024);
            let wire = Wire { stream: TokioIo::new(stream), is_http2: true, can_shut_down: true };
            let connection = Connection::open(wire).await.unwrap();
            let senders =
                [connection.share().unwrap(), connection.share().unwrap()].map(|connection| {
                    tokio::task::spawn_blocking(move || send_until_it_ends(&connection))
                });
            drop(peer);
            for sender in senders {
                for response in sender.await.unwrap() {
                    assert!(timeout(Duration::from_secs(10), response).await.unwrap());
                }
            }
        }
    }

    /// Tells whether the request failed.
    #[cfg(feature = "http2")]
    type Sending = Pin<Box<dyn Future<Output = bool> + Send>>;

    #[cfg(feature = "http2")]
    fn send_until_it_ends(connection: &Connection) -> Vec<Sending> {
        let mut sent = Vec::new();
        loop {
            let mut shared = connection.share().unwrap();
            let mut response: Sending = Box::pin(async move {
                let target = Uri::from_static("https://localhost");
                shared.send(Request::default(), &target).await.is_err()
            });
            if response.as_mut().poll(&mut Context::from_waker(std::task::Waker::noop())).is_ready()
            {
                return sent;
            }
            sent.push(response);
        }
    }

    /// A stream in memory.
    struct Wire {
        stream: TokioIo<DuplexStream>,
        is_http2: bool,
        can_shut_down: bool,
    }

    impl connect::Connection for Wire {
        fn connected(&self) -> connect::Connected {
            let connected = connect::Connected::new();
            if self.is_http2 { connected.negotiated_h2() } else { connected }
        }
    }

    impl Read for Wire {
        fn poll_read(
            mut self: Pin<&mut Self>,
            context: &mut Context<'_>,
            buffer: ReadBufCursor<'_>,
        ) -> Poll<io::Result<()>> {
            Pin::new(&mut self.stream).poll_read(context, buffer)
        }
    }

    impl Write for Wire {
        fn poll_write(
            mut self: Pin<&mut Self>,
            context: &mut Context<'_>,
            bytes: &[u8],
        ) -> Poll<io::Result<usize>> {
            Pin::new(&mut self.stream).poll_write(context, bytes)
        }

        fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
            Pin::new(&mut self.stream).poll_flush(context)
        }

        fn poll_shutdown(
            mut self: Pin<&mut Self>,
            context: &mut Context<'_>,
        ) -> Poll<io::Result<()>> {
            if !self.can_shut_down {
                return Poll::Pending;
            }
            Pin::new(&mut self.stream).poll_shutdown(context)
        }
    }
}
