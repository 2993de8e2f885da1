//! A port of loopback that is kept for a program.

use std::net::{Ipv4Addr, SocketAddr};

use socket2::{Domain, Socket, Type};

/// A free port. Until a program listens on it, it refuses connections; nobody else gets it.
///
/// On Linux two sockets with `SO_REUSEADDR` can have one port as long as none of them listens, and
/// one of them may listen then. All servers set it. The system gives such a port to nobody who asks
/// for any.
pub(crate) struct Port {
    number: u16,
    _bound: Socket,
}

impl Port {
    pub(crate) fn reserve() -> Self {
        let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
        socket.set_reuse_address(true).unwrap();
        socket.bind(&SocketAddr::from((Ipv4Addr::LOCALHOST, 0)).into()).unwrap();
        let address = socket.local_addr().unwrap().as_socket().unwrap();
        Self { number: address.port(), _bound: socket }
    }

    pub(crate) fn number(&self) -> u16 {
        self.number
    }
}
