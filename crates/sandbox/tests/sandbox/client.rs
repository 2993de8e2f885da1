//! An HTTP/1.1 client of just what the tests need.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;

use certcentral_sandbox::Sandbox;

/// One open connection.
pub(crate) struct Connection<S>(BufReader<S>);

/// A whole response.
#[derive(Debug, PartialEq)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) content_type: Option<String>,
    pub(crate) body: Vec<u8>,
}

/// Opens a plain connection to `sandbox`.
pub(crate) fn connect(sandbox: &Sandbox) -> Connection<TcpStream> {
    connect_to(sandbox.port())
}

pub(crate) fn connect_to(port: u16) -> Connection<TcpStream> {
    Connection::over(TcpStream::connect(("127.0.0.1", port)).unwrap())
}

/// Returns the response to a GET with the sandbox's key, over a new connection.
pub(crate) fn get(sandbox: &Sandbox, order_and_query: &str) -> Reply {
    connect(sandbox).get(order_and_query, sandbox.api_key())
}

/// Returns the target of "List reissues"; `112233?show_archived=true` has a query as well.
pub(crate) fn target(order_and_query: &str) -> String {
    match order_and_query.split_once('?') {
        Some((order, query)) => format!("{}?{query}", target(order)),
        None => format!("/services/v2/order/certificate/{order_and_query}/reissue"),
    }
}

impl<S: Read + Write> Connection<S> {
    pub(crate) fn over(stream: S) -> Self {
        Self(BufReader::new(stream))
    }

    pub(crate) fn get(&mut self, order_and_query: &str, key: &str) -> Reply {
        let target = target(order_and_query);
        self.ask("GET", &target, &format!("X-DC-DEVKEY: {key}\r\n"))
    }

    /// Returns the response to a request without a body; each of `headers` ends its line.
    pub(crate) fn ask(&mut self, method: &str, target: &str, headers: &str) -> Reply {
        self.write(&format!("{method} {target} HTTP/1.1\r\nHost: sandbox\r\n{headers}\r\n"));
        self.read()
    }

    pub(crate) fn write(&mut self, text: &str) {
        self.0.get_mut().write_all(text.as_bytes()).unwrap();
    }

    pub(crate) fn read(&mut self) -> Reply {
        let status = self.line().split(' ').nth(1).unwrap().parse().unwrap();
        let mut content_type = None;
        let mut length = 0;
        loop {
            let line = self.line();
            match line.to_lowercase().split_once(": ") {
                Some(("content-type", value)) => content_type = Some(value.to_owned()),
                Some(("content-length", value)) => length = value.parse().unwrap(),
                Some(_) => {}
                None => break,
            }
        }
        let mut body = vec![0; length];
        self.0.read_exact(&mut body).unwrap();
        Reply { status, content_type, body }
    }

    /// Whether the other side has closed the connection; waits until it has or sends something.
    pub(crate) fn is_closed(&mut self) -> bool {
        !matches!(self.0.fill_buf(), Ok([_, ..]))
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        self.0.read_line(&mut line).unwrap();
        line.trim_end().to_owned()
    }
}
