//! Exchanges over kept connections, and which of these may be used again.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use bytes::Bytes;
use certcentral_core::{Failure, FailureKind};
use certcentral_network::Pool;
use http::{Request, Response};
use http_body_util::Full;
use hyper_util::{
    client::legacy::{self, connect::Connect},
    rt::{TokioExecutor, TokioTimer},
};
use tokio::task::yield_now;

use crate::{
    body::{self, Received},
    connection_notes::ConnectionNotes,
    failure::{self, Failed},
};

/// The connections that one connector makes, in generations.
///
/// What ends a kept connection, such as a server's restart, has often ended those that are as old. So
/// its failure ends the generation, and so does silence. Later attempts use a new pool, and the
/// connections of the old one are closed once their requests are over.
pub(crate) struct ConnectionPool<C> {
    connector: C,
    pool: Pool,
    current: Mutex<PoolGeneration<C>>,
}

struct PoolGeneration<C> {
    number: u64,
    client: legacy::Client<C, Full<Bytes>>,
}

impl<C: Connect + Clone + Send + Sync + 'static> ConnectionPool<C> {
    pub(crate) fn new(connector: C, pool: Pool) -> Self {
        let client = client(connector.clone(), pool);
        Self { connector, pool, current: Mutex::new(PoolGeneration { number: 0, client }) }
    }

    pub(crate) async fn exchange(
        self: Arc<Self>,
        request: Request<Bytes>,
        deadline: Instant,
        body_limit: usize,
    ) -> Result<Response<Bytes>, Failure> {
        let begun = Instant::now();
        let (generation, response) = {
            let current = self.current();
            (current.number, current.client.request(request.map(Full::new)))
        };
        let mut usage = Usage { pool: &self, generation, begun, is_over: false };
        let response =
            async move { response.await.map_err(|error| failure::of_request(error.into(), begun)) };
        let outcome = body::receive(response, deadline.into(), body_limit).await;
        usage.end(outcome.as_ref().err());
        let Received { response, in_one_piece } = outcome.map_err(|failed| failed.failure)?;
        if !in_one_piece {
            put_back().await;
        }
        Ok(response)
    }

    fn current(&self) -> MutexGuard<'_, PoolGeneration<C>> {
        self.current.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Ends the generation with this number if it is the current one, or the current one in any case.
    fn end(&self, number: u64, in_any_case: bool) {
        let mut current = self.current();
        if in_any_case || current.number == number {
            let client = client(self.connector.clone(), self.pool);
            *current = PoolGeneration { number: current.number + 1, client };
        }
    }
}

/// Lets the tasks run that put the connection back, or a call that begins at once would open one.
/// The connection of a response that came in one piece is back before.
async fn put_back() {
    for _ in 0..3 {
        yield_now().await;
    }
}

fn client<C: Connect + Clone>(connector: C, pool: Pool) -> legacy::Client<C, Full<Bytes>> {
    legacy::Client::builder(TokioExecutor::new())
        .pool_timer(TokioTimer::new())
        .pool_idle_timeout(pool.idle_timeout)
        .pool_max_idle_per_host(pool.max_idle)
        .build(connector)
}

/// One attempt's use of a connection.
struct Usage<'a, C: Connect + Clone + Send + Sync + 'static> {
    pool: &'a ConnectionPool<C>,
    generation: u64,
    begun: Instant,
    is_over: bool,
}

impl<C: Connect + Clone + Send + Sync + 'static> Usage<'_, C> {
    fn end(&mut self, failed: Option<&Failed>) {
        self.is_over = true;
        let Some(Failed { failure, notes }) = failed else { return };
        let notes = notes.as_deref();
        let is_suspect = match notes {
            Some(notes) if !notes.is_http2() => notes.was_made_before(self.begun),
            // In HTTP/2, `Closed` may be one stream's end; when a connection ends, the pool sees it.
            // Without notes, it is not known which connection is silent.
            Some(_) | None => failure.kind() != FailureKind::Closed,
        };
        if is_suspect && failure.kind().makes_connections_suspect() {
            // Requests that one HTTP/2 connection refused do not share the next, which may take as
            // few.
            let is_alone = failure.kind() == FailureKind::Stale
                && notes.is_some_and(ConnectionNotes::is_http2);
            self.pool.end(self.generation, is_alone);
        }
    }
}

impl<C: Connect + Clone + Send + Sync + 'static> Drop for Usage<'_, C> {
    /// A call that is dropped after [`SUSPICIOUS`] may have met a dead connection.
    fn drop(&mut self) {
        if !self.is_over && self.begun.elapsed() >= SUSPICIOUS {
            self.pool.end(self.generation, false);
        }
    }
}

const SUSPICIOUS: Duration = Duration::from_secs(1);
