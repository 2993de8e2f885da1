//! Exchanges over connections, and which of these are kept.

use std::{
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
    time::{Duration, Instant},
};

use bytes::Bytes;
use certcentral_core::{Failure, FailureKind};
use certcentral_network::Pool as Settings;
use http::{Request, Response, Uri};
use http_body_util::Full;
use hyper::body::Incoming;
use tokio::{
    sync::Mutex as AsyncMutex,
    task::JoinSet,
    time::{sleep, timeout_at},
};

use crate::{BoxError, body, connection::Connection, exchange::Exchange, failure};

/// Returns exchanges over connections, which `dial` opens.
pub(crate) fn over_connections(dial: Box<Dial>, settings: Settings) -> Arc<Exchange> {
    let pool = Arc::new(Pool { dial, settings, sites: Mutex::default() });
    Arc::new(move |request, deadline, body_limit| {
        let (pool, site) = (Arc::clone(&pool), pool.site(request.uri()));
        Box::pin(async move {
            let begun = Instant::now();
            let mut usage = Usage { pool: &pool, site, begun, connection: None, is_over: false };
            let response = timeout_at(deadline, usage.respond(request.map(Full::new))).await;
            let outcome = body::receive(response, deadline, body_limit, true).await;
            let is_unsent = usage.connection.is_none();
            usage.end(outcome.as_ref().err()).await;
            outcome.map_err(|failure| if is_unsent { failure.unprocessed() } else { failure })
        })
    })
}

/// Opens a connection to a site.
pub(crate) type Dial = dyn Fn(Uri) -> Dialing + Send + Sync;
pub(crate) type Dialing = Pin<Box<dyn Future<Output = Result<Connection, BoxError>> + Send>>;

/// The connections of a client, to each site that it calls.
struct Pool {
    dial: Box<Dial>,
    settings: Settings,
    sites: Mutex<Vec<Arc<Site>>>,
}

impl Pool {
    fn site(&self, target: &Uri) -> Arc<Site> {
        let mut sites = self.sites.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(site) = sites.iter().find(|site| site.is_of(target)) {
            return Arc::clone(site);
        }
        let (turn, state) = (AsyncMutex::default(), Mutex::default());
        let site = Arc::new(Site { uri: target.clone(), turn, state });
        sites.push(Arc::clone(&site));
        site
    }

    /// Has later exchanges use no connection of `site`, or none to the same address in any case.
    fn forget(&self, site: &Arc<Site>, in_any_case: bool) {
        let mut sites = self.sites.lock().unwrap_or_else(PoisonError::into_inner);
        sites.retain(|other| !(Arc::ptr_eq(other, site) || in_any_case && other.is_of(&site.uri)));
    }
}

/// The connections to one site that are of one generation.
///
/// What ends a kept connection, such as a server's restart, has often ended those that are as old. So
/// its failure ends the generation, and so does silence: the pool forgets it, and its connections are
/// closed once their requests are over.
struct Site {
    uri: Uri,
    /// Whose turn it is to open a connection that others may share.
    turn: AsyncMutex<()>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    idle: Vec<Connection>,
    /// Closes what was idle for too long.
    reaper: JoinSet<()>,
    /// Whether nobody waits for a turn, because the last connection could not be shared.
    is_unshared: bool,
}

