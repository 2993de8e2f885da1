//! Connects to the first address of a host that responds.
//!
//! hyper's own connector tries the addresses of one family one after another, each for as long as the
//! system does.

use std::{
    io::{self, ErrorKind},
    net::SocketAddr,
};

use certcentral_network::{HEAD_START, dialing_order, without_brackets};
use http::{Uri, uri::Scheme};
use tokio::{
    net::{TcpStream, lookup_host},
    task::JoinSet,
    time::timeout,
};

/// Looks up the host of `uri`, and connects to one of its addresses.
pub(crate) async fn connect(uri: &Uri) -> io::Result<TcpStream> {
    let host = without_brackets(uri.host().unwrap_or_default());
    let default_port = if uri.scheme() == Some(&Scheme::HTTP) { 80 } else { 443 };
    let port = uri.port_u16().unwrap_or(default_port);
    let addresses: Vec<_> = lookup_host((host, port)).await?.collect();
    let stream = connect_to_one_of(&addresses).await?;
    // Or the last part of a handshake would wait for the peer to acknowledge the part before.
    stream.set_nodelay(true)?;
    Ok(stream)
}

/// Connects to one of `addresses`, in the order of RFC 8305. The error is the last one.
async fn connect_to_one_of(addresses: &[SocketAddr]) -> io::Result<TcpStream> {
    if let [only] = addresses {
        return TcpStream::connect(only).await;
    }
    let mut next = dialing_order(addresses).into_iter();
    let mut running = JoinSet::new(); // aborts what comes late
    let mut last = io::Error::from(ErrorKind::AddrNotAvailable);
    loop {
        if let Some(address) = next.next() {
            running.spawn(TcpStream::connect(address));
        }
        let ended = if next.len() > 0 {
            timeout(HEAD_START, running.join_next()).await
        } else {
            Ok(running.join_next().await)
        };
        match ended {
            Ok(Some(Ok(Ok(stream)))) => return Ok(stream),
            Ok(Some(Ok(Err(error)))) => last = error,
            Ok(None) => return Err(last),
            // The next address is tried beside it.
            Ok(Some(Err(_))) | Err(_) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use std::time::Duration;

    use tokio::{net::TcpListener, time::Instant};

    use super::*;

    /// Linux drops what a full backlog has no room for; others refuse it.
    #[cfg(target_os = "linux")]
    #[tokio::test]
    async fn addresses_that_lead_nowhere_cost_head_starts() {
        use tokio::net::TcpSocket;

        let hole = TcpSocket::new_v4().unwrap();
        hole.bind("127.0.0.1:0".parse().unwrap()).unwrap();
        let hole = hole.listen(0).unwrap();
        let nowhere = hole.local_addr().unwrap();
        let mut backlog: Vec<_> = (0..8).map(|_| Box::pin(TcpStream::connect(nowhere))).collect();
        for connecting in &mut backlog {
            let _ = timeout(Duration::ZERO, connecting).await;
        }
        let good = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let good = good.local_addr().unwrap();
        let begun = Instant::now();
        let stream = connect_to_one_of(&[nowhere, nowhere, good]).await.unwrap();
        let took = begun.elapsed();
        assert_eq!(stream.peer_addr().unwrap(), good);
        assert!(2 * HEAD_START <= took && took < Duration::from_secs(2), "{took:?}");
    }

    #[tokio::test]
    async fn addresses_that_refuse_cost_nothing() {
        let good = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let refusing = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap(); // and it is gone
        let address = good.local_addr().unwrap();
        let stream = connect_to_one_of(&[refusing, refusing, address]).await.unwrap();
        assert_eq!(stream.peer_addr().unwrap(), address);
        for addresses in [&[refusing, refusing][..], &[refusing]] {
            let error = connect_to_one_of(addresses).await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::ConnectionRefused);
        }
        let error = connect_to_one_of(&[]).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::AddrNotAvailable);
    }
}
