//! A connector whose streams take the [`ConnectionNotes`].

use std::{
    future::poll_fn,
    io::{self, IoSlice},
    mem::MaybeUninit,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
};

use http::Uri;
use hyper::rt::{Read, ReadBuf, ReadBufCursor, Write};
use hyper_util::client::legacy::connect::{Connected, Connection};
use tower_service::Service;

use crate::connection_notes::ConnectionNotes;

/// Takes notes on the connections of another connector. hyper-util clones it for each request; what it
/// holds is cloned for each connection.
pub(crate) struct NotingConnector<C>(Arc<C>);

impl<C> NotingConnector<C> {
    pub(crate) fn new(connector: C) -> Self {
        Self(Arc::new(connector))
    }
}

impl<C> Clone for NotingConnector<C> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<C> Service<Uri> for NotingConnector<C>
where
    C: Service<Uri, Response: Connection, Future: Send> + Clone + Send + 'static,
{
    type Response = NotingStream<C::Response>;
    type Error = C::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, C::Error>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), C::Error>> {
        Poll::Ready(Ok(())) // the clone that connects is asked
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        let mut connector = C::clone(&self.0);
        Box::pin(async move {
            poll_fn(|context| connector.poll_ready(context)).await?;
            Ok(NotingStream::new(connector.call(uri).await?))
        })
    }
}

/// A stream that takes the notes.
///
/// A peer that takes no more of a request may have responded before that. Whether it has, and which
/// failure it is otherwise, is known once that is read, so what is left to write is dropped.
pub(crate) struct NotingStream<T> {
    stream: T,
    notes: Arc<ConnectionNotes>,
    /// Whether the peer takes no more.
    is_cut: bool,
}

impl<T: Connection> NotingStream<T> {
    fn new(stream: T) -> Self {
        let notes = Arc::new(ConnectionNotes::new(stream.connected().is_negotiated_h2()));
        Self { stream, notes, is_cut: false }
    }
}

impl<T: Unpin> NotingStream<T> {
    /// Writes, unless the peer takes no more. `length` is what is dropped then.
    fn write(
        &mut self,
        length: usize,
        write: impl FnOnce(Pin<&mut T>) -> Poll<io::Result<usize>>,
    ) -> Poll<io::Result<usize>> {
        if !self.is_cut {
            match write(Pin::new(&mut self.stream)) {
                Poll::Ready(Err(_)) => self.is_cut = true,
                written => return written,
            }
        }
        Poll::Ready(Ok(length))
    }
}

impl<T: Connection> Connection for NotingStream<T> {
    fn connected(&self) -> Connected {
        self.stream.connected().extra(Arc::clone(&self.notes))
    }
}

impl<T: Read + Unpin> Read for NotingStream<T> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        mut buffer: ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        let Self { stream, notes, .. } = &mut *self;
        let stream = Pin::new(stream);
        let outcome = if notes.has_responded() {
            ready!(stream.poll_read(context, buffer))
        } else {
            // A cursor does not tell how much was read, so the first bytes go through an array. It
            // is as long as hyper's own at first: a response that comes whole is read at once.
            let mut first = [const { MaybeUninit::uninit() }; 8 * 1024];
            let room = buffer.remaining().min(first.len());
            let mut read = ReadBuf::uninit(first.get_mut(..room).unwrap_or_default());
            let outcome = ready!(stream.poll_read(context, read.unfilled()));
            if !read.filled().is_empty() {
                notes.read(read.filled());
                buffer.put_slice(read.filled());
            }
            outcome
        };
        Poll::Ready(outcome.inspect_err(|error| notes.read_failed(error)))
    }
}

impl<T: Write + Unpin> Write for NotingStream<T> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.notes.wrote();
        self.write(bytes.len(), |stream| stream.poll_write(context, bytes))
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.notes.wrote();
        let length = slices.iter().map(|slice| slice.len()).sum();
        self.write(length, |stream| stream.poll_write_vectored(context, slices))
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.write(0, |stream| stream.poll_flush(context).map_ok(|()| 0)).map_ok(drop)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use std::task::Waker;

    use hyper_util::rt::TokioIo;

    use super::*;

    #[test]
    fn a_response_of_some_kilobytes_is_read_at_once() {
        let response = [b'a'; 4000];
        let notes = Arc::new(ConnectionNotes::new(false));
        let stream = TokioIo::new(&response[..]);
        let mut stream = NotingStream { stream, notes: Arc::clone(&notes), is_cut: false };
        let mut bytes = [0; 8192];
        let mut read = ReadBuf::new(&mut bytes);
        let context = &mut Context::from_waker(Waker::noop());
        assert!(Pin::new(&mut stream).poll_read(context, read.unfilled()).is_ready());
        assert_eq!(read.filled(), response);
        assert!(notes.has_responded());
    }
}
