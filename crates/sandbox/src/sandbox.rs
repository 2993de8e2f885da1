//! The running sandbox, as its owner sees it.

use std::fmt;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::StatusCode;

use crate::builder::SandboxBuilder;
use crate::faults::{Fault, Held, hold};
use crate::recorded::RecordedRequest;
use crate::server::Server;
use crate::service::Service;

/// A server on 127.0.0.1 that answers "List reissues" as `CertCentral` does.
///
/// It runs on a thread of its own, so blocking and async callers use it alike. Dropping it closes
/// every connection and frees the port before `drop` returns.
pub struct Sandbox {
    pub(crate) server: Server,
    pub(crate) service: Arc<Service>,
    pub(crate) ca_pem: Option<String>,
}

impl Sandbox {
    /// Starts one on a free port, with TLS, the documented rate limit and the fixtures as orders.
    ///
    /// # Errors
    ///
    /// If the operating system gives no thread or no port, or no certificate can be made.
    pub fn start() -> io::Result<Self> {
        Self::builder().start()
    }

    /// One with settings of your own.
    pub fn builder() -> SandboxBuilder {
        SandboxBuilder::default()
    }

    /// What a client takes for the service's base URL: `https://localhost:PORT/services/v2`, or
    /// `http://127.0.0.1:PORT/services/v2` without TLS.
    ///
    /// Without TLS no certificate has to match the host, so the address itself stands there: a
    /// `localhost` that means `::1` first cannot lead a client astray.
    #[must_use]
    pub fn base_url(&self) -> String {
        let port = self.port();
        match self.ca_pem {
            Some(_) => format!("https://localhost:{port}/services/v2"),
            None => format!("http://127.0.0.1:{port}/services/v2"),
        }
    }

    /// The port it listens on, on 127.0.0.1.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.server.address().port()
    }

    /// The certificate, in PEM, of the authority that a client must trust: made at start, different
    /// each time, valid for `localhost`, `127.0.0.1` and `::1`. Empty without TLS.
    #[must_use]
    pub fn ca_pem(&self) -> &str {
        self.ca_pem.as_deref().unwrap_or_default()
    }

    /// The one key that it lets in.
    #[must_use]
    pub fn api_key(&self) -> &str {
        &self.service.api_key
    }

    /// Answers the next request with `status` and `body`: as `text/html` if the body begins with
    /// `<`, else as `application/json`.
    ///
    /// This and the other faults take effect once each, in the order in which they were asked for.
    /// "Next" is the next request for an order that path, key and rate limit let through: one that
    /// they refuse is refused, and uses up no fault.
    pub fn fail_next(&self, status: StatusCode, body: impl Into<Bytes>) {
        self.service.queue(Fault::Fail((status, body.into())));
    }

    /// Answers the next request late, by `delay`. What "next" is, see
    /// [`fail_next`](Self::fail_next).
    ///
    /// A test that must know the moment is better off with [`hold_next`](Self::hold_next).
    pub fn delay_next(&self, delay: Duration) {
        self.service.queue(Fault::Delay(delay));
    }

    /// Holds the next request back, until what this returns is dropped. What "next" is, see
    /// [`fail_next`](Self::fail_next).
    pub fn hold_next(&self) -> Held {
        let (held, gate) = hold();
        self.service.queue(Fault::Hold(gate));
        held
    }

    /// Closes the connection of the next request in place of an answer. What "next" is, see
    /// [`fail_next`](Self::fail_next).
    pub fn drop_next(&self) {
        self.service.queue(Fault::Drop);
    }

    /// Every request so far, oldest first; one that is being held or delayed is here already. They
    /// are kept until the sandbox is dropped.
    #[must_use]
    pub fn requests(&self) -> Vec<RecordedRequest> {
        self.service.requests()
    }

    /// The orders that have been asked for, oldest first, once for each request: whatever it was
    /// answered, and dropped ones too.
    #[must_use]
    pub fn orders_asked(&self) -> Vec<u64> {
        self.service.orders_asked()
    }

    /// How many connections have been opened so far, those closed since included. With TLS, one
    /// counts once its handshake is complete.
    #[must_use]
    pub fn connections(&self) -> usize {
        self.service.connections()
    }
}

impl fmt::Debug for Sandbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Without the key, and without what is long.
        f.debug_struct("Sandbox")
            .field("base_url", &self.base_url())
            .field("connections", &self.connections())
            .finish_non_exhaustive()
    }
}
