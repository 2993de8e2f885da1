//! One request and its response, over a tower service among others.

use std::{
    future::poll_fn,
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
};

use bytes::Bytes;
use certcentral_core::Failure;
use http::{Request, Response};
use http_body_util::Full;
use hyper::body::Body;
use tokio::time::{Instant, timeout_at};
use tower_service::Service;

use crate::{BoxError, body, failure};

/// Performs one attempt, from its request, its deadline and the most that is read of a body. What is
/// below is erased, so that a client has no type parameter.
pub(crate) type Exchange = dyn Fn(Request<Bytes>, Instant, usize) -> ExchangeFuture + Send + Sync;
pub(crate) type ExchangeFuture =
    Pin<Box<dyn Future<Output = Result<Response<Bytes>, Failure>> + Send>>;

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
    Arc::new(move |request, deadline, body_limit| {
        let mut service = service.lock().unwrap_or_else(PoisonError::into_inner).clone();
        Box::pin(async move {
            let response = timeout_at(deadline, async {
                let ready = poll_fn(|context| service.poll_ready(context)).await;
                ready.map_err(|error| failure::of_connecting(error.into()))?;
                let request = request.map(Full::new);
                let is_harmless = failure::has_harmless_head(&request);
                let response = service.call(request).await;
                response.map_err(|error| failure::of_service(error.into(), is_harmless))
            });
            body::receive(response.await, deadline, body_limit, false).await
        })
    })
}
