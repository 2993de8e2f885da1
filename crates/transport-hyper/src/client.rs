//! The client, and the loop of a call.

use std::{
    error::Error as StdError,
    fmt::{self, Debug, Formatter},
    future::{self, poll_fn},
    mem,
    sync::Arc,
    time::Duration,
};

use bytes::Bytes;
use certcentral_core::{
    Api, Drive, Endpoint, Error, Failure, FailureKind, InvalidInputError, Paged, Step,
};
use certcentral_network::{Pool, Settings};
use http::{Request, Response, Uri};
use http_body_util::Full;
use hyper::{
    body::Body,
    rt::{Read, Write},
};
use hyper_util::client::legacy::connect;
use tokio::{
    runtime::Handle,
    time::{Instant, sleep_until},
};
use tower_service::Service;

use crate::{
    ClientBuilder, Pages,
    connection::Connection,
    connector::Connector,
    exchange::{Exchange, over_service},
    pool::{Dialing, over_connections},
};

/// An async client.
///
/// ```no_run
/// use certcentral_transport_hyper::{Api, ApiKey, Client, ListReissues, OrderId};
///
/// # async fn list() -> Result<(), Box<dyn std::error::Error>> {
/// let client = Client::new(Api::new(ApiKey::new(std::env::var("CERTCENTRAL_API_KEY")?)?));
/// for reissue in client.send(ListReissues::new(OrderId(112233))).await? {
///     println!("{} {} {:?}", reissue.id, reissue.status, reissue.valid_till);
/// }
/// # Ok(())
/// # }
/// ```
///
/// It is cheap to clone. Clones share connections and the rate limit. It needs a tokio runtime with
/// its I/O and time drivers enabled. A connection is driven by the runtime on which it was opened; once
/// that is gone, the next call opens another.
#[derive(Clone)]
pub struct Client {
    api: Api,
    exchange: Arc<Exchange>,
}

