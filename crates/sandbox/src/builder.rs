//! A sandbox's settings.

use std::sync::Arc;
use std::time::Duration;
use std::{fmt, io};

use bytes::Bytes;
use http::{Method, Response};

use crate::routes::ReissueList;
use crate::sandbox::Sandbox;
use crate::server::Server;
use crate::service::{Account, CustomResponses, Service};
use crate::tls::Identity;
use crate::windows::{DOCUMENTED, RollingWindows};

/// Fixed, so that a test can name it; it opens nothing but a sandbox.
const DEFAULT_API_KEY: &str = "sandbox-key-not-a-secret";

/// Settings of a [`Sandbox`], from [`Sandbox::builder`].
#[must_use]
pub struct SandboxBuilder {
    port: u16,
    tls: bool,
    api_key: String,
    windows: Vec<(u32, Duration)>,
    account: Account,
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
        self.account.reissues.insert(order_id, ReissueList::new(json.into()));
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
        self.custom.insert((method, path.into()), response);
        self
    }

    /// Starts the sandbox; it is listening when this returns.
    ///
    /// # Errors
    ///
    /// If the port is taken, the operating system gives no thread, or no certificate can be made.
    pub fn start(self) -> io::Result<Sandbox> {
        let (ca_pem, acceptor) = if self.tls {
            let identity = Identity::generate().map_err(io::Error::other)?;
            (Some(identity.ca_pem), Some(identity.acceptor))
        } else {
            (None, None)
        };
        let windows = RollingWindows::new(&self.windows);
        let service = Service::new(self.api_key, self.account, self.custom, windows);
        let service = Arc::new(service);
        let server = Server::start(self.port, acceptor, Arc::clone(&service))?;
        Ok(Sandbox { server, service, ca_pem })
    }
}

impl Default for SandboxBuilder {
    fn default() -> Self {
        Self {
            port: 0,
            tls: true,
            api_key: DEFAULT_API_KEY.to_owned(),
            windows: DOCUMENTED.to_vec(),
            account: Account::default(),
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
            .finish_non_exhaustive()
    }
}
