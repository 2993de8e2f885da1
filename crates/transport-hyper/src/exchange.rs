//! One request and its response, over a tower service.

use std::{
    future::poll_fn,
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
};

use bytes::Bytes;
use certcentral_core::Failure;
use certcentral_network::Pool;
use http::{Request, Response};
use http_body_util::Full;
use hyper::body::Body;
use hyper_util::{
    client::legacy::{self, connect::Connect},
    rt::{TokioExecutor, TokioTimer},
};
use tower_service::Service;

use crate::{BoxError, body, failure::classify};

/// Performs one attempt: takes a request and the body limit. The service below is erased, so that a
/// client has no type parameter.
pub(crate) type Exchange = dyn Fn(Request<Full<Bytes>>, usize) -> ExchangeFuture + Send + Sync;
pub(crate) type ExchangeFuture =
    Pin<Box<dyn Future<Output = Result<Response<Bytes>, Failure>> + Send>>;

/// Returns exchanges over pooled connections that `connector` makes.
pub(crate) fn over_connector(
    connector: impl Connect + Clone + Send + Sync + 'static,
    pool: Pool,
) -> Arc<Exchange> {
    let client = legacy::Client::builder(TokioExecutor::new())
        .pool_timer(TokioTimer::new())
        .pool_idle_timeout(pool.idle_timeout)
        .pool_max_idle_per_host(pool.max_idle)
        .build(connector);
    over_service(client)
}

/// Returns exchanges over clones of `service`.
pub(crate) fn over_service<S, B>(service: S) -> Arc<Exchange>
where
    S: Service<Request<Full<Bytes>>, Response = Response<B>> + Clone + Send + 'static,
    S::Error: Into<BoxError>,
    S::Future: Send,
    B: Body<Data: Send, Error: Into<BoxError>> + Send,
{
    // The service need not be `Sync`; it is locked for as long as it takes to clone it.
    let service = Mutex::new(service);
    Arc::new(move |request, limit| -> ExchangeFuture {
        let mut service = service.lock().unwrap_or_else(PoisonError::into_inner).clone();
        Box::pin(async move {
            let failed = |e: S::Error| classify(e.into());
            poll_fn(|context| service.poll_ready(context)).await.map_err(failed)?;
            let response = service.call(request).await.map_err(failed)?;
            let (head, body) = response.into_parts();
            Ok(Response::from_parts(head, body::read(body, limit).await?))
        })
    })
}
