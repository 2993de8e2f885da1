//! A sandbox's settings.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use std::{fmt, io};

use bytes::Bytes;
use http::{Method, Response};
use time::OffsetDateTime;

use crate::account::Account;
use crate::authority::Authority;
use crate::certificate_list::CertificateList;
use crate::living_order::LivingOrder;
use crate::lookup::Lookup;
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
    orders: Vec<LivingOrder>,
    list_lag: Duration,
    needs_approval: bool,
    lookup: Lookup,
    custom: CustomResponses,
    clock: Option<OffsetDateTime>,
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
    pub fn rate_limit(mut self, windows: &[(u32, Duration)]) -> Self {
        self.windows = windows.to_vec();
        self
    }

    /// Removes the rate limit: no request is refused with 429.
    pub fn without_rate_limit(self) -> Self {
        self.rate_limit(&[])
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

    /// Adds an order that lives; it goes before a fixture of the same id.
    pub fn order(mut self, order: LivingOrder) -> Self {
        self.orders.push(order);
        self
    }

    /// Removes the approval step of new orders, as an account can: what is ordered is approved, and no
    /// request is made. Living orders have [their own](LivingOrder::without_approval).
    pub fn without_approval(mut self) -> Self {
        self.needs_approval = false;
        self
    }

    /// Sets what its [clock](Sandbox::advance) says at the start, so that a test runs on the same days
    /// whenever it runs. The default is the time.
    pub fn clock(mut self, start: OffsetDateTime) -> Self {
        self.clock = Some(start);
        self
    }

    /// Sets how long a new order or reissue is missing from lists and from order info, by the sandbox's
    /// [clock](Sandbox::advance). The default is no lag.
    pub fn list_lag(mut self, lag: Duration) -> Self {
        self.list_lag = lag;
        self
    }

    /// Looks for DNS records at this server, in place of what
    /// [`publish_txt`](Sandbox::publish_txt) and [`publish_cname`](Sandbox::publish_cname) say.
    #[cfg(feature = "dns")]
    #[cfg_attr(docsrs, doc(cfg(feature = "dns")))]
    pub fn dns_server(mut self, address: SocketAddr) -> Self {
        self.lookup.dns_server = Some(address);
        self
    }

    /// Fetches files from this server, over plain HTTP and with the name in `Host`, in place of what
    /// [`publish_file`](Sandbox::publish_file) says.
    pub fn web_server(mut self, address: SocketAddr) -> Self {
        self.lookup.web_server = Some(address);
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
        let ahead = self.clock.map_or(time::Duration::ZERO, |it| it - OffsetDateTime::now_utc());
        let mut account =
            Account::new(authority, self.reissues, self.list_lag, self.needs_approval, ahead);
        for order in self.orders {
            let names = order.names()?;
            account.open(&order, names).map_err(io::Error::other)?;
        }
        let windows = RollingWindows::new(&self.windows);
        let service = Arc::new(Service::new(
            self.api_key,
            account,
            self.custom,
            windows,
            self.latency,
            self.lookup,
        ));
        let server = Server::start(self.port, acceptor, Arc::clone(&service))?;
        Ok(Sandbox { server, service, root_pem, tls: self.tls })
    }
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
            orders: Vec::new(),
            list_lag: Duration::ZERO,
            needs_approval: true,
            lookup: Lookup::default(),
            custom: CustomResponses::new(),
            clock: None,
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
