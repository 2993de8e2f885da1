//! Servers that agree on HTTP/2, and do something else.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use certcentral_transport_hyper::FailureKind;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::{
    kind_of,
    site::{Site, client, list},
};

#[tokio::test]
async fn what_is_no_http2_is_a_protocol_failure() {
    for bytes in ["HTTP/1.1 400 Bad Request\r\n\r\n", "220 mail.example.com ESMTP\r\n", "hello"] {
        for waits in [false, true] {
            let (site, connections) = responding_with(bytes, waits).await;
            let error = list(&client(&site)).await.unwrap_err();
            assert_eq!(kind_of(&error), FailureKind::Protocol, "{bytes:?} {waits}: {error:#}");
            assert_eq!(connections.load(Ordering::Relaxed), 1, "{bytes:?} {waits}");
        }
    }
}

/// Under TLS 1.3, after the client's part of the handshake.
#[tokio::test]
async fn a_missing_client_certificate_is_a_tls_failure() {
    let (site, listener, acceptor) = Site::open_to_certificates().await;
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            let accepting = acceptor.accept(stream).into_fallible();
            tokio::spawn(async move {
                let Err((_, mut stream)) = accepting.await else { panic!("no certificate") };
                // Reads on, so that no RST takes the alert away from the client.
                while stream.read(&mut [0; 1024]).await.is_ok_and(|length| length > 0) {}
            });
        }
    });
    let error = list(&client(&site)).await.unwrap_err();
    assert_eq!((kind_of(&error), error.attempts()), (FailureKind::Tls, 1), "{error:#}");
}

/// Returns a server that writes `bytes` at once, or when the client has written something.
async fn responding_with(bytes: &'static str, waits: bool) -> (Site, Arc<AtomicUsize>) {
    let (site, listener, acceptor) = Site::open().await;
    let connections = Arc::<AtomicUsize>::default();
    let seen = Arc::clone(&connections);
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            seen.fetch_add(1, Ordering::Relaxed);
            let mut tls = acceptor.accept(stream).await.unwrap();
            if waits {
                let _ = tls.read(&mut [0; 1024]).await;
            }
            let _ = tls.write_all(bytes.as_bytes()).await;
            let _ = tls.shutdown().await;
            while tls.read(&mut [0; 1024]).await.is_ok_and(|length| length > 0) {}
        }
    });
    (site, connections)
}
