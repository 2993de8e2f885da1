#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))] // labels what needs a feature

mod body;
mod failure;
#[cfg(any(feature = "ring", feature = "aws-lc-rs"))]
mod network;
mod pool;

use std::{
    error::Error as StdError,
    fmt::{self, Debug, Formatter},
    future::poll_fn,
    pin::{Pin, pin},
    sync::Arc,
    time::Duration,
};

use bytes::Bytes;
pub use certcentral_core;
use certcentral_core::{
    Api, Attempt, Call, Endpoint, Error, Failure, FailureKind, InvalidInputError, Step,
};
use http::{Request, Response};
use http_body_util::Full;
use hyper::body::Body;
use hyper_util::{
    client::legacy::{self, connect::Connect},
    rt::{TokioExecutor, TokioTimer},
};
#[cfg(any(feature = "ring", feature = "aws-lc-rs"))]
pub use network::ClientBuilder;
use pool::Pool;
use tokio::{
    runtime::Handle,
    time::{Instant, sleep_until, timeout_at},
};
use tower_service::Service;

/// An async client. Cheap to clone; clones share connections and the rate limiter.
#[derive(Clone)]
pub struct Client {
    api: Api,
    exchange: Arc<Exchange>,
}

/// One exchange over whatever service is below, its type erased.
type Exchange = dyn Fn(Request<Full<Bytes>>, usize) -> ExchangeFuture + Send + Sync;
type ExchangeFuture = Pin<Box<dyn Future<Output = Result<Response<Bytes>, Failure>> + Send>>;
type BoxError = Box<dyn StdError + Send + Sync>;

impl Client {
    /// A client on your connector: your TLS, your proxy. An attempt's deadline is the only bound
    /// on how long it may take to connect.
    ///
    /// ```
    /// use certcentral_transport_hyper::{Client, certcentral_core};
    /// use certcentral_core::{Api, ApiKey, BaseUrl};
    /// use hyper_util::client::legacy::connect::HttpConnector;
    ///
    /// // Without TLS, to a stand-in on loopback.
    /// let api = Api::builder(ApiKey::new("0123456789ABCDEF")?)
    ///     .base_url(BaseUrl::parse("http://127.0.0.1:8080/services/v2")?)
    ///     .build()?;
    /// let client = Client::with_connector(api, HttpConnector::new());
    /// # let _ = client;
    /// # Ok::<(), certcentral_core::Error>(())
    /// ```
    pub fn with_connector(
        api: Api,
        connector: impl Connect + Clone + Send + Sync + 'static,
    ) -> Self {
        Self::pooled(api, connector, Pool::default())
    }

    /// A client on your service: a stack of tower layers, or a stand-in for tests.
    ///
    /// The service must not follow redirects, or the key goes where they point; and must not
    /// queue requests, or the promise of the rate limit is void. It sees every attempt, the key
    /// among its headers, marked as sensitive.
    ///
    /// ```no_run
    /// use std::time::Duration;
    ///
    /// use certcentral_transport_hyper::{Client, certcentral_core::Api};
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
        S: Service<Request<Full<Bytes>>, Response = Response<B>> + Clone + Send + Sync + 'static,
        S::Error: Into<Box<dyn StdError + Send + Sync>>,
        S::Future: Send,
        B: Body<Data: Send, Error: Into<Box<dyn StdError + Send + Sync>>> + Send,
    {
        let exchange = move |request, limit| -> ExchangeFuture {
            let mut service = service.clone();
            Box::pin(async move {
                let failed = |e: S::Error| failure::classify(e.into());
                poll_fn(|context| service.poll_ready(context)).await.map_err(failed)?;
                let answering = service.call(request);
                let (head, body) = answering.await.map_err(failed)?.into_parts();
                Ok(Response::from_parts(head, body::read(body, limit).await?))
            })
        };
        Self { api, exchange: Arc::new(exchange) }
    }

    /// Performs one call. The future can be spawned as it is, and dropped at any time.
    ///
    /// An attempt takes 30 s at most, but the whole call has no bound unless
    /// [`call_timeout`](certcentral_core::ApiBuilder::call_timeout) sets one, because in a bulk
    /// run a call may rightly wait long for the rate limit.
    ///
    /// # Errors
    ///
    /// See [`Error`]: what may be repeated has been repeated by then. [`Error::Invalid`] outside a
    /// tokio runtime.
    ///
    /// # Panics
    ///
    /// On a tokio runtime whose I/O or time driver is not enabled, as tokio itself does: nothing
    /// tells beforehand. `Builder::enable_all` enables both.
    pub fn send<E: Endpoint>(
        &self,
        endpoint: E,
    ) -> impl Future<Output = Result<E::Output, Error>> + Send + use<E> {
        self.send_call(self.api.call(endpoint))
    }

    /// As [`send`](Self::send), for a call that was prepared by hand, with a deadline perhaps.
    ///
    /// ```no_run
    /// # use certcentral_transport_hyper::{Client, certcentral_core};
    /// # use certcentral_core::{Error, ListReissues, OrderId, Reissues};
    /// use std::time::{Duration, Instant};
    ///
    /// async fn soon(client: &Client, order: OrderId) -> Result<Reissues, Error> {
    ///     let call = client.api().call(ListReissues::new(order));
    ///     client.send_call(call.with_deadline(Instant::now() + Duration::from_secs(10))).await
    /// }
    /// ```
    ///
    /// # Errors
    ///
    /// As for [`send`](Self::send).
    pub fn send_call<E: Endpoint>(
        &self,
        mut call: Call<E>,
    ) -> impl Future<Output = Result<E::Output, Error>> + Send + use<E> {
        let exchange = Arc::clone(&self.exchange);
        async move {
            if Handle::try_current().is_err() {
                return Err(InvalidInputError::new(
                    "an async call needs a tokio runtime to run on",
                )
                .into());
            }
            loop {
                match call.poll(Instant::now().into_std()) {
                    Step::Send(Attempt { request, deadline, body_limit, .. }) => {
                        let answer = exchange(request.map(Full::new), body_limit);
                        let mut answer = pin!(timeout_at(deadline.into(), answer));
                        let polled = poll_fn(|cx| call.within_span(|| answer.as_mut().poll(cx)));
                        let outcome = polled.await;
                        let outcome = outcome.unwrap_or_else(|elapsed| {
                            Err(Failure::new(FailureKind::Timeout, elapsed))
                        });
                        call.handle(Instant::now().into_std(), outcome);
                    }
                    Step::Wait(until) => sleep_until(until.into()).await,
                    Step::Done(result) => return result,
                }
            }
        }
    }

    /// The service that this client calls.
    pub fn api(&self) -> &Api {
        &self.api
    }

    fn pooled(
        api: Api,
        connector: impl Connect + Clone + Send + Sync + 'static,
        Pool { max_idle, idle_timeout }: Pool,
    ) -> Self {
        let client = legacy::Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(idle_timeout.min(FAR_AHEAD))
            .pool_max_idle_per_host(max_idle)
            .build(connector);
        Self::with_service(api, client)
    }
}

/// hyper-util adds to an instant without a check.
const FAR_AHEAD: Duration = Duration::from_secs(365 * 24 * 60 * 60);

impl Debug for Client {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("api", &self.api).finish_non_exhaustive()
    }
}
