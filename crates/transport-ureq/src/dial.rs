//! Connects to the first address of a host that responds.

use std::{
    io::{self, ErrorKind},
    net::{SocketAddr, TcpStream},
    sync::mpsc::{self, RecvTimeoutError},
    thread,
};

use certcentral_network::{HEAD_START, dialing_order};

use crate::deadline::Deadline;

/// Connects to one of `addresses`, in the order of RFC 8305. The error is the last one.
pub(crate) fn connect(addresses: &[SocketAddr], deadline: Deadline) -> io::Result<TcpStream> {
    if let [only] = addresses {
        return TcpStream::connect_timeout(only, deadline.time_left()?);
    }
    let mut next = dialing_order(addresses).into_iter();
    let (results, connected) = mpsc::channel();
    let mut running = 0;
    let mut last = io::Error::from(ErrorKind::AddrNotAvailable);
    loop {
        let left = deadline.time_left()?;
        if let Some(address) = next.next() {
            let results = results.clone();
            // A thread that comes late drops its connection: nobody receives it.
            let work = move || drop(results.send(TcpStream::connect_timeout(&address, left)));
            thread::Builder::new().name("certcentral-connect".to_owned()).spawn(work)?;
            running += 1;
        } else if running == 0 {
            return Err(last);
        }
        match connected.recv_timeout(if next.len() > 0 { left.min(HEAD_START) } else { left }) {
            Ok(Ok(stream)) => return Ok(stream),
            Ok(Err(error)) => {
                last = error;
                running -= 1;
            }
            Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use std::{
        net::TcpListener,
        time::{Duration, Instant},
    };

    use socket2::{Domain, Socket, Type};
    use ureq::unversioned::transport::NextTimeout;

    use super::*;

    /// Linux drops what a full backlog has no room for; others refuse it.
    #[cfg(target_os = "linux")]
    #[test]
    fn an_address_that_leads_nowhere_costs_a_head_start() {
        let (hole, good) = (BlackHole::new(), TcpListener::bind("127.0.0.1:0").unwrap());
        let addresses = [hole.address, good.local_addr().unwrap()];
        let begun = Instant::now();
        let stream = connect(&addresses, within(Duration::from_secs(10))).unwrap();
        let took = begun.elapsed();
        assert_eq!(stream.peer_addr().unwrap(), addresses[1]);
        assert!(HEAD_START <= took && took < Duration::from_secs(2), "{took:?}");
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn addresses_that_all_lead_nowhere_end_at_the_deadline() {
        let holes = [BlackHole::new(), BlackHole::new()];
        let addresses = holes.each_ref().map(|hole| hole.address);
        for addresses in [&addresses[..], &addresses[..1]] {
            let deadline = within(Duration::from_millis(400));
            let begun = Instant::now();
            let error = connect(addresses, deadline).unwrap_err();
            assert!(deadline.timed_out(&error).is_some(), "{error:?}");
            assert!(begun.elapsed() < Duration::from_secs(2), "{:?}", begun.elapsed());
        }
    }

    #[test]
    fn an_address_that_refuses_costs_nothing() {
        let refusing = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap(); // and it is gone
        let good = TcpListener::bind("127.0.0.1:0").unwrap();
        let good = good.local_addr().unwrap();
        let far = within(Duration::from_secs(10));
        // (Windows takes 2 s to find out.)
        assert_eq!(connect(&[refusing, good], far).unwrap().peer_addr().unwrap(), good);
        for addresses in [&[refusing, refusing][..], &[refusing]] {
            let error = connect(addresses, far).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::ConnectionRefused);
        }
    }

    fn within(after: Duration) -> Deadline {
        Deadline::new(NextTimeout { after: after.into(), ..NextTimeout::default() })
    }

    /// An address that does not respond: its backlog is full.
    struct BlackHole {
        address: SocketAddr,
        _listener: Socket,
        _backlog: Vec<Socket>,
    }

    impl BlackHole {
        fn new() -> Self {
            let listener = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
            listener.bind(&SocketAddr::from(([127, 0, 0, 1], 0)).into()).unwrap();
            listener.listen(0).unwrap();
            let address = listener.local_addr().unwrap();
            let fill = |_| {
                let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
                socket.set_nonblocking(true).unwrap();
                let _ = socket.connect(&address);
                socket
            };
            let backlog = (0..8).map(fill).collect();
            Self { address: address.as_socket().unwrap(), _listener: listener, _backlog: backlog }
        }
    }
}
