//! A sandbox's settings.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use std::{fmt, io};

use bytes::Bytes;
use http::{Method, Response};

use crate::account::{Account, Names};
use crate::authority::Authority;
use crate::certificate_list::CertificateList;
use crate::rate_limit::{DOCUMENTED, RollingWindows};
use crate::sandbox::Sandbox;
use crate::server::Server;
use crate::service::{CustomResponses, Service};
use crate::tls;

/// Fixed, so that a test can name it; it opens nothing but a sandbox.
const DEFAULT_API_KEY: &str = "sandbox-key-not-a-secret";

/// Settings of a [`Sandbox`], from [`Sandbox::builder`].
#[must_use]
pub struct SandboxBuilder {
    port: u16,
    tls: bool,
    api_key: String,
    windows: Vec<(u32, Duration)>,
    latency: Duration,
    reissues: HashMap<u64, CertificateList>,
    living_orders: Vec<(u64, Vec<String>)>,
    custom: CustomResponses,
}

impl SandboxBuilder {
    /// Sets the port to listen on. The default, 0, takes any free one.
    pub fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// Serves without TLS.
    pub fn plain_http(mut self) -> Self {
        self.tls = false;
        self
    }

    /// Sets the rate limit: for each window, how many requests it admits in any span of that
    /// length. A count of 0 refuses every request.
    ///
    /// The default is the documented limit: 100 in any 5 seconds and 1000 in any 3 minutes.
    /// Assumed: a request that is refused with 429, or for its key, takes no room in the windows.
    pub fn windows(mut self, windows: &[(u32, Duration)]) -> Self {
        self.windows = windows.to_vec();
        self
    }

    /// Removes the rate limit: no request is refused with 429.
    pub fn without_rate_limit(self) -> Self {
        self.windows(&[])
    }

    /// Sends every response this much later, refusals too, as a service far away does; the request
    /// takes effect at once. The default is no latency.
    pub fn latency(mut self, latency: Duration) -> Self {
        self.latency = latency;
        self
    }

    /// Sets the only valid key. The default is `sandbox-key-not-a-secret`.
    pub fn api_key(mut self, api_key: impl Into<String>) -> Self {
        self.api_key = api_key.into();
        self
    }

    /// Sets an order's response to "List reissues", in place of a fixture.
    ///
    /// The JSON is sent as it is, with status 200, but without its archived rows unless the request
    /// has `show_archived=true`. `serde_json::json!(…).to_string()` makes such JSON.
    pub fn reissues(mut self, order_id: u64, json: impl Into<Bytes>) -> Self {
        self.reissues.insert(order_id, CertificateList::new(json.into()));
        self
    }

    /// Adds an order that lives: its certificates are issued by the sandbox, and reissues,
    /// duplicates, approvals and revocations change what every route tells about it.
    ///
    /// The first of `names` is the common name. The order was placed, and its first certificate
    /// issued, 30 days ago; it is valid for a year. It goes before a fixture of the same id.
    pub fn living_order(
        mut self,
        order_id: u64,
        names: impl IntoIterator<Item = impl Into<String>>,
    ) -> Self {
        self.living_orders.push((order_id, names.into_iter().map(Into::into).collect()));
        self
    }

    /// Sets the response to every request with this method and path, in place of the sandbox's own
    /// route if there is one.
    ///
    /// `path` is below the base URL, such as `/order/certificate/7/reissue`. One without a query
    /// matches every query; one with a query, such as `/order/certificate?offset=2`, matches only
    /// this query and goes first. The response is sent as it is. Key and rate limit are checked
    /// before it, and faults apply to it.
    pub fn respond(
        mut self,
        method: Method,
        path: impl Into<String>,
        response: Response<Bytes>,
    ) -> Self {
        let path: String = path.into();
        let path = if path.starts_with('/') { path } else { format!("/{path}") };
        self.custom.insert((method, path), response);
        self
    }

    /// Starts the sandbox; it is listening when this returns.
    ///
    /// # Errors
    ///
    /// If the port is taken, the operating system gives no thread, no certificate can be made, or a
    /// living order has no name or one that is no DNS name.
    pub fn start(self) -> io::Result<Sandbox> {
        let authority = Authority::generate().map_err(io::Error::other)?;
        let root_pem = authority.root_pem();
        let acceptor =
            self.tls.then(|| tls::acceptor(&authority)).transpose().map_err(io::Error::other)?;
        let mut account = Account::new(authority, self.reissues);
        for (order_id, names) in self.living_orders {
            let names = names.first().cloned().and_then(|first| Names::new(first, names));
            let names = names.ok_or_else(|| not_names(order_id))?;
            account.add_order(order_id, names).map_err(io::Error::other)?;
        }
        let windows = RollingWindows::new(&self.windows);
        let service =
            Arc::new(Service::new(self.api_key, account, self.custom, windows, self.latency));
        let server = Server::start(self.port, acceptor, Arc::clone(&service))?;
        Ok(Sandbox { server, service, root_pem, tls: self.tls })
    }
}

fn not_names(order_id: u64) -> io::Error {
    let message = format!("living order {order_id}: not a list of DNS names");
    io::Error::new(io::ErrorKind::InvalidInput, message)
}

impl Default for SandboxBuilder {
    fn default() -> Self {
        Self {
            port: 0,
            tls: true,
            api_key: DEFAULT_API_KEY.to_owned(),
            windows: DOCUMENTED.to_vec(),
            latency: Duration::ZERO,
            reissues: HashMap::new(),
            living_orders: Vec::new(),
            custom: CustomResponses::new(),
        }
    }
}

impl fmt::Debug for SandboxBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Without the key, and without the bodies, which may be long.
        f.debug_struct("SandboxBuilder")
            .field("port", &self.port)
            .field("tls", &self.tls)
            .field("windows", &self.windows)
            .field("latency", &self.latency)
            .finish_non_exhaustive()
    }
}