impl Client {
    /// Sends a request and returns the parsed response, after any retries.
    ///
    /// The future does not borrow the client: it can be spawned. It can be dropped at any time.
    ///
    /// # If the future of a reissue is dropped
    ///
    /// A call that is not [repeatable](Endpoint::is_repeatable) may take effect all the same if its
    /// future is dropped in flight, and nobody learns how it ended. (With the feature `tracing`, that
    /// is an event at `ERROR`.) Web frameworks such as axum drop the future of a handler when its
    /// client hangs up, `tokio::time::timeout` and `select!` when something else is faster. So spawn
    /// such a call, and await its handle; to bound its time, use [`send_within`](Self::send_within):
    ///
    /// ```no_run
    /// use certcentral_transport_hyper::{
    ///     Client, Error, OrderId,
    ///     order::{ReissueCertificate, Reissued},
    /// };
    /// use tokio::task::JoinError;
    ///
    /// /// What a handler awaits. If the handler is dropped, the call goes on to its end.
    /// async fn reissue(
    ///     client: &Client,
    ///     order_id: OrderId,
    ///     csr: &str,
    /// ) -> Result<Result<Reissued, Error>, JoinError> {
    ///     let call = client.send(ReissueCertificate::new(order_id, csr));
    ///     tokio::spawn(async move {
    ///         let result = call.await;
    ///         // The caller may be gone, so it is written down here.
    ///         println!("order {order_id}: {result:?}");
    ///         result
    ///     })
    ///     .await
    /// }
    /// ```
    ///
    /// # Time
    ///
    /// Each attempt takes 30 s at most. The whole call has no bound unless
    /// [`call_timeout`](certcentral_core::ApiBuilder::call_timeout) sets one, because in a bulk run
    /// a call may wait long for the rate limit.
    ///
    /// # Errors
    ///
    /// See [`Error`]. All permitted retries have been made by then. [`Error::Invalid`] outside a
    /// tokio runtime.
    ///
    /// # Panics
    ///
    /// On a tokio runtime whose I/O or time driver is not enabled, as tokio itself does: this
    /// cannot be checked in advance. `Builder::enable_all` enables both.
    pub fn send<E: Endpoint>(
        &self,
        endpoint: E,
    ) -> impl Future<Output = Result<E::Output, Error>> + Send + 'static + use<E> {
        self.drive(self.api.call(endpoint))
    }

    /// Sends a request as [`send`](Self::send) does, and ends within `timeout`, pauses and retries
    /// included. The time starts when the future is first polled.
    ///
    /// # Errors
    ///
    /// See [`send`](Self::send). [`Error::is_timeout`] is true if the time was too short.
    pub fn send_within<E: Endpoint>(
        &self,
        endpoint: E,
        timeout: Duration,
    ) -> impl Future<Output = Result<E::Output, Error>> + Send + 'static + use<E> {
        self.drive_within(self.api.call(endpoint), timeout)
    }

    /// Returns the pages of a list, starting with the page that `first` asks for.
    ///
    /// Each page is a call; [`Api::with_call_timeout`] bounds each. After an error no more come: where the
    /// next page begins if one has an unreadable row, [`Salvaged`](certcentral_core::Salvaged) says.
    ///
    /// ```no_run
    /// use certcentral_transport_hyper::{Client, Error, Paged};
    ///
    /// async fn collect<E: Paged>(client: &Client, first: E) -> Result<Vec<E::Output>, Error> {
    ///     let (mut pages, mut all) = (client.pages(first), Vec::new());
    ///     while let Some(page) = pages.next().await {
    ///         all.push(page?);
    ///     }
    ///     Ok(all)
    /// }
    /// ```
    pub fn pages<E: Paged>(&self, first: E) -> Pages<E> {
        Pages::new(self.clone(), first)
    }

    /// Drives a [`Call`](certcentral_core::Call) that was prepared with [`Api::call`], or calls in a
    /// row, to its end.
    ///
    /// The future borrows what it drives and not the client. If it is dropped while a request is in
    /// flight, what was driven is told that the connection was closed, and can be driven on.
    ///
    /// ```no_run
    /// use certcentral_transport_hyper::{Client, Error, ListReissues, OrderId};
    ///
    /// async fn list(client: &Client) -> Result<u32, Error> {
    ///     let mut call = client.api().call(ListReissues::new(OrderId(112233)));
    ///     client.drive(&mut call).await?;
    ///     Ok(call.attempts())
    /// }
    /// ```
    ///
    /// # Errors
    ///
    /// See [`send`](Self::send).
    pub fn drive<D: Drive>(
        &self,
        mut drive: D,
    ) -> impl Future<Output = Result<D::Output, Error>> + Send + use<D> {
        let client = self.clone();
        async move { client.run(&mut drive).await }
    }

    /// Drives as [`drive`](Self::drive) does, and ends within `timeout`, which starts when the future is
    /// first polled. This replaces the deadline that was set before.
    ///
    /// # Errors
    ///
    /// See [`send_within`](Self::send_within). A call is over then; calls in a row can be driven on.
    pub fn drive_within<D: Drive>(
        &self,
        drive: D,
        timeout: Duration,
    ) -> impl Future<Output = Result<D::Output, Error>> + Send + use<D> {
        let client = self.clone();
        async move {
            let mut bounded = Bounded(drive);
            // No deadline if no instant is that far ahead.
            let deadline = Instant::now().checked_add(timeout).map(Instant::into_std);
            bounded.0.set_deadline(deadline);
            client.run(&mut bounded.0).await
        }
    }

    pub(crate) async fn run<D: Drive>(&self, drive: &mut D) -> Result<D::Output, Error> {
        if Handle::try_current().is_err() {
            return Err(InvalidInputError::new("an async call must run on a tokio runtime").into());
        }
        loop {
            match drive.poll(Instant::now().into_std()) {
                Step::Send(mut attempt) => {
                    let mut in_flight = InFlight { drive, outcome: None };
                    let request = mem::take(&mut attempt.request);
                    let mut exchange =
                        (self.exchange)(request, attempt.deadline.into(), attempt.body_limit);
                    let poll = poll_fn(|cx| attempt.within_span(|| exchange.as_mut().poll(cx)));
                    in_flight.outcome = Some(poll.await);
                }
                Step::Wait(until) => sleep_until(until.into()).await,
                Step::Done(result) => return result,
            }
        }
    }

    /// Creates a client with Mozilla's root certificates, TLS by ring and kept connections.
    ///
    /// With the feature `aws-lc-rs`, TLS is by aws-lc-rs. With `http2`, HTTP/2 is used where the
    /// server offers it. No proxy is used, whatever the environment says.
    pub fn new(api: Api) -> Self {
        match Settings::built_in() {
            Ok(settings) => Self::with_settings(api, settings),
            // Each call reports it, instead of a panic here.
            Err(error) => {
                let exchange: Arc<Exchange> = Arc::new(move |_, _, _| {
                    Box::pin(future::ready(Err(Failure::new(FailureKind::Tls, error.clone()))))
                });
                Self { api, exchange }
            }
        }
    }

    /// Starts a client with your own root certificates, proxy, connect timeout and pool.
    pub fn builder(api: Api) -> ClientBuilder {
        ClientBuilder::new(api, Self::with_settings)
    }

    fn with_settings(api: Api, settings: Settings) -> Self {
        let Settings { tls, proxy, connect_timeout, pool, .. } = settings;
        let connector = Connector::new(tls, proxy, connect_timeout);
        let dial = move |site| -> Dialing { Box::pin(connector.clone().open(site)) };
        Self { api, exchange: over_connections(Box::new(dial), pool) }
    }

    /// Creates a client on your own connector, with its TLS and proxy.
    ///
    /// It takes every connector that hyper-util's client takes. A connection takes as long as the
    /// connector allows; an attempt ends at its deadline all the same. An `HttpConnector` should
    /// have `set_nodelay(true)`: it saves a round trip for each new TLS connection.
    ///
    /// ```
    /// use certcentral_transport_hyper::{Api, ApiKey, BaseUrl, Client};
    /// use hyper_util::client::legacy::connect::HttpConnector;
    ///
    /// // Without TLS, to a server on loopback.
    /// let api = Api::builder(ApiKey::new("0123456789ABCDEF")?)
    ///     .base_url(BaseUrl::parse("http://127.0.0.1:8080/services/v2")?)
    ///     .build()?;
    /// let client = Client::with_connector(api, HttpConnector::new());
    /// # let _ = client;
    /// # Ok::<(), certcentral_transport_hyper::Error>(())
    /// ```
    pub fn with_connector<C>(api: Api, connector: C) -> Self
    where
        C: Service<Uri, Error: Into<Box<dyn StdError + Send + Sync>>, Future: Send>,
        C::Response: connect::Connection + Read + Write + Send + Unpin,
        C: Clone + Send + Sync + 'static,
    {
        let dial = move |site| -> Dialing {
            let mut connector = connector.clone();
            Box::pin(async move {
                poll_fn(|context| connector.poll_ready(context)).await.map_err(Into::into)?;
                Ok(Connection::open(connector.call(site).await.map_err(Into::into)?).await?)
            })
        };
        Self { api, exchange: over_connections(Box::new(dial), Pool::default()) }
    }

    /// Creates a client on your own service: a stack of tower layers, or a stub for tests.
    ///
    /// The service must not follow redirects, because the API key would go where they point. It should
    /// not queue requests: the rate limit is kept, but calls are slower, and an attempt can time out in
    /// the queue. It sees every attempt, with the key among its headers, marked as sensitive.
    ///
    /// An error of the service counts as a timeout if it is, or has as a source, tokio's `Elapsed`,
    /// an [`std::io::Error`] of the kind `TimedOut`, or an error that reads "request timed out"
    /// (tower's) or "operation timed out" (reqwest's). An error from `poll_ready` counts as a
    /// request that was not sent.
    ///
    /// ```no_run
    /// use std::time::Duration;
    ///
    /// use certcentral_transport_hyper::{Api, Client};
    /// use http::{HeaderValue, Request};
    /// use hyper_rustls::HttpsConnectorBuilder;
    /// use hyper_util::{client::legacy, rt::TokioExecutor};
    /// use tower::ServiceBuilder;
    ///
    /// fn client(api: Api, tls: rustls::ClientConfig) -> Client {
    ///     let https = HttpsConnectorBuilder::new().with_tls_config(tls).https_only();
    ///     let https = https.enable_http1().build();
    ///     let service = ServiceBuilder::new()
    ///         .map_request(|mut request: Request<_>| {
    ///             request.headers_mut().insert("x-egress", HeaderValue::from_static("7"));
    ///             request
    ///         })
    ///         .timeout(Duration::from_secs(20))
    ///         .service(legacy::Client::builder(TokioExecutor::new()).build(https));
    ///     Client::with_service(api, service)
    /// }
    /// ```
    pub fn with_service<S, B>(api: Api, service: S) -> Self
    where
        S: Service<Request<Full<Bytes>>, Response = Response<B>> + Clone + Send + 'static,
        S::Error: Into<Box<dyn StdError + Send + Sync>>,
        S::Future: Send,
        B: Body<Data: Send, Error: Into<Box<dyn StdError + Send + Sync>>> + Send,
    {
        Self { api, exchange: over_service(service) }
    }

    /// Returns a client for another `api`, another account for example, over the same connections,
    /// TLS settings and pool.
    #[must_use]
    pub fn with_api(&self, api: Api) -> Self {
        Self { api, ..self.clone() }
    }

    /// Returns a client whose calls all leave room for others, over the same connections and with the
    /// same rate limit: see [`Api::in_background`].
    ///
    /// ```no_run
    /// use certcentral_transport_hyper::{Client, Error, order::ListOrders};
    ///
    /// async fn count_orders(client: &Client) -> Result<usize, Error> {
    ///     let mut pages = client.in_background().pages(ListOrders::new());
    ///     let mut count = 0;
    ///     while let Some(page) = pages.next().await {
    ///         count += page?.len();
    ///     }
    ///     Ok(count)
    /// }
    /// ```
    #[must_use]
    pub fn in_background(&self) -> Self {
        self.with_api(self.api.in_background())
    }

    /// Returns the [`Api`] that this client calls.
    pub fn api(&self) -> &Api {
        &self.api
    }
}

impl Debug for Client {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("api", &self.api).finish_non_exhaustive()
    }
}

/// What has a request in flight. If the future is dropped, it must not wait for a response.
struct InFlight<'a, D: Drive> {
    drive: &'a mut D,
    outcome: Option<Result<Response<Bytes>, Failure>>,
}

impl<D: Drive> Drop for InFlight<'_, D> {
    fn drop(&mut self) {
        let outcome = self.outcome.take().unwrap_or_else(|| {
            let reason = "the future was dropped while a request was in flight";
            Err(Failure::new(FailureKind::Closed, reason))
        });
        self.drive.handle(Instant::now().into_std(), outcome);
    }
}

/// What has a deadline for as long as the future lives.
struct Bounded<D: Drive>(D);

impl<D: Drive> Drop for Bounded<D> {
    fn drop(&mut self) {
        self.0.set_deadline(None);
    }
}