impl Site {
    fn is_of(&self, target: &Uri) -> bool {
        self.uri.authority() == target.authority() && self.uri.scheme() == target.scheme()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take(&self, idle_timeout: Duration) -> Option<Connection> {
        let mut state = self.state();
        while let Some(connection) = state.idle.pop() {
            if connection.is_usable(idle_timeout) {
                state.idle.extend(connection.share());
                return Some(connection);
            }
        }
        None
    }

    fn keep(self: &Arc<Self>, connection: Connection, settings: Settings) {
        let mut state = self.state();
        if connection.is_http2() {
            state.is_unshared = false;
            state.idle.retain(|other| !other.is_http2());
        }
        if state.idle.len() < settings.max_idle {
            state.idle.push(connection);
            let _ = state.reaper.try_join_next(); // its runtime may have ended
            if state.reaper.is_empty() {
                state.reaper.spawn(reap(Arc::downgrade(self), settings.idle_timeout));
            }
        }
    }
}

/// Closes what is idle for too long, until nothing is idle.
async fn reap(site: Weak<Site>, idle_timeout: Duration) {
    loop {
        sleep(idle_timeout).await;
        let Some(site) = site.upgrade() else { return };
        let mut state = site.state();
        state.idle.retain(|connection| connection.is_usable(idle_timeout));
        if state.idle.is_empty() {
            return state.reaper.detach_all();
        }
    }
}

/// One attempt's use of a connection.
struct Usage<'a> {
    pool: &'a Pool,
    site: Arc<Site>,
    begun: Instant,
    connection: Option<Connection>,
    is_over: bool,
}

impl Usage<'_> {
    async fn respond(
        &mut self,
        mut request: Request<Full<Bytes>>,
    ) -> Result<Response<Incoming>, Failure> {
        let target = request.uri().clone();
        let is_harmless = failure::has_harmless_head(&request);
        loop {
            let connection = self.connect().await.map_err(failure::of_connecting)?;
            let connection = self.connection.insert(connection);
            let was_kept = connection.made < self.begun;
            let mut error = match connection.send(request, &target).await {
                Ok(response) => return Ok(response),
                Err(error) => error,
            };
            let unsent = if was_kept { error.take_message() } else { None };
            let Some(unsent) = unsent else {
                return Err(failure::of_connection(error, is_harmless, was_kept, connection).await);
            };
            request = unsent;
            self.connection = None;
        }
    }

    /// Returns a kept connection, or a new one.
    async fn connect(&self) -> Result<Connection, BoxError> {
        let Pool { dial, settings, .. } = self.pool;
        if let Some(connection) = self.site.take(settings.idle_timeout) {
            return Ok(connection);
        }
        let turn = Some(self.site.turn.lock().await);
        let turn = turn.filter(|_| cfg!(feature = "http2") && !self.site.state().is_unshared);
        if let Some(connection) = self.site.take(settings.idle_timeout) {
            return Ok(connection);
        }
        let dialed = dial(self.site.uri.clone()).await;
        self.site.state().is_unshared = !dialed.as_ref().is_ok_and(Connection::is_http2);
        let connection = dialed?;
        if let Some(shared) = connection.share() {
            self.site.keep(shared, *settings);
        }
        drop(turn);
        Ok(connection)
    }

    async fn end(mut self, failure: Option<&Failure>) {
        self.is_over = true;
        let connection = self.connection.take();
        let Some(kind) = failure.map(Failure::kind) else {
            if let Some(mut connection) = connection
                && connection.becomes_ready().await
            {
                self.site.keep(connection, self.pool.settings);
            }
            return;
        };
        let is_http2 = connection.as_ref().is_some_and(Connection::is_http2);
        let is_suspect = match connection {
            // In HTTP/2, `Closed` may be one stream's end; a connection that ends is not kept.
            Some(_) if is_http2 => kind != FailureKind::Closed,
            Some(connection) => connection.made < self.begun,
            None => true,
        };
        if is_suspect && kind.makes_connections_suspect() {
            // Requests that one HTTP/2 connection refused do not share the next, which may take as
            // few.
            self.pool.forget(&self.site, is_http2 && kind == FailureKind::Stale);
        }
    }
}

impl Drop for Usage<'_> {
    /// A call that is dropped after [`SUSPICIOUS`] may have met a dead connection.
    fn drop(&mut self) {
        if !self.is_over && self.begun.elapsed() >= SUSPICIOUS {
            self.pool.forget(&self.site, false);
        }
    }
}

const SUSPICIOUS: Duration = Duration::from_secs(1);
