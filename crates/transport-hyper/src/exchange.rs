//! One request and its response, over kept connections or a tower service.

use std::{
    future::poll_fn,
    mem,
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    time::Instant,
};

use bytes::Bytes;
use certcentral_core::{Attempt, Failure};
use certcentral_network::Pool;
use http::{Request, Response};
use http_body_util::Full;
use hyper::body::Body;
use hyper_util::client::legacy::connect::Connect;
use tower_service::Service;

use crate::{BoxError, body, connection_pool::ConnectionPool, failure};

/// Performs one attempt, whose request it takes. What is below is erased, so that a client has no type
/// parameter.
pub(crate) type Exchange = dyn Fn(&mut Attempt) -> ExchangeFuture + Send + Sync;
pub(crate) type ExchangeFuture =
    Pin<Box<dyn Future<Output = Result<Response<Bytes>, Failure>> + Send>>;

/// Returns exchanges over pooled connections that `connector` makes.
pub(crate) fn over_connector(
    connector: impl Connect + Clone + Send + Sync + 'static,
    settings: Pool,
) -> Arc<Exchange> {
    let pool = Arc::new(ConnectionPool::new(connector, settings));
    Arc::new(move |attempt: &mut Attempt| -> ExchangeFuture {
        let Attempt { request, deadline, body_limit, .. } = attempt;
        let exchange = Arc::clone(&pool).exchange(mem::take(request), *deadline, *body_limit);
        Box::pin(exchange)
    })
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
    Arc::new(move |attempt: &mut Attempt| -> ExchangeFuture {
        let mut service = service.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let Attempt { request, deadline, body_limit, .. } = attempt;
        let (request, deadline, body_limit) = (mem::take(request), *deadline, *body_limit);
        Box::pin(async move {
            let response = async {
                let ready = poll_fn(|context| service.poll_ready(context)).await;
                ready.map_err(|error| failure::of_readiness(error.into()))?;
                let begun = Instant::now();
                let response = service.call(request.map(Full::new)).await;
                response.map_err(|error| failure::of_request(error.into(), begun))
            };
            let received = body::receive(response, deadline.into(), body_limit).await;
            received.map(|received| received.response).map_err(|failed| failed.failure)
        })
    })
}
