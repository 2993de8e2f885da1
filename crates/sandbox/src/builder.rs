//! A sandbox's settings.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use std::{fmt, io};

use bytes::Bytes;
use http::StatusCode;

use crate::identity::Identity;
use crate::reissues::Order;
use crate::sandbox::Sandbox;
use crate::server::Server;
use crate::service::{Own, Service};
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
    own: HashMap<u64, Own>,
}

impl SandboxBuilder {
    /// The port to listen on. The default, 0, takes any free one.
    pub fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// Serves without TLS.
    pub fn plain_http(mut self) -> Self {
        self.tls = false;
        self
    }

    /// The rate limit: for each window, how many requests it admits in any span of that length. A
    /// count of 0 refuses every request.
    ///
    /// The default is the documented one: 100 in any 5 seconds and 1000 in any 3 minutes. Two
    /// things are assumed: a request that is answered 429 takes no room in the windows, and neither
    /// does one that is refused earlier, for its path or its key.
    pub fn windows(mut self, windows: &[(u32, Duration)]) -> Self {
        self.windows = windows.to_vec();
        self
    }

    /// No request is ever answered 429.
    pub fn without_rate_limit(self) -> Self {
        self.windows(&[])
    }

    /// The one key that is let in. The default is `sandbox-key-not-a-secret`.
    pub fn api_key(mut self, api_key: impl Into<String>) -> Self {
        self.api_key = api_key.into();
        self
    }

    /// An order of your own, in place of a fixture or of none: the JSON of its list.
    ///
    /// It is sent as it is, with status 200; unless `show_archived=true` is asked for, without its
    /// archived rows. `serde_json::json!(…).to_string()` makes the JSON, and so does serializing
    /// the core's `Reissues`.
    pub fn order(mut self, order_id: u64, json: impl Into<Bytes>) -> Self {
        self.own.insert(order_id, Own::Order(Order::new(json.into())));
        self
    }

    /// An answer of your own for one order, in place of a fixture or of none.
    ///
    /// It is sent as it is, whatever `show_archived` says: as `text/html` if it begins with `<`,
    /// else as `application/json`. Path, key and rate limit are checked before it.
    pub fn answer(mut self, order_id: u64, status: StatusCode, body: impl Into<Bytes>) -> Self {
        self.own.insert(order_id, Own::Answer((status, body.into())));
        self
    }

    /// Starts it; it is listening when this returns.
    ///
    /// # Errors
    ///
    /// If the port is taken, if the operating system gives no thread, or if no certificate can be
    /// made.
    pub fn start(self) -> io::Result<Sandbox> {
        let (ca_pem, acceptor) = if self.tls {
            let identity = Identity::generate().map_err(io::Error::other)?;
            (Some(identity.ca_pem), Some(identity.acceptor))
        } else {
            (None, None)
        };
        let windows = RollingWindows::new(&self.windows);
        let service = Arc::new(Service::new(self.api_key, self.own, windows));
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
            own: HashMap::new(),
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
