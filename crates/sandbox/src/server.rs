//! The thread that serves: sockets, TLS and HTTP.

use std::convert::Infallible;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, mpsc};
use std::time::Duration;
use std::{io, thread};

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::{Builder, Handle, Runtime};
use tokio::sync::oneshot;
use tokio::time::sleep;
use tokio_rustls::TlsAcceptor;

use crate::lenient_uri::LenientUri;
use crate::service::Service;

/// A listening socket and the thread behind it, until dropped.
pub(crate) struct Server {
    address: SocketAddr,
    runtime: Handle,
    /// Nothing is ever sent: that it is gone is the signal.
    stop: Option<oneshot::Sender<Infallible>>,
    thread: Option<thread::JoinHandle<()>>,
}

impl Server {
    /// Serves on 127.0.0.1; with `tls`, only TLS.
    pub(crate) fn start(
        port: u16,
        tls: Option<TlsAcceptor>,
        service: Arc<Service>,
    ) -> io::Result<Self> {
        let (stop, stopped) = oneshot::channel();
        let (started, start) = mpsc::channel();
        let thread =
            thread::Builder::new().name("certcentral-sandbox".to_owned()).spawn(move || {
                match listen(port) {
                    Ok((runtime, listener)) => {
                        let address = listener.local_addr();
                        let _ = started.send(address.map(|it| (it, runtime.handle().clone())));
                        runtime.spawn(accept(listener, tls, service));
                        // The end of this call drops the runtime and, with it, every connection.
                        let _ = runtime.block_on(stopped);
                    }
                    Err(error) => {
                        let _ = started.send(Err(error));
                    }
                }
            })?;
        let (address, runtime) = start.recv().map_err(io::Error::other)??;
        Ok(Self { address, runtime, stop: Some(stop), thread: Some(thread) })
    }

    /// Runs `work` on the serving thread, and returns when it is done.
    pub(crate) fn run(&self, work: impl Future<Output = ()> + Send + 'static) {
        let (working, done) = mpsc::channel::<Infallible>();
        self.runtime.spawn(async move {
            work.await;
            drop(working);
        });
        // Nothing is ever sent: that the other end is gone is the signal.
        let _ = done.recv();
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // Had it panicked, the message would be on standard error already.
            let _ = thread.join();
        }
    }
}

/// Made on the serving thread: a runtime may not be dropped, as an error would have it, on the
/// thread of an async caller.
fn listen(port: u16) -> io::Result<(Runtime, TcpListener)> {
    let runtime = Builder::new_current_thread().enable_io().enable_time().build()?;
    let listener = runtime.block_on(TcpListener::bind((Ipv4Addr::LOCALHOST, port)))?;
    Ok((runtime, listener))
}

/// Before the next attempt to accept a connection when one failed.
const ACCEPT_PAUSE: Duration = Duration::from_millis(10);

async fn accept(listener: TcpListener, tls: Option<TlsAcceptor>, service: Arc<Service>) {
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                tokio::spawn(connection(stream, tls.clone(), Arc::clone(&service)));
            }
            // Most likely out of file descriptors. The connection stays in the backlog, so trying
            // again at once would spin until another one closes.
            Err(_) => sleep(ACCEPT_PAUSE).await,
        }
    }
}

async fn connection(stream: TcpStream, tls: Option<TlsAcceptor>, service: Arc<Service>) {
    let _ = stream.set_nodelay(true);
    match tls {
        None => serve(stream, &service).await,
        // A client that does not trust the certificate ends here.
        Some(tls) => {
            if let Ok(stream) = tls.accept(stream).await {
                serve(stream, &service).await;
            }
        }
    }
}

/// Serves one request after another until the client leaves.
async fn serve<S: AsyncRead + AsyncWrite + Unpin>(stream: S, service: &Service) {
    let number = service.count_connection();
    let exchange = service_fn(|request| service.exchange(number, request));
    let _ = http1::Builder::new()
        .serve_connection(TokioIo::new(LenientUri::new(stream)), exchange)
        .await;
}
