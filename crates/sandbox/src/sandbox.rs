//! The running sandbox.

use std::fmt;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{Response, StatusCode};

use crate::builder::SandboxBuilder;
use crate::faults::{Fault, HeldResponse, hold};
use crate::request_log::RecordedRequest;
use crate::response;
use crate::server::Server;
use crate::service::{BASE, Service};

/// A server on 127.0.0.1 that responds as DigiCert's Services API does.
///
/// It runs on its own thread, so blocking and async callers use it alike. Dropping it closes every
/// connection and frees the port before `drop` returns.
pub struct Sandbox {
    pub(crate) server: Server,
    pub(crate) service: Arc<Service>,
    pub(crate) root_pem: String,
    pub(crate) tls: bool,
}

impl Sandbox {
    /// Starts a sandbox on a free port, with TLS, the documented rate limit and the fixtures as
    /// orders.
    ///
    /// # Errors
    ///
    /// If the operating system gives no thread or no port, or no certificate can be made.
    pub fn start() -> io::Result<Self> {
        Self::builder().start()
    }

    /// Returns a builder for a sandbox with other settings.
    pub fn builder() -> SandboxBuilder {
        SandboxBuilder::default()
    }

    /// Returns the base URL for a client: `https://localhost:PORT/services/v2`, or
    /// `http://127.0.0.1:PORT/services/v2` without TLS.
    #[must_use]
    pub fn base_url(&self) -> String {
        let port = self.port();
        // Without TLS no certificate has to match the host, so the address itself stands there: a
        // `localhost` that means `::1` first cannot lead a client astray.
        if self.tls {
            format!("https://localhost:{port}{BASE}")
        } else {
            format!("http://127.0.0.1:{port}{BASE}")
        }
    }

    /// Returns the port it listens on, on 127.0.0.1.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.server.address().port()
    }

    /// Returns the root certificate, in PEM, that a client must trust; `None` without TLS.
    ///
    /// It is made at start, different each time. The server's certificate is valid for `localhost`,
    /// `127.0.0.1` and `::1`.
    #[must_use]
    pub fn ca_pem(&self) -> Option<&str> {
        self.tls.then_some(self.root_pem.as_str())
    }

    /// Returns the root certificate, in PEM, that living orders' certificates chain up to, with TLS
    /// or without. With TLS it is the same as [`ca_pem`](Self::ca_pem).
    #[must_use]
    pub fn root_pem(&self) -> &str {
        &self.root_pem
    }

    /// Returns the only valid key.
    #[must_use]
    pub fn api_key(&self) -> &str {
        &self.service.api_key
    }

    /// Sends `body` with `status` in response to the next request: as `text/html` if the body
    /// begins with `<`, else as `application/json`. See [`respond_next`](Self::respond_next).
    pub fn fail_next(&self, status: StatusCode, body: impl Into<Bytes>) {
        self.respond_next(response::guessed(status, body.into()));
    }

    /// Sends `response` to the next request, whatever it asks for. The request takes no effect.
    ///
    /// This and the other faults apply to one request each, in the order in which they were set.
    /// "Next" is the next request that key and rate limit admit: a refused one uses up no fault.
    pub fn respond_next(&self, response: Response<Bytes>) {
        self.service.queue(Fault::Respond(response));
    }

    /// Delays the response to the next request by `delay`; the request takes effect at once. For
    /// which is "next", see [`respond_next`](Self::respond_next).
    ///
    /// A test that must know the moment is better off with [`hold_next`](Self::hold_next).
    pub fn delay_next(&self, delay: Duration) {
        self.service.queue(Fault::Delay(delay));
    }

    /// Holds the response to the next request back until the returned [`HeldResponse`] is dropped; the
    /// request takes effect at once. For which is "next", see [`respond_next`](Self::respond_next).
    pub fn hold_next(&self) -> HeldResponse {
        let (held, gate) = hold();
        self.service.queue(Fault::Hold(gate));
        held
    }

    /// Closes the connection of the next request before the response; the request takes effect. For
    /// which is "next", see [`respond_next`](Self::respond_next).
    pub fn drop_next(&self) {
        self.service.queue(Fault::Drop);
    }

    /// Moves the sandbox's clock on by `duration`, and makes the automatic checks that fall into that
    /// time. Random values, validations, certificates and orders end by this clock, and the header
    /// `Date` tells it; the rate limit and latencies do not follow it.
    pub fn advance(&self, duration: Duration) {
        let service = Arc::clone(&self.service);
        self.server.run(async move { service.advance(duration).await });
    }

    /// Publishes a TXT record, beside those that `name` has already. It counts unless
    /// `SandboxBuilder::dns_server`, with the feature `dns`, names a real one.
    ///
    /// Nothing is looked for until a caller asks for a check, or the next automatic one is due: one,
    /// two … minutes after the reissue by the sandbox's [clock](Self::advance).
    pub fn publish_txt(&self, name: impl AsRef<str>, value: impl Into<String>) {
        self.service.lookup.published().add_txt(name.as_ref(), value.into());
    }

    /// Publishes a CNAME record in place of the one that `name` has; see
    /// [`publish_txt`](Self::publish_txt).
    pub fn publish_cname(&self, name: impl AsRef<str>, target: impl AsRef<str>) {
        self.service.lookup.published().set_cname(name.as_ref(), target.as_ref());
    }

    /// Publishes a file at `http://host/path`. It counts unless
    /// [`web_server`](SandboxBuilder::web_server) names a real one.
    pub fn publish_file(
        &self,
        host: impl AsRef<str>,
        path: impl Into<String>,
        content: impl Into<String>,
    ) {
        self.service.lookup.published().set_file(host.as_ref(), path.into(), content.into());
    }

    /// Removes every record and every file that was published at `name`.
    pub fn unpublish(&self, name: impl AsRef<str>) {
        self.service.lookup.published().remove(name.as_ref());
    }

    /// Sets whether reissues and duplicates that wait for nothing else wait for
    /// [`issue`](Self::issue) in place of being issued at once. `false` issues those that wait.
    pub fn hold_issuance(&self, hold: bool) {
        self.service.with_account(|account| account.hold_issuance(hold));
    }

    /// Issues the certificate, the reissue and the duplicates that an order waits for: approved or not, validated
    /// or not. Returns whether there were any.
    pub fn issue(&self, order_id: u64) -> bool {
        self.service.with_account(|account| account.issue(order_id))
    }

    /// Rejects the reissue and the duplicates that a living order waits for, approved or not.
    /// Returns whether there were any.
    pub fn reject(&self, order_id: u64) -> bool {
        self.service.with_account(|account| account.reject(order_id))
    }

    /// Returns every request so far, oldest first, including those that are held or delayed. They
    /// are kept until the sandbox is dropped.
    #[must_use]
    pub fn requests(&self) -> Vec<RecordedRequest> {
        self.service.requests()
    }

    /// Returns the order id of each request whose path has one, oldest first, including refused and
    /// dropped requests.
    #[must_use]
    pub fn orders_asked(&self) -> Vec<u64> {
        self.service.orders_asked()
    }

    /// Returns how many connections have been opened so far, including closed ones. With TLS, a
    /// connection counts once its handshake is complete.
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
